// Draws [data-drawing]: the BPMN of `data-of`, read in the language of `data-labels` ({element or text: text}), with what
// `data-marks` says of a case: {elements: {id: {state: "active|done|missed|cancelled|added|removed|changed|yellow|red", word, light,
// count, who, note, since, stamps}}}; `stamps`: [{state, word}], where more than one thing stands at it. When the page
// comes anew with another `data-case-state`, the marks are fetched again. `data-diagram`: drawing, drawn or failed.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { row } from "./diagram/tokens.js";
import { firstLook, navigate } from "./diagram/moving.js";
import { showWay } from "./diagram/ways.js";
import { put } from "./diagram/words.js";

const LIGHT = (shape) => shape.businessObject?.extensionElements?.values?.some((one) => one.name === "light");

async function get(url, read) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return read(response);
}

class Drawing {
  constructor(frame) {
    this.frame = frame;
    this.marked = [];
  }

  async draw() {
    const { of, marks, labels } = this.frame.dataset;
    const [xml, found] = await Promise.all([get(of, (response) => response.text()), this.fetch(marks)]);
    this.viewer = new NavigatedViewer({
      container: this.frame.querySelector(".drawing-canvas"),
      bpmnRenderer: { defaultFillColor: "var(--card)", defaultStrokeColor: "var(--edge)", defaultLabelColor: "var(--ink)" },
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(this.frame).fontFamily } },
    });
    const said = put(xml, JSON.parse(labels));
    await this.viewer.importXML(said.xml);
    this.prepare(said.hues);
    this.mark(found);
    const at = Object.entries(found).filter(([id, mark]) => mark.state === "active" && mark.since && this.shapes.get(id));
    const active = at.map(([id]) => this.shapes.get(id));
    navigate(this.frame, this.viewer, active);
    const stamped = Object.keys(found).filter((id) => found[id].stamps && this.shapes.get(id));
    firstLook(this.frame, this.canvas, active, stamped.map((id) => this.shapes.get(id)));
  }

  get canvas() {
    return this.viewer.get("canvas");
  }

  get shapes() {
    return this.viewer.get("elementRegistry");
  }

  async fetch(url) {
    return url ? (await get(url, (response) => response.json())).elements : {};
  }

  // Timers that are only lights stand back; what lies within a part is seen through it.
  prepare(hues) {
    for (const [id, hue] of hues) if (this.shapes.get(id)) this.canvas.addMarker(id, `gl-hue-${hue}`);
    const lights = this.shapes.filter(LIGHT);
    const ways = lights.flatMap((light) => light.outgoing);
    for (const one of [...lights, ...ways, ...ways.map((way) => way.target)]) {
      for (const part of [one, ...(one.labels ?? [])]) this.canvas.addMarker(part, "gl-quiet");
    }
    for (const part of this.shapes.filter((one) => one.type === "bpmn:SubProcess")) this.canvas.addMarker(part, "gl-part");
  }

  mark(elements) {
    const overlays = this.viewer.get("overlays");
    overlays.clear();
    for (const [id, marker] of this.marked) this.canvas.removeMarker(id, marker);
    this.marked = [];
    for (const [id, mark] of Object.entries(elements)) {
      if (!this.shapes.get(id) || !mark.state) continue;
      this.add(id, `gl-${mark.state}`);
      const stamps = mark.stamps ?? (mark.since || mark.word ? [mark] : []);
      if (!stamps.length) continue;
      if (mark.state === "active" && mark.light && mark.light !== "green") this.add(id, `gl-${mark.light}`);
      overlays.add(id, { position: { top: -13, left: 6 }, scale: { min: 0.7, max: 1.2 }, html: row(stamps) });
    }
    const reached = (shape) => ["done", "active"].includes(elements[shape?.id]?.state);
    for (const way of this.shapes.filter((one) => one.type === "bpmn:SequenceFlow" && !elements[one.id])) {
      if (elements[way.source?.id]?.count && reached(way.target)) this.add(way.id, "gl-done");
    }
  }

  // The way to a finding: its elements and flows, all at once; nothing else is changed.
  way(ids) {
    for (const id of this.shown ?? []) this.canvas.removeMarker(id, "gl-way");
    this.shown = showWay(this.viewer, ids);
  }

  add(id, marker) {
    this.canvas.addMarker(id, marker);
    this.marked.push([id, marker]);
  }
}

async function show(frame) {
  const drawing = new Drawing(frame);
  const state = () => document.querySelector("[data-case-state]")?.dataset.caseState;
  let drawn = state();
  frame.dataset.diagram = "drawing";
  try {
    await drawing.draw();
    frame.dataset.diagram = "drawn";
  } catch (error) {
    console.error(error);
    frame.dataset.diagram = "failed";
    return;
  }
  const chosen = () => document.querySelector("[data-way][aria-pressed='true']")?.dataset.way ?? "[]";
  drawing.way(JSON.parse(chosen()));
  for (const button of document.querySelectorAll("[data-way^='[']")) {
    button.addEventListener("click", () => drawing.way(JSON.parse(chosen())));
  }
  document.addEventListener("htmx:after:swap", async () => {
    if (state() === drawn) return;
    drawn = state();
    drawing.mark(await drawing.fetch(frame.dataset.marks));
  });
}

document.querySelectorAll("[data-drawing]").forEach(show);
