// Pages with a diagram: each element with `data-diagram` is filled with the BPMN of `data-diagram-url`, marked with what
// `data-marks-url` says: {elements: {id: {state: "active|done|cancelled", light: "green|yellow|red", count, label}}}.
// Inside the same [data-diagram-frame], [data-zoom=in|out|fit] are its buttons and [data-diagram-failed] (hidden) is what
// a reader sees where it cannot be drawn.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const ZOOM_STEP = 1.25;

async function get(url, read) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return read(response);
}

function badge({ state, light, count, label }) {
  const mark = document.createElement("span");
  mark.className = `gl-mark gl-mark-${light ?? state}`;
  mark.textContent = [label, count > 1 ? `×${count}` : ""].filter(Boolean).join(" ");
  return mark.textContent ? mark : null;
}

function draw(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const shapes = viewer.get("elementRegistry");
  for (const [id, mark] of Object.entries(marks.elements ?? {})) {
    if (!shapes.get(id)) continue;
    if (mark.state) canvas.addMarker(id, `gl-${mark.state}`);
    if (mark.light) canvas.addMarker(id, `gl-${mark.light}`);
    const html = badge(mark);
    if (html) overlays.add(id, { position: { top: -12, left: 6 }, html });
  }
}

function connectButtons(frame, canvas) {
  const fit = () => canvas.zoom("fit-viewport", "auto");
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * ZOOM_STEP),
    out: () => canvas.zoom(canvas.zoom() / ZOOM_STEP),
    fit,
  };
  for (const button of frame.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => actions[button.dataset.zoom]());
  }
  fit();
}

async function show(container) {
  const frame = container.closest("[data-diagram-frame]") ?? document;
  try {
    const { diagramUrl, marksUrl } = container.dataset;
    const [xml, marks] = await Promise.all([
      get(diagramUrl, (response) => response.text()),
      marksUrl ? get(marksUrl, (response) => response.json()) : {},
    ]);
    const viewer = new NavigatedViewer({ container });
    await viewer.importXML(xml);
    draw(viewer, marks);
    connectButtons(frame, viewer.get("canvas"));
    container.dataset.diagram = "drawn";
  } catch (error) {
    console.error(error);
    container.dataset.diagram = "failed";
    frame.querySelector("[data-diagram-failed]")?.removeAttribute("hidden");
  }
}

document.querySelectorAll("[data-diagram]").forEach(show);
