// What is set of one field of a form, by its kind.
import { CHOICES, TYPES } from "./form_kinds.js";
import * as manifest from "./manifest.js";
import { area, button, choice, field, h, text, tick } from "./parts.js";

const INPUTS = ["textfield", "textarea", "number", "datetime", "checkbox", ...CHOICES];
const CODE = { className: "form-control form-control-sm code", spellcheck: false };
const WIDTHS = [["", "The whole line"], ["8", "Half a line"], ["5", "A third of a line"]];
const PERSONAL = ["name", "phone", "email", "address", "citizen-number", "account"];

export function fieldSettings(editor, one) {
  const say = (said, given) => editor.say(said, given);
  const set = (job) => (value) => (job(value), editor.changed());
  const of = (part, name, value) => {
    one[part] = { ...one[part], [name]: value };
    if (value === undefined || value === "" || value === false) delete one[part][name];
  };
  const own = (name, value) => (value === "" || value === undefined ? delete one[name] : (one[name] = value));
  const number = (value) => (value === "" ? undefined : Number.isFinite(Number(value)) ? Number(value) : value);
  const made = [h("p", { className: "small soft mb-2" }, say(TYPES[one.type] ?? one.type)), h("div", { dataset: {}, ariaLive: "polite" })];
  made[1].setAttribute("data-field-found", "");
  made.push(...names(one, say, set, of));
  const name = "path" in one ? "path" : "key";
  if (one.type === "filepicker") made.push(material(editor, one, set));
  else if (one[name] !== undefined) made.push(field(say("Variable"), text(one[name], set((value) => (one[name] = value)), CODE), "", "field-key"));
  if (INPUTS.includes(one.type)) made.push(kind(one, say, set));
  if (INPUTS.includes(one.type)) made.push(tick(say("Required"), one.validate?.required, set((on) => of("validate", "required", on)), "field-required"));
  if (CHOICES.includes(one.type)) made.push(options(editor, one));
  made.push(...limits(one, say, set, of, own, number));
  if (one.type === "expression") made.push(field(say("Computed (FEEL)"), area(one.expression ?? "", set((value) => (one.expression = value.startsWith("=") ? value : `=${value}`)), CODE), "", "field-expression"));
  made.push(hidden(editor, one, set, of));
  if (INPUTS.includes(one.type)) {
    const kinds = [["", say("none")], ...PERSONAL.map((each) => [each, say(each)])];
    made.push(field(say("Personal data"), choice(one.properties?.personal ?? "", kinds, set((value) => of("properties", "personal", value))), say("It is masked where it is listed or exported."), "field-personal"));
  }
  if (one.type !== "separator") made.push(width(editor, one, set));
  return made;
}

function names(one, say, set, of) {
  if (["separator", "spacer", "button"].includes(one.type)) return [];
  if (["text", "html"].includes(one.type)) {
    const key = one.type === "html" ? "content" : "text";
    return [
      field(say("Text in Chinese"), area(one[key] ?? "", set((value) => (one[key] = value)), { rows: 4, lang: "zh" }), "", "field-text"),
      field(say("Text in English"), area(one.properties?.text_en ?? "", set((value) => of("properties", "text_en", value)), { rows: 4, lang: "en" }), "", "field-text-en"),
    ];
  }
  return [
    field(say("Name in Chinese"), text(one.label ?? "", set((value) => (one.label = value)), { lang: "zh" }), "", "field-zh"),
    field(say("Name in English"), text(one.properties?.label_en ?? "", set((value) => of("properties", "label_en", value)), { lang: "en" }), "", "field-en"),
    ...(one.type === "group" || one.type === "dynamiclist" ? [] : [
      field(say("Hint in Chinese"), text(one.description ?? "", set((value) => (value ? (one.description = value) : delete one.description)), { lang: "zh" }), "", "field-hint-zh"),
      field(say("Hint in English"), text(one.properties?.description_en ?? "", set((value) => of("properties", "description_en", value)), { lang: "en" }), "", "field-hint-en"),
    ]),
  ];
}

// A field of another kind keeps what the new kind can have.
function kind(one, say, set) {
  const change = (type) => {
    one.type = type;
    if (CHOICES.includes(type)) one.values ??= [];
    else delete one.values;
    if (type === "datetime") one.subtype ??= "date";
    for (const name of ["min", "max", ...(["textfield", "textarea"].includes(type) ? [] : ["minLength", "maxLength", "pattern", "validationType"])]) if (type !== "number" || !["min", "max"].includes(name)) delete one.validate?.[name];
    if (type !== "number") delete one.decimalDigits;
    delete one.defaultValue;
  };
  return field(say("Kind"), choice(one.type, INPUTS.map((type) => [type, say(TYPES[type])]), set(change)), "", "field-type");
}

// The code of a material in item.yaml is the key of its place in a form.
function material(editor, one, set) {
  const known = manifest.get(editor.bench.files.get(editor.bench.manifest), ["materials"]) ?? [];
  const language = editor.bench.told.chinese ? "zh" : "en";
  const options = [["", "—"], ...(Array.isArray(known) ? known : []).map((each) => [String(each?.code ?? ""), `${each?.name?.[language] ?? ""} · ${each?.code}`])];
  return field(editor.say("Material"), choice(one.key ?? "", options, set((value) => (one.key = value))), editor.say("Formats, size and whether it must be there stand in item.yaml."), "field-key");
}

function limits(one, say, set, of, own, number) {
  const rule = (name, label, read = number) => field(say(label), text(one.validate?.[name] ?? "", set((value) => of("validate", name, read(value))), { inputMode: "decimal" }), "", `field-${name}`);
  if (one.type === "number") {
    const unit = (name, english, label) => [
      field(say(label), text(one.appearance?.[name] ?? "", set((value) => of("appearance", name, value)), { lang: "zh" }), "", `field-${name}`),
      field(say("The same in English"), text(one.properties?.[english] ?? "", set((value) => of("properties", english, value)), { lang: "en" }), "", `field-${english}`),
    ];
    return [h("div", { className: "bench-pair" }, rule("min", "At least"), rule("max", "At most")), field(say("Digits after the point"), text(one.decimalDigits ?? "", set((value) => own("decimalDigits", number(value))), { inputMode: "numeric" }), "", "field-digits"), h("div", { className: "bench-pair" }, unit("suffixAdorner", "suffix_en", "Unit"))];
  }
  if (["textfield", "textarea"].includes(one.type)) {
    const formats = [["", say("any")], ["phone", say("phone")], ["email", say("email")], ["credit-code", say("credit-code")], ["citizen-number", say("citizen-number")]];
    const now = one.validate?.validationType ?? one.properties?.check ?? "";
    const format = (value) => {
      of("validate", "validationType", ["phone", "email"].includes(value) ? value : "");
      of("properties", "check", ["credit-code", "citizen-number"].includes(value) ? value : "");
    };
    return [h("div", { className: "bench-pair" }, rule("minLength", "Characters at least"), rule("maxLength", "Characters at most")), field(say("Written as"), choice(now === "custom" ? "" : now, formats, set(format)), "", "field-format"), field(say("Pattern"), text(one.validate?.pattern ?? "", set((value) => of("validate", "pattern", value)), CODE), "", "field-pattern")];
  }
  if (one.type === "datetime") return [field(say("Asked for"), choice(one.subtype ?? "date", [["date", say("a day")], ["time", say("a time")], ["datetime", say("a day and a time")]], set((value) => (one.subtype = value))), "", "field-subtype")];
  if (one.type === "dynamiclist") return [h("div", { className: "bench-pair" }, ["min_rows", "max_rows"].map((name) => field(say(name === "min_rows" ? "Rows at least" : "Rows at most"), text(one.properties?.[name] ?? "", set((value) => of("properties", name, value)), { inputMode: "numeric" }), "", `field-${name}`)))];
  return [];
}

// Choices as rows: what is kept, and how it reads in both languages.
function options(editor, one) {
  const say = (said) => editor.say(said);
  const values = (one.values ??= []);
  const english = (each) => each.label_en ?? each.properties?.label_en ?? "";
  const act = (sign, label, at, job, disabled) => h("button", { type: "button", className: "btn btn-plain btn-sm decision-act", id: `bench-option-${label.replace(/ /g, "-")}-${at}`, title: say(label), ariaLabel: `${say(label)}: ${values[at].label || values[at].value}`, disabled, onclick: () => (job(), editor.changed()) }, sign);
  const part = (at, name, value, label, write, more = {}) => {
    const control = text(value, (typed) => (write(typed), editor.changed()), { ...more, id: `bench-option-${name}-${at}`, ariaLabel: `${say(label)} ${at + 1}` });
    return h("td", {}, control);
  };
  const rows = values.map((each, at) =>
    h("tr", {}, part(at, "value", each.value ?? "", "Value", (typed) => (each.value = typed), CODE), part(at, "zh", each.label ?? "", "Name in Chinese", (typed) => (each.label = typed), { lang: "zh" }), part(at, "en", english(each), "Name in English", (typed) => (each.label_en = typed), { lang: "en" }), h("td", { className: "form-line-acts" }, act("↑", "Move up", at, () => values.splice(at - 1, 0, ...values.splice(at, 1)), at === 0), act("×", "Remove", at, () => values.splice(at, 1)))),
  );
  const add = () => {
    let number = values.length + 1;
    while (values.some(({ value }) => value === `value_${number}`)) number += 1;
    values.push({ value: `value_${number}`, label: "", label_en: "" });
    editor.changed();
    document.getElementById(`bench-option-zh-${values.length - 1}`)?.focus();
  };
  const head = ["Value", "Name in Chinese", "Name in English"].map((label) => h("th", { scope: "col" }, say(label)));
  return h("fieldset", { className: "bench-outcome" }, h("legend", {}, say("Choices")), h("table", { className: "form-options" }, h("thead", {}, h("tr", {}, head, h("td"))), h("tbody", {}, rows)), button(say("Add a choice"), add, { id: "bench-option-add" }));
}

// A condition in FEEL, checked as it is typed; it may read what stands above.
function hidden(editor, one, set, of) {
  const control = text(one.conditional?.hide ?? "", set((value) => of("conditional", "hide", value && !value.startsWith("=") ? `=${value}` : value)), CODE);
  control.setAttribute("list", "bench-variables");
  const known = h("datalist", { id: "bench-variables" }, editor.bench.variables().map(([value, label]) => h("option", { value: `=${value} = ` }, label)));
  return h("div", {}, field(editor.say("Hidden where (FEEL)"), control, editor.say("Such as =kind = \"house\"; it reads fields that stand above. Left empty: always shown."), "field-hide"), known);
}

// Fields of one row stand side by side: a narrower field joins the row of the one before it, as far as there is room.
function width(editor, one, set) {
  const { list, last } = editor.at(editor.chosen);
  const change = (value) => {
    const columns = value ? Number(value) : null;
    const before = list[last - 1];
    const used = list.filter((each) => each !== one && each.layout?.row && each.layout.row === before?.layout?.row).reduce((sum, each) => sum + (each.layout.columns ?? 16), 0);
    const joins = columns && before?.layout?.row && used + columns <= 16;
    one.layout = { ...one.layout, columns, row: joins ? before.layout.row : `row_${one.id ?? one.key}` };
  };
  return field(editor.say("Width"), choice(String(one.layout?.columns ?? "").replace("16", ""), WIDTHS.map(([value, label]) => [value, editor.say(label)]), set(change)), editor.say("A narrower field stands beside the one above it, where there is room."), "field-width");
}
