// The charts of the supervision board. Each is drawn from the table beside it, which says the same without a script; a click
// on a mark goes where the cell of the table leads. The tables come anew by themselves, the drawings follow.
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { drawnAs } from "./board/drawings.js";
import { figuresOf } from "./board/figures.js";

use([BarChart, LineChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const charts = new Map();

function show(figure, part) {
  const asPlot = part === "plot";
  figure.querySelector("[data-plot]").hidden = !asPlot;
  figure.querySelector("[data-table]").hidden = asPlot;
  for (const button of figure.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === part));
  }
  figure.querySelector("[data-switch]").hidden = false;
  figure.querySelector("[data-switch]").dataset.chosen = part;
}

function draw(figure) {
  const plot = figure.querySelector("[data-plot]");
  const found = figuresOf(figure.querySelector("[data-table] table"));
  const { option, height } = drawnAs(figure.dataset.chart, found, plot);
  const fixed = getComputedStyle(plot).getPropertyValue("--plot-height").trim();
  plot.style.height = fixed || `${height}px`;
  let chart = charts.get(plot);
  if (!chart) {
    chart = init(plot, null, { renderer: "svg" });
    charts.set(plot, chart);
    new ResizeObserver(() => plot.hidden || chart.resize()).observe(plot);
    chart.on("click", ({ seriesIndex, dataIndex }) => {
      const { series, rows } = figuresOf(figure.querySelector("[data-table] table"));
      const row = rows[dataIndex];
      const to = row?.cells[seriesIndex]?.href || (series.length && row?.href);
      if (to) location.assign(to);
    });
  }
  chart.setOption(option, { notMerge: true });
  chart.resize();
}

function drawAll() {
  for (const [plot, chart] of charts) {
    if (plot.isConnected) continue;
    chart.dispose();
    charts.delete(plot);
  }
  for (const figure of document.querySelectorAll("[data-chart]")) {
    show(figure, figure.querySelector("[data-switch]").dataset.chosen ?? "plot");
    draw(figure);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  const figure = button.closest("[data-chart]");
  show(figure, button.dataset.show);
  draw(figure);
});
document.addEventListener("change", (event) => event.target.closest("form[data-choose]")?.requestSubmit());
document.addEventListener("htmx:after:swap", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(drawAll));
drawAll();
