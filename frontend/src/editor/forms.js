// A form: its fields as a list, beside it how it will be seen, at the right what is set of the field that is chosen.
// What cannot be set here stays as it is; the text of the file shows it.
import { CHOICES, TYPES } from "./form_kinds.js";
import { fieldSettings } from "./form_settings.js";
import * as manifest from "./manifest.js";
import { button, choice, debounce, h } from "./parts.js";
import { isStep, read } from "./properties.js";

const ADDED = ["textfield", "textarea", "number", "datetime", "checkbox", "radio", "select", "checklist", "filepicker", "text", "group", "dynamiclist", "expression", "separator"];
const SHOWN = ["text", "html", "separator", "spacer", "table", "image", "documentPreview", "button"];
const LOOK_AFTER = 500; // ms without a change

const isNested = (one) => ["group", "dynamiclist"].includes(one.type);

export class FormEditor {
  constructor(bench, place, aside) {
    Object.assign(this, { bench, place, aside, chosen: null, found: [] });
    this.lookSoon = debounce(() => this.look(), LOOK_AFTER);
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  show(path) {
    if (path !== this.path) Object.assign(this, { chosen: null, preview: null });
    this.path = path;
    try {
      this.form = JSON.parse(this.bench.files.get(path));
    } catch {
      return false;
    }
    if (!Array.isArray(this.form?.components)) return false;
    this.draw();
    this.look();
    return true;
  }

  // Where a field stands: "2" or "2.0" within a group.
  at(key) {
    let list = this.form.components;
    const places = key.split(".").map(Number);
    const last = places.pop();
    for (const place of places) list = list?.[place]?.components;
    return { list, last, one: list?.[last] };
  }

  changed() {
    this.bench.edit(this.path, `${JSON.stringify(this.form, null, 2)}\n`);
    this.draw();
    this.lookSoon();
  }

  draw() {
    const focused = document.activeElement?.id;
    const types = choice("textfield", ADDED.map((type) => [type, this.say(TYPES[type])]), () => {}, { ariaLabel: this.say("Kind"), id: "bench-form-kind" });
    this.preview ??= h("form", { className: "form-seen-sheet", noValidate: true, onsubmit: (event) => event.preventDefault(), onchange: () => this.lookSoon() });
    const list = h(
      "section",
      { className: "form-list", ariaLabel: this.say("Fields") },
      h("h2", { className: "h6" }, this.say("Fields")),
      this.form.components.length ? this.list(this.form.components, "") : h("p", { className: "soft small" }, this.say("None yet. Choose a kind and add a field.")),
      this.bench.told.may ? h("div", { className: "row-line bench-add-field" }, types, button(this.say("Add a field"), () => this.add(types.value), { id: "bench-form-add" })) : null,
    );
    const seen = h("section", { className: "form-seen", ariaLabel: this.say("As it will be seen") }, h("h2", { className: "h6" }, this.say("As it will be seen")), this.preview, this.after());
    this.place.replaceChildren(h("div", { className: "form-pair" }, list, seen));
    this.aside.replaceChildren(...this.settings());
    if (!this.bench.told.may) for (const control of this.aside.querySelectorAll("input, textarea, select, button")) control.disabled = true;
    if (focused) document.getElementById(focused)?.focus();
    this.mark();
  }

  list(components, stem) {
    return h("ol", { className: "form-lines" }, components.map((one, at) => this.line(one, `${stem}${at}`, at, components.length)));
  }

  line(one, key, at, count) {
    const name = one.label || one.text || one.content || one.alt || one.key || this.say(TYPES[one.type] ?? one.type);
    const isOpen = this.chosen === key;
    const choose = () => ((this.chosen = key), this.draw());
    const act = (sign, label, job, more = {}) => h("button", { type: "button", className: "btn btn-plain btn-sm decision-act", id: `bench-line-${more.key}-${key}`, title: this.say(label), ariaLabel: `${this.say(label)}: ${name}`, disabled: more.disabled, onclick: job }, sign);
    const acts = this.bench.told.may && h("span", { className: "form-line-acts" }, act("↑", "Move up", () => this.move(key, -1), { key: "up", disabled: at === 0 }), act("↓", "Move down", () => this.move(key, 1), { key: "down", disabled: at === count - 1 }), act("＋", "Copy below", () => this.copy(key), { key: "copy" }), act("×", "Remove", () => this.remove(key), { key: "remove" }));
    const more = [this.say(TYPES[one.type] ?? one.type), one.key ?? one.path].filter(Boolean).join(" · ");
    const press = h("button", { type: "button", className: "form-line-name", id: `bench-line-${key}`, ariaPressed: String(isOpen), onclick: choose, onkeydown: (event) => this.keys(event, key) }, h("span", { lang: "zh" }, String(name).slice(0, 80)), one.validate?.required ? h("span", { className: "required", title: this.say("Required") }, " *") : null, h("small", {}, more, one.conditional?.hide ? ` · ${this.say("hidden at times")}` : ""));
    return h("li", { dataset: {}, className: `form-line${isOpen ? " is-chosen" : ""}`, id: `bench-line-of-${one.key ?? one.id ?? key}` }, h("div", { className: "form-line-row" }, press, acts || null), isNested(one) ? this.list((one.components ??= []), `${key}.`) : null);
  }

  keys(event, key) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    if (event.altKey && this.bench.told.may) return this.move(key, by);
    const all = [...this.place.querySelectorAll(".form-line-name")];
    all[all.indexOf(event.target) + by]?.focus();
  }

  // ---- what is done with a field

  key(stem) {
    const taken = new Set(JSON.stringify(this.form).match(/"(?:key|id|path)": ?"[^"]*"/g)?.map((one) => /"([^"]*)"$/.exec(one)[1]));
    let number = 1;
    while (taken.has(`${stem}_${number}`)) number += 1;
    return `${stem}_${number}`;
  }

  add(type) {
    const chosen = this.chosen === null ? null : this.at(this.chosen);
    const inside = chosen?.one && isNested(chosen.one);
    const list = inside ? chosen.one.components : (chosen?.list ?? this.form.components);
    const at = inside || !chosen ? list.length : chosen.last + 1;
    const stem = this.chosen === null ? "" : inside ? `${this.chosen}.` : this.chosen.replace(/[0-9]+$/, "");
    list.splice(at, 0, this.made(type));
    this.chosen = `${stem}${at}`;
    this.changed();
    document.getElementById(["text", "separator"].includes(type) ? "bench-field-text" : "bench-field-zh")?.focus();
  }

  made(type) {
    const key = this.key((this.form.id ?? "form").replace(/[^A-Za-z0-9_]/g, "_").replace(/^[^A-Za-z]/, "f"));
    const named = SHOWN.includes(type) ? {} : isNested({ type }) ? { path: key } : { key };
    const made = { type, id: key, ...named, ...(type === "text" ? { text: "" } : { label: "" }), properties: type === "text" ? { text_en: "" } : { label_en: "" }, layout: { row: `row_${key}`, columns: null } };
    if (type === "separator") return { type, id: key, layout: made.layout };
    if (CHOICES.includes(type)) made.values = [{ value: "a", label: "甲", label_en: "A" }, { value: "b", label: "乙", label_en: "B" }];
    if (type === "datetime") made.subtype = "date";
    if (isNested(made)) made.components = [];
    if (type === "expression") made.expression = "=";
    return made;
  }

  move(key, by) {
    const { list, last } = this.at(key);
    if (last + by < 0 || last + by >= list.length) return;
    list.splice(last + by, 0, ...list.splice(last, 1));
    const moved = key.replace(/[0-9]+$/, String(last + by));
    const which = document.activeElement?.id?.match(/^bench-line-(up|down)-/)?.[1];
    this.chosen = moved;
    this.changed();
    (document.querySelector(`#${CSS.escape(`bench-line-${which}-${moved}`)}:not(:disabled)`) ?? document.getElementById(`bench-line-${moved}`))?.focus();
  }

  copy(key) {
    const { list, last, one } = this.at(key);
    const made = JSON.parse(JSON.stringify(one));
    const anew = (field) => {
      const fresh = this.key(String(field.key ?? field.path ?? field.id ?? "field").replace(/_[0-9]+$/, ""));
      for (const name of ["id", "key", "path"]) if (field[name] !== undefined) field[name] = fresh;
      if (field.layout) field.layout = { ...field.layout, row: `row_${fresh}` };
      for (const inner of field.components ?? []) anew(inner);
    };
    list.splice(last + 1, 0, made);
    anew(made);
    this.chosen = key.replace(/[0-9]+$/, String(last + 1));
    this.changed();
  }

  remove(key) {
    const { list, last } = this.at(key);
    list.splice(last, 1);
    const near = key.replace(/[0-9]+$/, String(Math.min(last, list.length - 1)));
    this.chosen = list.length ? near : null;
    this.changed();
    document.getElementById(this.chosen === null ? "bench-form-kind" : `bench-line-${near}`)?.focus();
  }

  settings() {
    const { one } = this.chosen === null ? {} : this.at(this.chosen);
    if (!one) return [h("p", { className: "soft small" }, this.say("Choose a field to set what it asks."))];
    return fieldSettings(this, one);
  }

  // ---- as it will be seen

  // The steps that show this form, with what stands below it: what is looked at, and how the step ends.
  after() {
    const id = this.path.split("/").pop().replace(/\.json$/, "");
    const yaml = this.bench.files.get(this.bench.manifest);
    const language = this.bench.told.chinese ? "zh" : "en";
    const steps = this.bench.drawing.elements().filter((one) => isStep(one) && read(one.businessObject, "form") === id);
    return h("div", {}, steps.map((step) => {
      const thing = step.businessObject;
      const known = manifest.get(yaml, ["steps", thing.id]) ?? {};
      const points = (Array.isArray(known.checklist) ? known.checklist : []).map((point) => h("li", {}, `☐ ${point?.[language] ?? point?.zh ?? point}`));
      const codes = read(thing, "outcomes").split(/\s+/).filter(Boolean);
      const outcomes = codes.map((code) => h("span", { className: `btn btn-sm ${{ primary: "btn-primary", danger: "btn-danger" }[known.outcomes?.[code]?.style] ?? "btn-plain"}`, ariaHidden: "true" }, known.outcomes?.[code]?.[language] ?? code));
      const names = codes.map((code) => known.outcomes?.[code]?.[language] ?? code).join(", ");
      return h("div", { className: "form-after" }, h("p", { className: "small soft mb-1" }, this.say("In the step “%(step)s”: %(outcomes)s", { step: thing.name || thing.id, outcomes: names || "—" })), points.length ? h("ul", { className: "form-points small" }, points) : null, h("div", { className: "row-line" }, outcomes));
    }));
  }

  async look() {
    const number = (this.looked = (this.looked ?? 0) + 1);
    const sent = new FormData(this.preview ?? undefined);
    sent.append("form-file", new Blob([this.bench.files.get(this.path) ?? ""], { type: "application/json" }), "form.json");
    try {
      const answer = await fetch(this.bench.told.preview, { method: "POST", body: sent, headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content } });
      const text = await answer.text();
      if (!answer.ok || number !== this.looked || !this.preview) return;
      const seen = new DOMParser().parseFromString(text, "text/html").body;
      for (const one of seen.querySelectorAll("button")) one.disabled = true;
      const focused = this.preview.contains(document.activeElement) ? document.activeElement.id : "";
      this.preview.replaceChildren(...seen.childNodes);
      if (focused) document.getElementById(focused)?.focus();
    } catch {
      // seen again at the next change
    }
  }

  // ---- what was found

  // Faults of this form: beside the field in the list, and in words at its settings.
  mark(found = this.found) {
    this.found = found;
    for (const one of this.place.querySelectorAll(".form-line.is-found")) one.classList.remove("is-found");
    const mine = found.filter(({ file, severity }) => file && this.path?.endsWith(file.split("/").slice(-2).join("/")) && severity !== "rewritten");
    for (const { element } of mine) document.getElementById(`bench-line-of-${element}`)?.classList.add("is-found");
    const { one } = this.chosen === null ? {} : this.at(this.chosen);
    const said = one ? mine.filter(({ element }) => element && [one.key, one.path, one.id].includes(element)) : [];
    this.aside.querySelector("[data-field-found]")?.replaceChildren(...said.map((each) => h("p", { className: "note note-warn small" }, each.text)));
  }

  choose(finding) {
    const line = document.getElementById(`bench-line-of-${finding.element}`)?.querySelector(".form-line-name");
    line?.click();
    document.getElementById(line?.id ?? "bench-form-kind")?.focus();
  }
}
