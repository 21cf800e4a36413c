// The designer's bench: an item's diagram, item.yaml and forms are edited, checked after each change, and saved under a
// stamp, so that nobody writes over what somebody else has saved. [data-bench] is the frame; `data-told` what it is told.
import { absorb } from "./editor/absorbing.js";
import { Adding, decisionsIn, processesIn } from "./editor/adding.js";
import { conflict } from "./editor/conflict.js";
import { DecisionEditor } from "./editor/decisions.js";
import { Drawing } from "./editor/drawing.js";
import { fieldsIn } from "./editor/variables.js";
import { Findings } from "./editor/findings.js";
import { FormEditor } from "./editor/forms.js";
import { keep, kept } from "./editor/keeping.js";
import { lineOf } from "./editor/manifest.js";
import { Refused, ask } from "./editor/office.js";
import { Panel } from "./editor/panel.js";
import { button, debounce, h } from "./editor/parts.js";
import { Written } from "./editor/written.js";

const CHECK_AFTER = 700; // ms without a change
const KEEP_AFTER = 400;
const TELL_EVERY = 25_000;

class Bench {
  constructor(frame) {
    this.frame = frame;
    this.told = JSON.parse(frame.dataset.told);
    this.files = new Map();
    this.saved = new Map();
    this.history = new Map(); // of files that are texts: [before, after]
    this.drawing = new Drawing(this, this.part("canvas"));
    this.panel = new Panel(this, this.part("panel"));
    this.findings = new Findings(this, this.part("findings"));
    this.forms_ = new FormEditor(this, this.part("text"), this.part("panel"));
    this.decisions_ = new DecisionEditor(this, this.part("text"), this.part("panel"));
    this.written = new Written(this, this.part("text"));
    this.adding = new Adding(this);
    this.checkSoon = debounce(() => this.check(), CHECK_AFTER);
    this.keepSoon = debounce(() => this.keep(), KEEP_AFTER);
  }

  part(name) {
    return this.frame.querySelector(`[data-${name}]`);
  }

  say(said, given = {}) {
    return (this.told.words[said] ?? said).replace(/%\((\w+)\)s/g, (all, name) => given[name] ?? all);
  }

  get manifest() {
    return [...this.files.keys()].find((path) => path.endsWith("/item.yaml")) ?? "";
  }

  forms() {
    return [...this.files.keys()].filter((path) => path.startsWith("forms/")).map((path) => path.split("/").pop().replace(/\.json$/, ""));
  }

  formPath = (id) => [...this.files.keys()].find((path) => path.startsWith("forms/") && path.endsWith(`/${id}.json`)) ?? "";

  decisions() {
    return decisionsIn(this.files);
  }

  processes() {
    return processesIn(this.files);
  }

  // The fields of all forms, as conditions and decisions ask for them.
  fields() {
    return fieldsIn(this.files, this.told.chinese);
  }

  variables = () => this.fields().map(({ name, label }) => [name, label]);

  async open() {
    const found = await ask("GET", `/benches/${this.told.id}`);
    this.take(found);
    const before = kept(this.told);
    if (before && before.stamp === this.stamp) {
      for (const [path, text] of Object.entries(before.files)) text === null ? this.files.delete(path) : this.files.set(path, text);
      if (this.isChanged) this.news(this.say("Changes that were not saved were put back."), button(this.say("Discard them"), () => this.discard()));
    } else if (before) {
      for (const [path, text] of Object.entries(before.files)) text === null ? this.files.delete(path) : this.files.set(path, text);
      conflict(this, `${found.saved_by}`);
    }
    const first = [...this.files.keys()].find((path) => path.endsWith(".bpmn")) ?? this.manifest;
    await this.show(first);
    this.listen();
    this.state();
    await this.check();
    this.frame.dataset.bench = "open";
  }

  take(found) {
    this.stamp = found.stamp;
    this.files = new Map(Object.entries(found.files));
    this.saved = new Map(this.files);
    const stamp = document.querySelector("[data-hand-in] [name=stamp]");
    if (stamp) stamp.value = this.stamp;
  }

  listen() {
    const acts = {
      save: () => this.save(),
      undo: () => this.step("undo"),
      redo: () => this.step("redo"),
      text: () => this.show(this.path, !this.asText),
      remove: () => this.adding.remove(this.path),
      in: () => this.drawing.zoom("in"),
      out: () => this.drawing.zoom("out"),
      fit: () => this.drawing.zoom("fit"),
    };
    for (const control of this.frame.querySelectorAll("[data-do]")) control.addEventListener("click", () => acts[control.dataset.do]());
    this.part("file").addEventListener("change", (event) => this.show(event.target.value));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      this.save();
    });
    addEventListener("online", () => this.isCut && (this.unsaved ? this.save() : this.check()));
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    document.querySelector("[data-hand-in]")?.addEventListener("submit", (event) => this.isChanged && this.saveFirst(event));
    this.tell();
    setInterval(() => document.hidden || this.tell(), TELL_EVERY);
  }

  // What is handed in is what was saved.
  async saveFirst(event) {
    event.preventDefault();
    if (await this.save()) event.target.submit();
  }

  // ---- what is shown

  get isDiagram() {
    return this.path?.endsWith(".bpmn") && !this.asText;
  }

  async show(path, asText = false) {
    await this.read();
    this.path = path;
    this.asText = asText;
    const canvas = this.part("canvas");
    const text = this.part("text");
    canvas.hidden = !this.isDiagram; // what is hidden has no size to draw for
    if (this.isDiagram) await this.draw();
    canvas.hidden = !this.isDiagram;
    text.hidden = this.isDiagram;
    if (this.isDiagram) text.replaceChildren(); // ids stand once in a page
    const isTable = path.endsWith(".dmn") && !asText && this.decisions_.show(path);
    const isForm = path.endsWith(".json") && !asText && this.forms_.show(path);
    this.shown = isTable ? this.decisions_ : isForm ? this.forms_ : null;
    this.shown?.mark(this.findings.found);
    if (!this.isDiagram && !this.shown) this.written.show(path, this.trouble);
    this.trouble = "";
    this.part("panel").parentElement.hidden = !this.isDiagram && !isTable && !isForm;
    for (const one of this.frame.querySelectorAll("[data-only]")) one.hidden = !this.isDiagram;
    const toggle = this.frame.querySelector("[data-do=text]");
    toggle.hidden = !/\.(bpmn|dmn|json)$/.test(path);
    toggle.setAttribute("aria-pressed", String(this.asText));
    const last = path.endsWith(".bpmn") && [...this.files.keys()].filter((one) => one.endsWith(".bpmn")).length === 1;
    const remove = this.frame.querySelector("[data-do=remove]");
    if (remove) remove.hidden = path === this.manifest || last;
    this.list();
    if (this.isDiagram) this.panel.show();
    this.state();
  }

  list() {
    const short = (path) => path.replace(/\/[^/]+\//, "/");
    const options = [...this.files.keys()].map((path) => h("option", { value: path, selected: path === this.path }, short(path)));
    this.part("file").replaceChildren(...options);
  }

  async draw() {
    const text = this.files.get(this.path);
    if (this.drawnText === text) return this.findings.mark(); // as it was left, with all that can be undone
    this.isLoading = true;
    try {
      await this.drawing.load(text);
      this.drawnText = text;
      this.part("canvas").querySelector(".drawing-wait")?.remove();
      this.findings.mark();
    } catch {
      this.asText = true;
      this.drawnText = null;
      this.trouble = this.say("The diagram cannot be drawn: the findings say why. Its text can be edited.");
    } finally {
      this.isLoading = false;
      this.isRead = true;
    }
  }

  // ---- what changes

  // The text of a file, from wherever it was changed.
  put(path, text) {
    this.files.set(path, text);
  }

  // The drawing changed: it becomes text when somebody asks for it.
  drawn() {
    if (this.isLoading) return;
    this.isRead = false;
    this.panel.show();
    this.changed();
  }

  chosen() {
    if (!this.isLoading) this.panel.show();
  }

  // A file that is a text was changed.
  edit(path, text) {
    const known = this.history.get(path) ?? { past: [], future: [] };
    const last = known.past.at(-1);
    if (!last || Date.now() - last.at > 800) known.past.push({ text: this.files.get(path), at: Date.now() });
    else last.at = Date.now();
    known.future = [];
    this.history.set(path, known);
    this.put(path, text);
    this.changed();
  }

  step(which) {
    const stack = this.isDiagram && this.drawing.get("commandStack");
    if (stack && (which === "undo" ? stack.canUndo() : stack.canRedo())) return stack[which]();
    const known = this.history.get(this.path) ?? { past: [], future: [] };
    const [from, to] = which === "undo" ? [known.past, known.future] : [known.future, known.past];
    const one = from.pop();
    if (!one) return;
    to.push({ text: this.files.get(this.path), at: 0 });
    this.put(this.path, one.text);
    this.show(this.path, this.asText);
    this.changed();
  }

  // A drawing that is taken from a text anew can go back to what it was before.
  past(path, text) {
    const known = this.history.get(path) ?? { past: [], future: [] };
    this.history.set(path, { past: [...known.past, { text, at: 0 }], future: [] });
  }

  changed() {
    this.state();
    this.checkSoon();
    this.keepSoon();
  }

  // What was drawn, as text.
  async read() {
    if (this.isRead !== false || !this.isDiagram) return;
    this.isRead = true;
    this.drawnText = await this.drawing.text();
    this.put(this.path, this.drawnText);
  }

  get changes() {
    const made = {};
    for (const [path, text] of this.files) if (this.saved.get(path) !== text) made[path] = text;
    for (const path of this.saved.keys()) if (!this.files.has(path)) made[path] = null;
    return made;
  }

  get isChanged() {
    return this.isRead === false || Object.keys(this.changes).length > 0;
  }

  state(said = "") {
    const can = (name, on) => {
      const control = this.frame.querySelector(`[data-do=${name}]`);
      if (control) control.disabled = !on;
    };
    const stack = this.isDiagram && this.drawing.get("commandStack");
    const known = this.history.get(this.path);
    can("undo", (stack && stack.canUndo()) || known?.past.length);
    can("redo", (stack && stack.canRedo()) || known?.future.length);
    can("save", this.isChanged);
    this.part("state").textContent = said || this.say(this.isChanged ? "Not saved" : "Saved");
  }

  // ---- what the office is asked

  async keep() {
    await this.read();
    keep(this.told, this.stamp, Object.keys(this.changes).length ? this.changes : null);
  }

  discard() {
    keep(this.told, this.stamp, null);
    this.files = new Map(this.saved);
    this.isRead = true;
    this.history.clear();
    this.news();
    this.show(this.files.has(this.path) ? this.path : this.manifest);
    this.check();
  }

  news(...said) {
    this.part("news").replaceChildren(...(said.length ? [h("div", { className: "note note-wait" }, h("div", {}, ...said))] : []));
  }

  // What went wrong, and the way on; what was done is kept in this browser until it is saved.
  failed(error, again = null) {
    const known = error instanceof Refused;
    const said = known ? `${error.said.detail ?? ""} ${error.status === 401 ? "" : (error.said.remedy ?? "")} ` : `${this.say("The office cannot be reached. What you did is kept in this browser.")} `;
    const signIn = error.status === 401 && h("a", { href: "/login", target: "_blank", rel: "noopener" }, this.say("Sign in in another tab, then try again."));
    const retry = again && button(this.say("Try again"), again, { id: "bench-again" });
    this.news(h("p", { className: "mb-2" }, said, signIn || null), ...(retry ? [retry] : []));
    this.isCut = true;
    this.state();
  }

  async check() {
    await this.read();
    const number = (this.asked = (this.asked ?? 0) + 1);
    try {
      const { findings } = await ask("POST", `/benches/${this.told.id}/check`, { files: this.changes });
      if (number !== this.asked) return;
      if (this.isCut && !this.unsaved) this.news();
      this.isCut = this.unsaved;
      this.findings.show(findings);
      this.shown?.mark(findings);
    } catch (error) {
      this.failed(error, () => (this.unsaved ? this.save() : this.check()));
    }
  }

  async save() {
    if (!this.told.may || !this.isChanged) return true;
    await this.read();
    const sent = new Map(this.files);
    this.state(this.say("Saving …"));
    try {
      const { stamp } = await ask("PUT", `/benches/${this.told.id}`, { files: this.changes }, this.stamp);
      this.stamp = stamp;
      this.saved = sent;
      const field = document.querySelector("[data-hand-in] [name=stamp]");
      if (field) field.value = stamp;
      await this.keep();
      this.news();
      this.isCut = this.unsaved = false;
      this.state();
      return true;
    } catch (error) {
      if (error.status === 412) conflict(this, error.said.detail);
      else this.failed(error, () => this.save());
      this.unsaved = error.status !== 412;
      this.state();
      return false;
    }
  }

  async answer(finding, value) {
    await this.read();
    const { element, code } = finding;
    try {
      const { files } = await ask("POST", `/benches/${this.told.id}/answers/preview`, { files: this.changes, element, code, value });
      for (const [path, text] of Object.entries(files)) {
        if (path === this.path && this.isDiagram && (await absorb(this.drawing, text))) continue;
        this.past(path, this.files.get(path));
        this.put(path, text);
        if (path === this.path) await this.show(path, this.asText);
      }
      this.drawing.choose(element);
      this.changed();
    } catch (error) {
      this.failed(error);
    }
  }

  async tell() {
    try {
      const { data } = await ask("PUT", `/benches/${this.told.id}/seat`);
      const time = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      const others = data.map(({ name, since }) => this.say("%(who)s has this open, too, since %(since)s.", { who: name, since: time(since) }));
      if (others.join() === this.others) return;
      this.others = others.join();
      this.part("others").replaceChildren(...others.map((one) => h("p", { className: "note note-wait" }, one)));
    } catch {
      // the next time
    }
  }

  // To where a finding is: an element of the drawing, a line of a text.
  async go(found) {
    const { file, element } = found;
    const known = [...this.files.keys()];
    const path = this.files.has(file) ? file : known.find((one) => one.endsWith(`/${file}`)) ?? known.find((one) => one.endsWith(".bpmn"));
    if (path !== this.path || (/\.(bpmn|dmn)$/.test(path) && this.asText)) await this.show(path);
    if (this.isDiagram) return this.drawing.choose(element);
    if (this.shown) return this.shown.choose(found);
    if (path === this.manifest) this.written.line(lineOf(this.files.get(path), element ?? ""));
    else this.part("text").focus();
  }
}

const frame = document.querySelector("[data-bench]");
new Bench(frame).open().catch((error) => {
  console.error(error);
  frame.dataset.bench = "failed";
});
