// The properties of what is chosen in the drawing. What Greenlight reads stands in the diagram; names in English, the
// posts of lanes and the words of outcomes stand in item.yaml, which is written along.
import { ConditionBuilder } from "./conditions.js";
import * as manifest from "./manifest.js";
import { area, button, choice, field, h, text, tick } from "./parts.js";
import { before, definition, duration, isA, isStep, isTimer, isTold, lightsOf, read, setDuration, setLight, write } from "./properties.js";
import { isDuration, reading } from "./timing.js";

const KINDS = ["pre-review", "accept", "supplement", "review", "inspect", "decide", "deliver", "verify"];
const MILESTONES = ["received", "accepted", "decided", "concluded", "delivered"];
const RESULTS = ["granted", "denied", "refused", "withdrawn", "lapsed"];
const EXCLUSIONS = ["hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert-review", "supplement"];

const SORTS = [
  ["Step", (one) => isStep(one)],
  ["Decision", (one) => isA(one, "BusinessRuleTask")],
  ["Automatic step", (one) => isA(one, "Task")],
  ["Subprocess", (one) => isA(one, "SubProcess", "CallActivity")],
  ["Gateway", (one) => isA(one, "Gateway")],
  ["Start", (one) => isA(one, "StartEvent")],
  ["End", (one) => isA(one, "EndEvent")],
  ["Timer", (one) => isTimer(one)],
  ["Event", (one) => isA(one, "Event")],
  ["Flow", (one) => isA(one, "SequenceFlow")],
  ["Lane", (one) => isA(one, "Lane")],
  ["Pool", () => true],
];
const sort = (element) => SORTS.find(([, fits]) => fits(element))[0];

export class Panel {
  constructor(bench, place) {
    Object.assign(this, { bench, place });
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  // How a duration reads, in words.
  told(value, calendar) {
    return reading(value, calendar, (said, given) => this.say(said, given));
  }

  get yaml() {
    return this.bench.files.get(this.bench.manifest) ?? "";
  }

  // Change item.yaml, undone with the drawing.
  name(path, value) {
    const drawing = this.bench.drawing;
    drawing.write(this.bench.manifest, this.yaml, manifest.set(this.yaml, path, value));
  }

  show() {
    const focused = this.place.contains(document.activeElement) ? document.activeElement.id : "";
    const element = this.bench.drawing.selected;
    this.place.replaceChildren(this.list(element), ...(element ? this.fields(element) : [this.hint()]));
    if (focused) document.getElementById(focused)?.focus();
    for (const control of this.place.querySelectorAll("input, select, textarea, .bench-edit")) {
      if (!this.bench.told.may && control.id !== "bench-element") control.disabled = true;
    }
  }

  hint() {
    return h("p", { className: "soft small" }, this.say("Choose an element in the drawing or in the list above."));
  }

  // The way to an element without a mouse.
  list(chosen) {
    const groups = new Map(SORTS.map(([name]) => [name, []]));
    for (const one of this.bench.drawing.elements()) groups.get(sort(one)).push(one);
    const control = h("select", { className: "form-select form-select-sm", onchange: () => control.value && this.bench.drawing.choose(control.value) });
    control.append(h("option", { value: "" }, "—"));
    for (const [name, ones] of groups) {
      if (!ones.length) continue;
      const options = ones.map((one) => {
        const called = one.businessObject.name || [one.source, one.target].filter(Boolean).map((end) => end.businessObject.name || end.id).join(" → ") || one.id;
        return h("option", { value: one.id, selected: one === chosen }, called);
      });
      control.append(h("optgroup", { label: this.say(name) }, options));
    }
    return field(this.say("Element"), control, "", "element");
  }

  fields(element) {
    const thing = element.businessObject;
    const made = [h("p", { className: "small soft mb-2" }, `${this.say(sort(element))} · `, h("code", { className: "code" }, thing.id)), ...this.names(element)];
    if (isStep(element)) made.push(...this.step(element));
    if (isA(element, "Lane")) made.push(this.lane(element));
    if (isA(element, "SubProcess", "CallActivity")) made.push(...this.part(element), ...this.lights(element));
    if (isA(element, "CallActivity")) made.push(this.called(element));
    if (isA(element, "BusinessRuleTask")) made.push(...this.decided(element));
    if (isA(element, "ServiceTask")) made.push(this.property(element, "operation", "Operation", this.bench.told.operations), ...this.lights(element));
    if (isTold(element)) made.push(this.brings(element));
    if (isTimer(element)) made.push(...this.timer(element));
    else if (isA(element, "IntermediateThrowEvent")) made.push(this.property(element, "milestone", "Milestone", MILESTONES));
    if (isA(element, "EndEvent")) made.push(this.property(element, "result", "Result", RESULTS));
    if (isA(element, "SequenceFlow") && element.source) made.push(...this.flow(element));
    return made;
  }

  // Where the English of a name stands in item.yaml.
  english(element) {
    const thing = element.businessObject;
    const keys = [["milestones", read(thing, "milestone")], ["results", read(thing, "result")]].find(([, value]) => value);
    if (isStep(element)) return ["steps", thing.id, "name", "en"];
    const drawn = manifest.get(this.yaml, ["drawn"]) ?? {};
    return keys ? [...keys, "en"] : ["drawn", thing.id in drawn ? thing.id : thing.name];
  }

  names(element) {
    const thing = element.businessObject;
    const called = (name) => {
      this.bench.drawing.together(() => {
        const english = manifest.get(this.yaml, this.english(element));
        const lane = isA(element, "Lane") && manifest.get(this.yaml, ["lanes", thing.name]);
        if (lane) this.name(["lanes", thing.name], undefined);
        this.bench.drawing.get("modeling").updateProperties(element, { name });
        if (isStep(element)) this.name(["steps", thing.id, "name", "zh"], name);
        else if (english && name) this.name(this.english(element), english);
        if (lane) this.name(["lanes", name], lane);
      });
    };
    const made = [field(this.say("Name in Chinese"), text(thing.name, called, { lang: "zh" }), "", "zh")];
    if (thing.name) {
      const path = this.english(element);
      const english = text(manifest.get(this.yaml, path), (value) => this.bench.drawing.together(() => this.name(path, value || undefined)), { lang: "en" });
      made.push(field(this.say("Name in English"), english, "", "en"));
    }
    return made;
  }

  // A property of the diagram with a few values to choose from.
  property(element, name, label, values, none = "none") {
    const options = [["", this.say(none)], ...values.map((value) => (Array.isArray(value) ? value : [value, this.say(value)]))];
    const control = choice(read(element.businessObject, name), options, (value) => this.put(element, { [name]: value }));
    return field(this.say(label), control, "", name);
  }

  put(element, values) {
    this.bench.drawing.together(() => write(this.bench.drawing.modeler, element, values));
  }

  step(element) {
    const thing = element.businessObject;
    const lane = (thing.lanes ?? []).map((one) => one.name).find(Boolean);
    const bound = manifest.get(this.yaml, ["lanes", lane]);
    const posts = this.bench.told.posts.map(([code, name]) => [code, `${name} · ${code}`]);
    const byLane = `${this.say("by its lane")}${bound ? ` (${bound})` : ""}`;
    const forms = this.bench.forms().map((id) => [id, id]);
    return [
      this.property(element, "post", "Post", posts, byLane),
      this.property(element, "form", "Form", forms),
      h("div", { className: "row-line bench-beside" }, ...this.formActs(element)),
      this.property(element, "kind", "Kind of step", KINDS),
      ...this.again(element),
      ...this.lights(element),
      this.outcomes(element),
      ...this.part(element),
    ];
  }

  formActs(element) {
    const form = read(element.businessObject, "form");
    const path = this.bench.formPath(form);
    const fresh = async () => {
      const [made, id] = this.bench.adding.form(element.businessObject.id);
      this.put(element, { form: id });
      await this.bench.show(made);
    };
    const open = path && button(this.say("Open the form"), () => this.bench.show(path), { id: "bench-form-open" });
    return [open || null, button(this.say("New form"), fresh, { id: "bench-form-new", className: "btn btn-plain btn-sm bench-edit" })];
  }

  // Which decision a step asks, and what its result is called.
  decided(element) {
    const decisions = this.bench.decisions();
    const options = decisions.map(([id, name, path]) => [id, `${name || id} · ${path.split("/").pop()}`]);
    const chosen = decisions.find(([id]) => id === read(element.businessObject, "decision"));
    const code = { className: "form-control form-control-sm code", spellcheck: false };
    const fresh = async () => {
      const [path, id] = this.bench.adding.decision(element.businessObject.name);
      this.put(element, { decision: id });
      await this.bench.show(path);
    };
    const open = chosen && button(this.say("Open the decision"), () => this.bench.go({ file: chosen[2], element: chosen[0] }), { id: "bench-decision-open" });
    return [
      this.property(element, "decision", "Decision", options),
      h("div", { className: "row-line bench-beside" }, open || null, button(this.say("New decision"), fresh, { id: "bench-decision-new", className: "btn btn-plain btn-sm bench-edit" })),
      field(this.say("Variable for the result"), text(read(element.businessObject, "result"), (value) => this.put(element, { result: value }), code), this.say("Left empty: each result column is a variable of its own."), "result"),
    ];
  }

  // Nothing but what is named here is taken from outside.
  brings(element) {
    const control = text(read(element.businessObject, "brings"), (value) => this.put(element, { brings: value.replace(/\s+/g, " ") }), { className: "form-control form-control-sm code", spellcheck: false });
    return field(this.say("What it brings"), control, this.say("Names of variables with spaces between them; after a name, :text, :number or :boolean says what it must be. Whoever delivers it is asked for each. Left empty: nothing."), "brings");
  }

  called(element) {
    const own = this.bench.drawing.modeler.getDefinitions().rootElements.filter((one) => one.$type === "bpmn:Process").map((one) => one.id);
    const options = this.bench.processes().filter(([id]) => !own.includes(id)).map(([id, name]) => [id, name ? `${name} · ${id}` : id]);
    const set = (calledElement) => this.bench.drawing.get("modeling").updateProperties(element, { calledElement: calledElement || undefined });
    return field(this.say("Process that is called"), choice(element.businessObject.calledElement ?? "", [["", this.say("none")], ...options], set), "", "called");
  }

  // A supplement that asks only for what could not be told at first (Administrative Licensing Law, Art. 32).
  again(element) {
    const thing = element.businessObject;
    if (read(thing, "kind") !== "supplement") return [];
    return [tick(this.say("It may ask again"), read(thing, "again") === "true", (on) => this.put(element, { again: on ? "true" : "" }), "again")];
  }

  part(element) {
    const made = [this.property(element, "excluded", "Excluded time", EXCLUSIONS)];
    if (read(element.businessObject, "excluded")) made.push(this.written(element, "announced", "Announced length"));
    const legs = Object.entries(manifest.get(this.yaml, ["legs"]) ?? {}).map(([code, leg]) => [code, `${leg?.name?.zh ?? ""} · ${code}`]);
    if (legs.length) made.push(this.property(element, "leg", "Part of the department", legs));
    if (read(element.businessObject, "leg")) {
      made.push(tick(this.say("It leads the others"), read(element.businessObject, "lead") === "true", (on) => this.put(element, { lead: on ? "true" : "" }), "lead"));
    }
    return made;
  }

  written(element, name, label) {
    return field(this.say(label), text(read(element.businessObject, name), (value, control) => this.isDuration(control, value) && this.put(element, { [name]: value })), this.told(read(element.businessObject, name), "working"), name);
  }

  isDuration(control, value) {
    const fits = !value || isDuration(value);
    control.setCustomValidity(fits ? "" : this.say("The value is not an ISO 8601 duration."));
    control.setAttribute("aria-invalid", String(!fits));
    if (!fits) control.reportValidity();
    return fits;
  }

  lights(element) {
    const found = Object.fromEntries(lightsOf(element).map((one) => [read(one.businessObject, "light"), one]));
    const counted = Object.values(found).map((one) => read(one.businessObject, "calendar"))[0] || "working";
    const set = (colour, value, calendar) => this.bench.drawing.together(() => setLight(this.bench.drawing.modeler, element, colour, value, calendar));
    const one = (colour, label) =>
      field(this.say(label), text(found[colour] ? duration(found[colour]) : "", (value, control) => this.isDuration(control, value) && set(colour, value, counted), { spellcheck: false, className: "form-control form-control-sm code" }), found[colour] ? this.told(duration(found[colour]), counted) : "", colour);
    const calendars = choice(counted, [["working", this.say("working days")], ["civil", this.say("all days")]], (calendar) => {
      this.bench.drawing.together(() => Object.values(found).forEach((light) => write(this.bench.drawing.modeler, light, { calendar })));
    });
    return [
      h("div", { className: "bench-pair" }, one("yellow", "Yellow light after"), one("red", "Red light after")),
      h("p", { className: "field-hint small" }, this.say("P5D: five days; PT4H: four office hours. Left empty: no light.")),
      ...(Object.keys(found).length ? [field(this.say("Counted in"), calendars, "", "calendar")] : []),
    ];
  }

  outcomes(element) {
    const id = element.businessObject.id;
    const codes = read(element.businessObject, "outcomes").split(/\s+/).filter(Boolean);
    const path = (code, ...more) => ["steps", id, "outcomes", code, ...more];
    const rename = (all) => this.bench.drawing.together(() => write(this.bench.drawing.modeler, element, { outcomes: all.join(" ") }));
    const name = (code, key, value) => this.bench.drawing.together(() => this.name(path(code, key), value));
    const rows = codes.map((code) => {
      const known = manifest.get(this.yaml, path(code)) ?? {};
      const styles = ["default", "primary", "danger"].map((style) => [style, this.say(style)]);
      return h(
        "fieldset",
        { className: "bench-outcome" },
        h("legend", {}, h("code", { className: "code" }, code)),
        field(this.say("Name in Chinese"), text(known.zh, (value) => name(code, "zh", value), { lang: "zh" }), "", `outcome-${code}-zh`),
        field(this.say("Name in English"), text(known.en, (value) => name(code, "en", value), { lang: "en" }), "", `outcome-${code}-en`),
        field(this.say("Style"), choice(known.style ?? "default", styles, (value) => name(code, "style", value)), "", `outcome-${code}-style`),
        tick(this.say("an opinion is needed"), known.requires_opinion, (on) => name(code, "requires_opinion", on), `outcome-${code}-opinion`),
        button(this.say("Remove"), () => this.bench.drawing.together(() => (this.name(path(code), undefined), rename(codes.filter((one) => one !== code)))), { className: "btn btn-plain btn-sm bench-edit" }),
      );
    });
    const fresh = text("", () => {}, { className: "form-control form-control-sm code", spellcheck: false, pattern: "[A-Za-z_][\\w-]*" });
    const add = () => {
      const code = fresh.value.trim();
      if (!code || codes.includes(code) || !fresh.checkValidity()) return fresh.focus();
      this.bench.drawing.together(() => {
        rename([...codes, code]);
        if (!manifest.get(this.yaml, ["steps", id])) this.name(["steps", id], { name: { zh: element.businessObject.name || id, en: id }, outcomes: {} });
        this.name(path(code), { zh: code, en: code });
      });
    };
    const adding = h("div", { className: "bench-add" }, field(this.say("Code"), fresh, "", "outcome-new"), button(this.say("Add an outcome"), add, { className: "btn btn-plain btn-sm bench-edit" }));
    return h("details", { className: "bench-fold", open: this.isOpen, ontoggle: (event) => (this.isOpen = event.target.open) }, h("summary", {}, `${this.say("Outcomes")}: ${codes.join(" ") || "—"}`), ...rows, adding);
  }

  lane(element) {
    const thing = element.businessObject;
    const posts = [["", this.say("none")], ...this.bench.told.posts.map(([code, name]) => [code, `${name} · ${code}`])];
    const own = read(thing, "post");
    const bound = manifest.get(this.yaml, ["lanes", thing.name]);
    const set = (code) => (own ? this.put(element, { post: code }) : this.bench.drawing.together(() => this.name(["lanes", thing.name], code || undefined)));
    return field(this.say("Post"), choice(own || bound, posts, set), "", "post");
  }

  timer(element) {
    const timer = definition(element);
    const body = timer.timeDuration ?? timer.timeDate ?? timer.timeCycle;
    const control = text(body?.body, (value, input) => {
      if (timer.timeDate || timer.timeCycle) this.bench.drawing.together(() => this.bench.drawing.get("modeling").updateModdleProperties(element, body, { body: value }));
      else if (this.isDuration(input, value)) this.bench.drawing.together(() => setDuration(this.bench.drawing.modeler, element, value));
    });
    const label = timer.timeDate ? "Instant" : timer.timeCycle ? "Repeated" : "Duration";
    const made = [field(this.say(label), control, this.told(body?.body, read(element.businessObject, "calendar") || "working"), "duration"), this.property(element, "calendar", "Counted in", [["working", this.say("working days")], ["civil", this.say("all days")]])];
    return made;
  }

  flow(element) {
    const thing = element.businessObject;
    const { modeler } = this.bench.drawing;
    const splits = isA(element.source, "ExclusiveGateway", "InclusiveGateway", "Activity");
    if (!splits) return [];
    const condition = thing.conditionExpression?.body ?? "";
    const put = (body) =>
      this.bench.drawing.together(() => {
        const made = body ? modeler.get("moddle").create("bpmn:FormalExpression", { body }) : undefined;
        modeler.get("modeling").updateProperties(element, { conditionExpression: made });
      });
    const builder = new ConditionBuilder(this.bench, this.subjects(element));
    const isDefault = element.source.businessObject.default === thing;
    const setDefault = (on) => this.bench.drawing.together(() => modeler.get("modeling").updateProperties(element.source, { default: on ? thing : undefined }));
    return [
      field(this.say("Condition"), area(condition, put, { className: "form-control form-control-sm code", spellcheck: false }), condition ? builder.reading(condition) : "", "condition"),
      ...(isA(element.source, "Gateway") ? [tick(this.say("Taken where no condition is true"), isDefault, setDefault, "default")] : []),
      h("details", { className: "bench-fold", open: this.isBuilding ?? true, ontoggle: (event) => (this.isBuilding = event.target.open) }, h("summary", {}, this.say("Put a condition together")), builder.fields(condition, put)),
    ];
  }

  // What a condition can ask: outcomes of the steps right before first, then of all others, then fields of forms.
  subjects(flow) {
    const near = before(flow);
    const steps = [...near, ...this.bench.drawing.elements().filter((one) => isStep(one) && !near.includes(one))];
    const key = this.bench.told.chinese ? "zh" : "en";
    const outcomes = steps.flatMap((step) => {
      const thing = step.businessObject;
      const codes = read(thing, "outcomes").split(/\s+/).filter(Boolean);
      const options = codes.map((code) => [code, manifest.get(this.yaml, ["steps", thing.id, "outcomes", code, key]) ?? code]);
      return codes.length ? [{ name: `${thing.id}.outcome`, label: this.say("Outcome of %(step)s", { step: thing.name || thing.id }), kind: "choice", options }] : [];
    });
    return [...outcomes, ...this.bench.fields()];
  }
}
