// A form as a list of its fields: what stands in it, in which order, what must be filled in. What is not shown here (conditions,
// layout, patterns) stays as it is; the text of the file shows it.
import { area, button, choice, field, h, text, tick } from "./parts.js";

const TYPES = [
  "textfield", "textarea", "number", "datetime", "checkbox", "checklist", "radio", "select", "taglist", "filepicker", "text",
  "group", "dynamiclist", "table", "separator", "spacer", "documentPreview", "image", "html", "button", "expression",
];
const CHOICES = ["checklist", "radio", "select", "taglist"];

export class FormEditor {
  constructor(bench, place) {
    Object.assign(this, { bench, place });
  }

  say(said) {
    return this.bench.say(said);
  }

  show(path) {
    this.path = path;
    try {
      this.form = JSON.parse(this.bench.files.get(path));
    } catch {
      return false;
    }
    if (!Array.isArray(this.form?.components)) return false;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.id : "";
    const types = choice("textfield", TYPES.map((type) => [type, type]), () => {}, { ariaLabel: this.say("Kind") });
    this.place.replaceChildren(
      h("h3", { className: "h6" }, this.say("Fields")),
      h("ol", { className: "bench-fields" }, this.form.components.map((one, at) => this.field(this.form.components, one, at, `${at}`))),
      h("div", { className: "row-line" }, types, button(this.say("Add a field"), () => this.add(types.value))),
    );
    if (focused) document.getElementById(focused)?.focus();
    return true;
  }

  changed() {
    this.bench.edit(this.path, `${JSON.stringify(this.form, null, 2)}\n`);
    this.show(this.path);
  }

  add(type) {
    const keys = new Set(this.form.components.map((one) => one.key));
    const stem = this.form.id ?? "form";
    let number = this.form.components.length + 1;
    while (keys.has(`${stem}_${number}`)) number += 1;
    const key = `${stem}_${number}`;
    const made = { type, id: key, key, label: "", properties: { label_en: "" }, layout: { row: `row_${key}`, columns: null } };
    if (CHOICES.includes(type)) made.values = [];
    this.form.components.push(made);
    this.changed();
    document.getElementById(`bench-form-${this.form.components.length - 1}-zh`)?.focus();
  }

  field(list, one, at, key) {
    const id = (what) => `form-${key}-${what}`;
    const set = (job) => (value) => (job(value), this.changed());
    const properties = (name, value) => (one.properties = { ...one.properties, [name]: value });
    const move = (by) => (list.splice(at + by, 0, ...list.splice(at, 1)), this.changed());
    const rows = [
      field(this.say("Name in Chinese"), text(one.label ?? one.text ?? "", set((value) => (one.label !== undefined || one.text === undefined ? (one.label = value) : (one.text = value))), { lang: "zh" }), "", id("zh")),
      field(this.say("Name in English"), text(one.properties?.label_en ?? "", set((value) => properties("label_en", value)), { lang: "en" }), "", id("en")),
    ];
    if (one.key !== undefined) rows.push(field(this.say("Variable"), text(one.key, set((value) => (one.key = value)), { className: "form-control form-control-sm code", spellcheck: false }), "", id("key")));
    const options = TYPES.map((type) => [type, type]);
    rows.push(field(this.say("Kind"), choice(one.type, options, set((value) => (one.type = value))), "", id("type")));
    if (one.key !== undefined) rows.push(tick(this.say("Required"), one.validate?.required, set((on) => (one.validate = { ...one.validate, required: on })), id("required")));
    if (CHOICES.includes(one.type)) rows.push(this.choices(one, id("choices"), set));
    const parts = Array.isArray(one.components) ? h("ol", { className: "bench-fields" }, one.components.map((inner, place) => this.field(one.components, inner, place, `${key}-${place}`))) : null;
    const acts = h(
      "div",
      { className: "row-line" },
      button(this.say("Up"), () => move(-1), { disabled: at === 0 }),
      button(this.say("Down"), () => move(1), { disabled: at === list.length - 1 }),
      button(this.say("Remove"), () => (list.splice(at, 1), this.changed())),
    );
    return h("li", { className: "bench-form-field" }, h("fieldset", { disabled: !this.bench.told.may }, h("legend", { className: "small" }, one.label || one.text || one.key || one.type), h("div", { className: "bench-form-rows" }, rows), parts, acts));
  }

  choices(one, id, set) {
    const lines = (one.values ?? []).map(({ value, label, properties, label_en: english }) => [value, label, english ?? properties?.label_en ?? ""].join(" = "));
    const read = (written) => {
      one.values = written
        .split("\n")
        .map((line) => line.split("=").map((part) => part.trim()))
        .filter(([value]) => value)
        .map(([value, label = value, english = ""]) => ({ ...one.values?.find((known) => known.value === value), value, label, label_en: english }));
    };
    return field(this.say("Choices, one a line: value = Chinese = English"), area(lines.join("\n"), set(read), { rows: Math.max(3, lines.length + 1), className: "form-control form-control-sm code" }), "", id);
  }
}
