// Reads a table of figures: {series: [{code, name}], rows: [{name, href, cells: [{value, href}]}]}. Columns without a
// series are not drawn.
export function figuresOf(table) {
  const series = [...table.querySelectorAll("thead [data-series]")].map((head) => ({
    code: head.dataset.series,
    name: head.dataset.name,
  }));
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => ({
    name: row.querySelector("th").textContent.trim(),
    href: row.querySelector("th a")?.href ?? "",
    cells: [...row.querySelectorAll("td[data-value]")].map((cell) => ({
      value: Number(cell.dataset.value),
      href: cell.querySelector("a")?.href ?? "",
    })),
  }));
  return { series, rows };
}
