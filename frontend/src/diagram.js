// Pages with a diagram: [data-diagram] is filled with the BPMN of `data-diagram-url` and marked with what `data-marks-url`
// says: {elements: {id: {state: "active|done|cancelled", light: "green|yellow|red", count, who}}}. Inside the same
// [data-diagram-frame], [data-zoom=in|out|fit] are its buttons, [data-diagram-wait] is shown until it is drawn and
// [data-diagram-failed] where it cannot be.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const ZOOM_STEP = 1.25;
const SHAPES = {
  green: "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2z",
  yellow: "M8 1.6 15.2 14.4H.8z",
  red: "M1.5 1.5h13v13h-13z",
};

async function get(url, read) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return read(response);
}

function shape(light) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[light]);
  svg.append(path);
  return svg;
}

// A token stands where something is under way: the shape of its light, and who works on it.
function token({ light, who }) {
  const html = document.createElement("span");
  html.className = `token token-${light ?? "green"}`;
  html.append(shape(light ?? "green"));
  if (who) html.append(who);
  return html;
}

function draw(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const shapes = viewer.get("elementRegistry");
  for (const [id, mark] of Object.entries(marks.elements ?? {})) {
    if (!shapes.get(id) || !mark.state) continue;
    canvas.addMarker(id, `gl-${mark.state}`);
    if (mark.state !== "active" || !mark.since) continue;
    if (mark.light && mark.light !== "green") canvas.addMarker(id, `gl-${mark.light}`);
    overlays.add(id, { position: { top: -14, left: 8 }, html: token(mark) });
  }
}

// Where tokens stand, as large as can be read; else the whole diagram.
function look(canvas, active) {
  canvas.zoom("fit-viewport", "auto");
  if (!active || canvas.zoom() > 0.6) return;
  const whole = canvas.viewbox();
  const width = whole.outer.width / 0.75;
  const height = whole.outer.height / 0.75;
  canvas.viewbox({
    x: active.x + (active.width ?? 0) / 2 - width / 2,
    y: active.y + (active.height ?? 0) / 2 - height / 2,
    width,
    height,
  });
}

function connectButtons(frame, canvas) {
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * ZOOM_STEP),
    out: () => canvas.zoom(canvas.zoom() / ZOOM_STEP),
    fit: () => canvas.zoom("fit-viewport", "auto"),
  };
  for (const button of frame.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => actions[button.dataset.zoom]());
  }
}

async function show(container) {
  const frame = container.closest("[data-diagram-frame]");
  try {
    const { diagramUrl, marksUrl } = container.dataset;
    const [xml, marks] = await Promise.all([
      get(diagramUrl, (response) => response.text()),
      marksUrl ? get(marksUrl, (response) => response.json()) : {},
    ]);
    const viewer = new NavigatedViewer({ container });
    await viewer.importXML(xml);
    draw(viewer, marks);
    const canvas = viewer.get("canvas");
    const at = Object.keys(marks.elements ?? {}).find((id) => marks.elements[id].state === "active" && marks.elements[id].since);
    connectButtons(frame, canvas);
    look(canvas, at && viewer.get("elementRegistry").get(at));
    container.dataset.diagram = "drawn";
  } catch (error) {
    console.error(error);
    container.dataset.diagram = "failed";
    frame.querySelector("[data-diagram-failed]").hidden = false;
  }
  frame.querySelector("[data-diagram-wait]").hidden = true;
}

document.querySelectorAll("[data-diagram]").forEach(show);
