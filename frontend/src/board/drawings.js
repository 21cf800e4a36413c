// What each kind of chart looks like. Colours are those of the page, light or dark; patterns and forms say the same as
// colours do. Tooltips are drawn, not written as HTML: the Content Security Policy allows no inline style.
const ROW = 38;
const FRAME = 56;

export function drawnAs(kind, figures, plot) {
  const colour = palette(plot);
  const option = { lights, weeks, pace }[kind](figures, colour, room(plot));
  const height = kind === "weeks" ? 300 : figures.rows.length * ROW + FRAME;
  return { height, option: { ...common(colour, plot), ...option } };
}

// How much fits: on a phone less of a name, on a wall everything larger.
function room(plot) {
  const size = parseFloat(getComputedStyle(plot).fontSize);
  const wide = plot.parentElement.clientWidth;
  return { size, names: Math.min(wide * 0.36, size * 15) };
}

function palette(plot) {
  const read = getComputedStyle(plot);
  const names = ["ink", "ink-soft", "line", "line-strong", "card", "pine", "pine-edge", "still", "green", "green-soft", "yellow", "on-yellow", "red"];
  return Object.fromEntries(names.map((name) => [name, read.getPropertyValue(`--${name}`).trim()]));
}

function common(colour, plot) {
  const { fontFamily, fontSize } = getComputedStyle(plot);
  const size = parseFloat(fontSize);
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily, fontSize: size, color: colour.ink },
    aria: { enabled: true, label: { description: plot.dataset.about }, decal: { show: false } },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: colour.line, opacity: 0.45 } },
      renderMode: "richText",
      confine: true,
      backgroundColor: colour.card,
      borderColor: colour["line-strong"],
      borderWidth: 1,
      textStyle: { color: colour.ink, fontSize: size },
    },
    legend: {
      top: 0,
      left: 0,
      itemGap: 20,
      itemWidth: 16,
      itemHeight: 12,
      selectedMode: false,
      textStyle: { color: colour["ink-soft"], fontSize: size },
    },
  };
}

// Red is solid, yellow striped, green plain and pale.
function pattern(code, colour) {
  if (code === "yellow") {
    return { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: -Math.PI / 4, color: colour["on-yellow"] };
  }
  return undefined;
}

function names({ rows }, colour, { size, names: width }) {
  return {
    type: "category",
    inverse: true,
    data: rows.map((row) => row.name),
    axisLine: { lineStyle: { color: colour["line-strong"] } },
    axisTick: { show: false },
    axisLabel: { color: colour.ink, fontSize: size, width, overflow: "truncate" },
  };
}

function amounts(colour, size) {
  return {
    type: "value",
    minInterval: 1,
    splitNumber: 4,
    axisLabel: { color: colour["ink-soft"], fontSize: size * 0.93 },
    splitLine: { lineStyle: { color: colour.line } },
  };
}

const inside = (top) => ({ top, left: 4, right: 20, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" });

function lights(figures, colour, space) {
  const shade = { red: colour.red, yellow: colour.yellow, green: colour["green-soft"] };
  return {
    grid: inside(36),
    xAxis: { ...amounts(colour, space.size), position: "bottom" },
    yAxis: names(figures, colour, space),
    series: figures.series.map(({ code, name }, column) => ({
      type: "bar",
      name,
      stack: "lights",
      barWidth: "58%",
      barMaxWidth: space.size * 1.75,
      cursor: "pointer",
      itemStyle: { color: shade[code], decal: pattern(code, colour), borderColor: colour.card, borderWidth: 1 },
      emphasis: { focus: "none" },
      data: figures.rows.map((row) => row.cells[column].value),
    })),
  };
}

function weeks(figures, colour, space) {
  const looks = {
    received: { type: "bar", barMaxWidth: 18, itemStyle: { color: colour["pine-edge"] } },
    concluded: { type: "bar", barMaxWidth: 18, itemStyle: { color: colour.pine } },
    red: {
      type: "line",
      symbol: "rect",
      symbolSize: space.size * 0.6,
      lineStyle: { width: 2.5, type: "dashed", color: colour.red },
      itemStyle: { color: colour.red },
    },
  };
  return {
    grid: inside(40),
    xAxis: {
      type: "category",
      data: figures.rows.map((row) => row.name),
      axisLine: { lineStyle: { color: colour["line-strong"] } },
      axisTick: { show: false },
      axisLabel: { color: colour["ink-soft"], fontSize: space.size * 0.93, hideOverlap: true },
    },
    yAxis: amounts(colour, space.size),
    series: figures.series.map(({ code, name }, column) => ({
      ...looks[code],
      name,
      data: figures.rows.map((row) => row.cells[column].value),
    })),
  };
}

// A bar for the days used; a line across for the promise.
function pace(figures, colour, space) {
  const looks = {
    used: { type: "bar", barWidth: "42%", itemStyle: { color: colour.still }, cursor: "pointer" },
    promised: { type: "scatter", symbol: "rect", symbolSize: [4, ROW * 0.62], itemStyle: { color: colour.ink }, z: 5 },
  };
  return {
    grid: inside(36),
    xAxis: amounts(colour, space.size),
    yAxis: names(figures, colour, space),
    series: figures.series.map(({ code, name }, column) => ({
      ...looks[code],
      name,
      data: figures.rows.map((row) => row.cells[column].value),
    })),
  };
}
