// The modeler: a diagram is drawn, elements are chosen and shown, what was found is marked.
import Modeler from "bpmn-js/lib/Modeler";
import { CHINESE } from "./chinese.js";
import { hue } from "../diagram/words.js";
import { showWay } from "../diagram/ways.js";
import { GREENLIGHT, isA } from "./properties.js";

const ZOOM_STEP = 1.25;
const ROOM = 32; // px around the palette at the left
const READABLE = 0.7; // a diagram drawn smaller than this cannot be read

// Several changes that are undone as one; and a text beside the diagram that is changed and undone with it.
class Together {
  static $inject = ["commandStack", "bench"];

  constructor(commandStack, bench) {
    commandStack.register("greenlight.together", { preExecute: ({ job }) => job(), execute: () => [], revert: () => [] });
    commandStack.register("greenlight.text", {
      execute: ({ path, after }) => (bench.put(path, after), []),
      revert: ({ path, before }) => (bench.put(path, before), []),
    });
  }
}

export class Drawing {
  constructor(bench, container) {
    this.bench = bench;
    this.marked = [];
    const own = { __init__: ["together"], together: ["type", Together], bench: ["value", bench] };
    this.modeler = new Modeler({
      container,
      additionalModules: [own, ...(bench.told.chinese ? [CHINESE] : [])],
      moddleExtensions: { gl: GREENLIGHT },
      bpmnRenderer: { defaultFillColor: "var(--card)", defaultStrokeColor: "var(--edge)", defaultLabelColor: "var(--ink)" },
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(container).fontFamily } },
    });
    new ResizeObserver(() => this.get("canvas").resized()).observe(container);
    this.modeler.on("selection.changed", () => bench.chosen());
    this.modeler.on("commandStack.changed", () => bench.drawn());
  }

  get(name) {
    return this.modeler.get(name);
  }

  async load(xml) {
    this.marked = [];
    await this.modeler.importXML(xml);
    for (const one of this.get("elementRegistry").getAll()) {
      const colour = one.di?.get("bioc:fill") ?? one.di?.get("background-color");
      if (colour && !one.labelTarget) this.get("canvas").addMarker(one, `gl-hue-${hue(colour) ?? "grey"}`); // by night the page's colours
    }
    this.zoom("fit");
  }

  async text() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  together(job) {
    this.get("commandStack").execute("greenlight.together", { job });
  }

  write(path, before, after) {
    if (before !== after) this.get("commandStack").execute("greenlight.text", { path, before, after });
  }

  get selected() {
    const [one, ...more] = this.get("selection").get();
    return more.length ? null : (one?.labelTarget ?? one ?? null);
  }

  element(id) {
    return this.get("elementRegistry").get(id);
  }

  // Everything drawn that has something to say, in the order in which it is drawn.
  elements() {
    return this.get("elementRegistry").filter(
      (one) => !one.labelTarget && one.parent && isA(one, "FlowNode", "SequenceFlow", "Lane", "Participant"),
    );
  }

  choose(id) {
    const element = this.element(id);
    if (!element) return false;
    this.get("selection").select(element);
    const canvas = this.get("canvas");
    const box = element.waypoints ? this.get("elementRegistry").getGraphics(element).getBBox() : element;
    if (canvas.zoom() < READABLE) canvas.zoom(READABLE);
    const { width, height } = canvas.viewbox();
    canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
    return true;
  }

  // `kinds`: the worst that was found about each element; `way`: a way through the diagram that fails.
  mark(kinds, way = []) {
    const canvas = this.get("canvas");
    for (const [id, marker] of this.marked) if (this.element(id)) canvas.removeMarker(id, marker);
    this.marked = [];
    const add = (id, marker) => {
      if (!this.element(id)) return;
      canvas.addMarker(id, marker);
      this.marked.push([id, marker]);
    };
    for (const [id, kind] of Object.entries(kinds)) add(id, `gl-found-${kind}`);
    const on = new Set(way);
    for (const id of showWay(this.modeler, way)) this.marked.push([id, "gl-way"]);
    for (const flow of this.get("elementRegistry").filter((one) => one.type === "bpmn:SequenceFlow")) {
      if (on.has(flow.source?.id) && on.has(flow.target?.id)) add(flow.id, "gl-way");
    }
  }

  zoom(how) {
    const canvas = this.get("canvas");
    if (how === "fit") {
      const { inner, outer } = canvas.viewbox();
      const room = ROOM + (canvas.getContainer().querySelector(".djs-palette")?.offsetWidth ?? 0);
      const scale = Math.min(1, (outer.width - room) / inner.width, outer.height / inner.height) * 0.97;
      canvas.viewbox({ x: inner.x - room / scale, y: inner.y - 12 / scale, width: outer.width / scale, height: outer.height / scale });
    } else canvas.zoom(canvas.zoom() * (how === "in" ? ZOOM_STEP : 1 / ZOOM_STEP));
  }
}
