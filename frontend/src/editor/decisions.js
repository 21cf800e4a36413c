// A decision table: rows and columns of cells that are written in FEEL. Every cell is a field with a name of its own;
// Enter goes to the next row, Alt with an arrow moves the row. What the check says of a cell stands beside it.
import { AGGREGATORS, all, Dmn, first, POLICIES, written } from "./dmn.js";
import { area, button, choice, field, h, text, tick } from "./parts.js";

const TYPES = ["string", "number", "boolean", "date", "time", "dateTime", "dayTimeDuration", "yearMonthDuration"];
const ABOUT = {
  UNIQUE: "Only one row may hold.",
  ANY: "Several rows may hold, if they give the same.",
  PRIORITY: "Of the rows that hold, the most important result counts.",
  FIRST: "The first row from above that holds counts.",
  "RULE ORDER": "All rows that hold count, in the order of the rows.",
  "OUTPUT ORDER": "All rows that hold count, the most important result first.",
  COLLECT: "All rows that hold count: as a list, or added up, counted, the least or the greatest.",
};
const AGGREGATED = { SUM: "the sum", MIN: "the least", MAX: "the greatest", COUNT: "how many" };

export class DecisionEditor {
  constructor(bench, place, aside) {
    Object.assign(this, { bench, place, aside, chosen: 0, column: null });
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  show(path) {
    if (path !== this.path) Object.assign(this, { chosen: 0, column: null });
    this.path = path;
    this.dmn = Dmn.read(this.bench.files.get(path) ?? "");
    if (!this.dmn?.decisions.length) return false;
    this.chosen = Math.min(this.chosen, this.dmn.decisions.length - 1);
    this.draw();
    return true;
  }

  get decision() {
    return this.dmn.decisions[this.chosen];
  }

  get table() {
    return first(this.decision, "decisionTable");
  }

  // One thing changed: written at once; drawn anew where the table has another shape.
  changed(isShape = true) {
    this.bench.edit(this.path, this.dmn.text());
    if (isShape) this.draw();
    else this.mark();
  }

  act(job) {
    return () => (job(), this.changed());
  }

  draw() {
    const focused = document.activeElement?.id;
    const literal = first(this.decision, "literalExpression");
    const body = this.table ? this.grid() : literal ? this.expression(literal) : [h("p", { className: "note note-wait" }, this.say("This decision is no table; edit it as text."))];
    this.place.replaceChildren(this.head(), ...body);
    this.aside.replaceChildren(...this.properties());
    for (const part of [this.place, this.aside]) {
      if (!this.bench.told.may) for (const control of part.querySelectorAll("input, textarea, select:not(#bench-decision), button:not(.decision-column)")) control.disabled = true;
    }
    if (focused) document.getElementById(focused)?.focus();
    this.mark();
  }

  head() {
    const options = this.dmn.decisions.map((one, at) => [String(at), `${one.getAttribute("name") || one.id} · ${one.id}`]);
    const pick = choice(String(this.chosen), options, (value) => (Object.assign(this, { chosen: Number(value), column: null }), this.draw()));
    const add = () => {
      this.dmn.addDecision(this.say("New decision"));
      Object.assign(this, { chosen: this.dmn.decisions.length - 1, column: null });
      this.changed();
    };
    return h("div", { className: "decision-head" }, field(this.say("Decision"), pick, "", "decision"), button(this.say("Add a decision"), add, { id: "bench-decision-add" }));
  }

  // ---- the table

  get names() {
    const called = (one, at, fallback) => one.getAttribute("label") || fallback(one) || String(at + 1);
    return {
      input: all(this.table, "input").map((one, at) => called(one, at, (it) => written(first(it, "inputExpression")))),
      output: all(this.table, "output").map((one, at) => called(one, at, (it) => it.getAttribute("name"))),
    };
  }

  grid() {
    const { names, table } = this;
    const rules = all(table, "rule");
    const heading = (kind) => names[kind].map((name, at) => h("th", { scope: "col", className: `decision-${kind}` }, this.columnButton(kind, at, name)));
    const adding = (kind, label) => button(this.say(label), () => this.addColumn(kind), { id: `bench-add-${kind}`, className: "btn btn-plain btn-sm" });
    const grid = h(
      "table",
      { className: "decision-table" },
      h(
        "thead",
        {},
        h("tr", {}, h("td"), this.group("Where all of these hold", names.input.length, "decision-input"), this.group("Then", names.output.length, "decision-output"), h("td", { colSpan: 2 })),
        h("tr", {}, h("th", { scope: "col", className: "num" }, h("span", { className: "visually-hidden" }, this.say("Row"))), heading("input"), heading("output"), h("th", { scope: "col" }, this.say("Note")), h("th", { scope: "col" }, h("span", { className: "visually-hidden" }, this.say("Change the row")))),
      ),
      h("tbody", {}, rules.map((rule, at) => this.row(rule, at, rules.length))),
    );
    return [
      h("div", { className: "row-line decision-acts" }, adding("input", "Add a condition column"), adding("output", "Add a result column"), button(this.say("Add a row"), () => this.addRow(rules.length), { id: "bench-add-rule" })),
      h("div", { className: "decision-scroll", tabIndex: 0, role: "group", ariaLabel: this.say("Decision table") }, grid),
      h("p", { className: "field-hint small" }, this.say("Cells: “-” anything; \"A\", \"B\" one of these; [1..5] from 1 to 5; > 5; not(\"A\"). Enter goes to the next row; Alt with an arrow moves the row.")),
    ];
  }

  group(label, number, className) {
    return number ? h("th", { scope: "colgroup", colSpan: number, className }, this.say(label)) : null;
  }

  columnButton(kind, at, name) {
    const isOpen = this.column?.kind === kind && this.column.at === at;
    const column = all(this.table, kind)[at];
    const type = (kind === "input" ? first(column, "inputExpression") : column)?.getAttribute("typeRef");
    const open = () => {
      this.column = { kind, at };
      this.draw();
      document.getElementById("bench-column-name")?.focus();
    };
    return h("button", { type: "button", className: "decision-column", id: `bench-column-${kind}-${at}`, ariaPressed: String(isOpen), title: this.say("Change the column"), onclick: open }, h("span", {}, name), type ? h("small", {}, type) : null);
  }

  row(rule, at, count) {
    const cells = ["input", "output"].flatMap((kind) => this.dmn.cells(rule, kind).map((cell, place) => h("td", { className: `decision-${kind}` }, this.cell(cell, kind, place, at))));
    const note = h("textarea", { id: `bench-note-${at}`, rows: 1, value: this.note(rule), ariaLabel: this.say("Row %(row)s, note", { row: at + 1 }), spellcheck: false });
    note.addEventListener("change", () => (this.writeNote(rule, note.value.trim()), this.changed(false)));
    this.keys(note, at, (to) => `bench-note-${to}`);
    const act = (sign, label, job, more = {}) => h("button", { type: "button", className: "btn btn-plain btn-sm decision-act", id: `bench-rule-${more.key}-${at}`, title: this.say(label), ariaLabel: this.say(`${label}: row %(row)s`, { row: at + 1 }), disabled: more.disabled, onclick: job }, sign);
    const acts = [
      act("↑", "Move up", () => this.moveRow(at, at - 1), { key: "up", disabled: at === 0 }),
      act("↓", "Move down", () => this.moveRow(at, at + 1), { key: "down", disabled: at === count - 1 }),
      act("＋", "Copy below", this.act(() => this.dmn.addRule(this.table, at + 1, rule)), { key: "copy" }),
      act("×", "Remove", () => this.removeRow(rule, at), { key: "remove" }),
    ];
    return h("tr", { id: `bench-rule-${at}` }, h("th", { scope: "row", className: "num" }, String(at + 1)), cells, h("td", { className: "decision-note" }, note), h("td", { className: "decision-row-acts" }, acts));
  }

  note(rule) {
    return first(rule, "description")?.textContent.trim() ?? written(first(rule, "annotationEntry"));
  }

  // As most modelers write it; an annotation that is there already is kept as such.
  writeNote(rule, value) {
    const annotation = first(rule, "annotationEntry");
    if (annotation && !first(rule, "description")) return this.dmn.write(annotation, value);
    let description = first(rule, "description");
    if (!value) return description && this.dmn.drop(description);
    if (!description) rule.prepend((description = this.dmn.make("description")));
    description.textContent = value;
  }

  cell(cell, kind, place, at) {
    const id = `bench-cell-${kind}-${place}-${at}`;
    const control = h("textarea", { id, rows: 1, value: written(cell), spellcheck: false, className: "code", ariaLabel: this.say("Row %(row)s, %(column)s", { row: at + 1, column: this.names[kind][place] ?? "" }) });
    control.addEventListener("input", () => {
      this.dmn.write(cell, control.value.trim());
      this.changed(false);
    });
    this.keys(control, at, (to) => `bench-cell-${kind}-${place}-${to}`);
    return control;
  }

  keys(control, at, beside) {
    const last = () => all(this.table, "rule").length - 1;
    control.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const isLine = !control.value.includes("\n");
      if (event.isComposing) return;
      if (event.altKey && by) {
        event.preventDefault();
        if (at + by < 0 || at + by > last()) return;
        this.moveRow(at, at + by);
        document.getElementById(beside(at + by))?.focus();
      } else if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        if (at === last() && this.bench.told.may) this.addRow(at + 1);
        document.getElementById(beside(at + 1))?.focus();
      } else if (by && isLine && !event.shiftKey) {
        const to = document.getElementById(beside(at + by));
        if (to) event.preventDefault();
        to?.focus();
      }
    });
  }

  addRow(at) {
    this.dmn.addRule(this.table, at);
    this.changed();
    const [kind] = all(this.table, "input").length ? ["input"] : ["output"];
    document.getElementById(`bench-cell-${kind}-0-${at}`)?.focus();
  }

  moveRow(at, to) {
    if (!this.bench.told.may) return;
    this.dmn.moveRule(this.table, at, to);
    this.changed();
    document.getElementById(`bench-rule-${to < at ? "up" : "down"}-${to}`)?.focus();
  }

  removeRow(rule, at) {
    this.dmn.drop(rule);
    this.changed();
    document.getElementById(`bench-rule-remove-${Math.min(at, all(this.table, "rule").length - 1)}`)?.focus();
  }

  addColumn(kind) {
    this.column = { kind, at: this.dmn.addColumn(this.table, kind) };
    this.changed();
    document.getElementById("bench-column-name")?.focus();
  }

  expression(literal) {
    const control = area(written(literal), (value) => (this.dmn.write(literal, value), this.changed(false)), { rows: 8, className: "form-control code", spellcheck: false });
    return [field(this.say("Expression in FEEL"), control, "", "literal")];
  }

  // ---- beside it

  properties() {
    const { decision } = this;
    const name = text(decision.getAttribute("name") ?? "", (value) => (this.dmn.set(decision, "name", value), this.changed()));
    const made = [h("p", { className: "small soft mb-2" }, `${this.say("Decision")} · `, h("code", { className: "code" }, decision.id)), field(this.say("Name"), name, "", "decision-name")];
    if (this.table) made.push(...this.policy());
    made.push(...this.required());
    if (this.dmn.decisions.length > 1) made.push(button(this.say("Remove the decision"), this.act(() => (this.dmn.drop(decision), (this.chosen = 0), (this.column = null))), { id: "bench-decision-remove" }));
    if (this.table && this.column && all(this.table, this.column.kind)[this.column.at]) made.unshift(this.columnFields());
    return made;
  }

  policy() {
    const { table } = this;
    const now = table.getAttribute("hitPolicy") || "UNIQUE";
    const set = (value) => {
      this.dmn.set(table, "hitPolicy", value);
      if (value !== "COLLECT") table.removeAttribute("aggregation");
      this.changed();
    };
    const made = [field(this.say("Hit policy"), choice(now, POLICIES.map((one) => [one, one]), set), this.say(ABOUT[now] ?? ""), "hit-policy")];
    if (now === "COLLECT") {
      const options = [["", this.say("a list of all")], ...AGGREGATORS.map((one) => [one, `${this.say(AGGREGATED[one])} · ${one}`])];
      made.push(field(this.say("Taken together"), choice(table.getAttribute("aggregation") ?? "", options, (value) => (this.dmn.set(table, "aggregation", value), this.changed())), "", "aggregation"));
    }
    return made;
  }

  required() {
    const others = this.dmn.decisions.filter((one) => one !== this.decision);
    if (!others.length) return [];
    const needed = this.dmn.requires(this.decision);
    const ticks = others.map((one) => tick(one.getAttribute("name") || one.id, needed.includes(one.id), (on) => (this.dmn.require(this.decision, one.id, on), this.changed()), `requires-${one.id}`));
    return [h("fieldset", { className: "bench-outcome" }, h("legend", {}, this.say("It reads the results of")), ticks)];
  }

  columnFields() {
    const { kind, at } = this.column;
    const column = all(this.table, kind)[at];
    const count = all(this.table, kind).length;
    const code = { className: "form-control form-control-sm code", spellcheck: false };
    const attribute = (element, name) => (value) => (this.dmn.set(element, name, value), this.changed());
    const move = (to) => this.act(() => (this.dmn.moveColumn(this.table, kind, at, to), (this.column = { kind, at: to })));
    const remove = this.act(() => (this.dmn.removeColumn(this.table, kind, at), (this.column = null)));
    const rows = kind === "input" ? this.inputFields(column, attribute, code) : this.outputFields(column, attribute, code);
    return h(
      "fieldset",
      { className: "bench-outcome" },
      h("legend", {}, this.say(kind === "input" ? "Condition column" : "Result column")),
      rows,
      h("div", { className: "row-line" }, button("←", move(at - 1), { id: "bench-column-left", disabled: at === 0, ariaLabel: this.say("To the left") }), button("→", move(at + 1), { id: "bench-column-right", disabled: at === count - 1, ariaLabel: this.say("To the right") }), button(this.say("Remove"), remove, { id: "bench-column-remove", disabled: kind === "output" && count === 1 })),
    );
  }

  type(element, attribute) {
    const options = [["", this.say("not said")], ...TYPES.map((one) => [one, this.say(one) === one ? one : `${this.say(one)} · ${one}`])];
    return field(this.say("Type"), choice(element.getAttribute("typeRef") ?? "", options, attribute(element, "typeRef")), "", "column-type");
  }

  inputFields(column, attribute, code) {
    let asked = first(column, "inputExpression");
    if (!asked) column.append((asked = this.dmn.make("inputExpression", { id: this.dmn.id("asked") })));
    const known = h("datalist", { id: "bench-variables" }, this.bench.variables().map(([value, label]) => h("option", { value }, label)));
    const expression = text(written(asked), (value) => (this.dmn.write(asked, value), this.changed()), code);
    expression.setAttribute("list", "bench-variables");
    return [
      field(this.say("Value asked for (FEEL)"), expression, this.say("A variable of the case, such as a field of its form, or an expression."), "column-name"),
      known,
      field(this.say("Heading"), text(column.getAttribute("label") ?? "", attribute(column, "label")), "", "column-label"),
      this.type(asked, attribute),
      field(this.say("Values that it may have"), text(written(first(column, "inputValues")), (value) => (this.dmn.writeIn(column, "inputValues", value), this.changed()), code), "", "column-values"),
    ];
  }

  outputFields(column, attribute, code) {
    return [
      field(this.say("Variable"), text(column.getAttribute("name") ?? "", attribute(column, "name"), code), "", "column-name"),
      field(this.say("Heading"), text(column.getAttribute("label") ?? "", attribute(column, "label")), "", "column-label"),
      this.type(column, attribute),
      field(this.say("Values that it may have"), text(written(first(column, "outputValues")), (value) => (this.dmn.writeIn(column, "outputValues", value, ["defaultOutputEntry"]), this.changed()), code), this.say("The most important first, where the hit policy goes by priority."), "column-values"),
      field(this.say("Where no row holds"), text(written(first(column, "defaultOutputEntry")), (value) => (this.dmn.writeIn(column, "defaultOutputEntry", value), this.changed()), code), "", "column-default"),
    ];
  }

  // ---- what was found

  // Cells and rows of which the check says something.
  mark(found = this.found ?? []) {
    this.found = found;
    for (const one of this.place.querySelectorAll(".is-found, [aria-invalid]")) (one.classList.remove("is-found"), one.removeAttribute("aria-invalid"), one.removeAttribute("title"));
    if (!this.table) return;
    for (const one of found.filter(({ element }) => element === this.decision.id)) {
      for (const row of one.rows ?? []) this.place.querySelector(`#bench-rule-${row - 1}`)?.classList.add("is-found");
      const cell = this.placed(one);
      if (!cell) continue;
      cell.setAttribute("aria-invalid", "true");
      cell.title = one.text;
    }
  }

  // The cell that a finding names: "2, area", or the column "area".
  placed({ place = "" }) {
    const { names } = this;
    const [, row, column] = /^(?:(\d+), )?(.*)$/s.exec(place);
    for (const kind of ["input", "output"]) {
      const spelled = kind === "output" ? all(this.table, kind).map((one) => one.getAttribute("name") || one.getAttribute("label")) : names[kind];
      const at = spelled.indexOf(column);
      if (at >= 0) return this.place.querySelector(row ? `#bench-cell-${kind}-${at}-${row - 1}` : `#bench-column-${kind}-${at}`);
    }
    return null;
  }

  choose(finding) {
    const at = this.dmn.decisions.findIndex((one) => one.id === finding.element);
    if (at >= 0 && at !== this.chosen) (Object.assign(this, { chosen: at, column: null }), this.draw());
    if (!this.table) return this.place.querySelector("textarea")?.focus();
    const row = finding.rows?.[0];
    (this.placed(finding) ?? this.place.querySelector(row ? `#bench-rule-${row - 1} textarea` : "#bench-decision"))?.focus();
  }
}
