// A DMN file as it is written: read and changed in place, so that whatever is not touched stays as it is.
const MODEL = /^https?:\/\/www\.omg\.org\/spec\/DMN\/\d{8}\/[\w./]*$/;
const BLANK = "https://www.omg.org/spec/DMN/20191111/MODEL/";

export const POLICIES = ["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"];
export const AGGREGATORS = ["SUM", "MIN", "MAX", "COUNT"];

const parsed = (text) => new DOMParser().parseFromString(text, "application/xml");
export const all = (element, name) => [...element.children].filter((one) => one.localName === name && one.namespaceURI === element.namespaceURI);
export const first = (element, name) => (element ? all(element, name)[0] : undefined);
export const written = (element) => (element ? (first(element, "text")?.textContent.trim() ?? "") : "");

// The decisions of a file: [id, name]; none where it cannot be read.
export function decisionsOf(text) {
  const root = parsed(text ?? "").documentElement;
  return MODEL.test(root.namespaceURI ?? "") ? all(root, "decision").map((one) => [one.getAttribute("id") ?? "", one.getAttribute("name") ?? ""]) : [];
}

const plain = (text) => text.replace(/[<>&"\r\n\t]/g, (one) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[one] ?? " ");

// A file with one empty table.
export function blank(id, name, output) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${BLANK}" id="${id}_definitions" name="${plain(name)}" namespace="urn:greenlight:decisions">
  <decision id="${id}" name="${plain(name)}">
    <decisionTable id="${id}_table" hitPolicy="UNIQUE">
      <input id="${id}_input_1"><inputExpression id="${id}_asked_1"><text></text></inputExpression></input>
      <output id="${id}_output_1" name="${output}" typeRef="string"/>
      <rule id="${id}_rule_1"><inputEntry id="${id}_cell_1"><text>-</text></inputEntry><outputEntry id="${id}_cell_2"><text>""</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
`;
}

export class Dmn {
  // Null where the text is no DMN.
  static read(text) {
    const document = parsed(text);
    const root = document.documentElement;
    return root.localName === "definitions" && MODEL.test(root.namespaceURI ?? "") ? new Dmn(document, text) : null;
  }

  constructor(document, text) {
    this.document = document;
    this.root = document.documentElement;
    this.prolog = /^\s*<\?xml[^>]*\?>\s*/.exec(text)?.[0] ?? "";
    this.isDos = text.includes("\r\n");
  }

  text() {
    const body = new XMLSerializer().serializeToString(this.document).replace(/^\s*<\?xml[^>]*\?>\s*/, "");
    const end = body.endsWith("\n") ? "" : "\n";
    const whole = this.prolog.replace(/\r\n/g, "\n") + body + end;
    return this.isDos ? whole.replace(/\n/g, "\r\n") : whole;
  }

  get decisions() {
    return all(this.root, "decision");
  }

  // ---- writing

  id(stem) {
    const taken = new Set([...this.root.querySelectorAll("[id]")].map((one) => one.id));
    let number = 1;
    while (taken.has(`${stem}_${number}`)) number += 1;
    return `${stem}_${number}`;
  }

  make(name, attributes = {}) {
    const made = this.document.createElementNS(this.root.namespaceURI, this.root.prefix ? `${this.root.prefix}:${name}` : name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Before `next`, with the white space by which the lines around it are set in.
  put(parent, made, next = null) {
    const last = parent.lastChild;
    const space = parent.firstChild?.nodeType === Node.TEXT_NODE && parent.children.length ? parent.firstChild.data : null;
    const at = next ?? (last?.nodeType === Node.TEXT_NODE ? last : null);
    parent.insertBefore(made, at);
    if (space && !space.trim()) next ? parent.insertBefore(this.document.createTextNode(space), next) : parent.insertBefore(this.document.createTextNode(space), made);
  }

  drop(element) {
    const before = element.previousSibling;
    if (before?.nodeType === Node.TEXT_NODE && !before.data.trim()) before.remove();
    element.remove();
  }

  // The texts of elements: made where there is none, as the schema orders them.
  write(element, value) {
    let text = first(element, "text");
    if (!text) element.prepend((text = this.make("text")));
    text.textContent = value;
  }

  writeIn(parent, name, value, before = []) {
    const known = first(parent, name);
    if (!value) return known && this.drop(known);
    const made = known ?? this.make(name);
    if (!known) this.put(parent, made, [...parent.children].find((one) => before.includes(one.localName)) ?? null);
    this.write(made, value);
  }

  set(element, name, value) {
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }

  // ---- tables

  columns(table) {
    return [...all(table, "input"), ...all(table, "output")];
  }

  cells(rule, kind) {
    return all(rule, `${kind}Entry`);
  }

  addColumn(table, kind) {
    const made = this.make(kind, { id: this.id(kind) });
    if (kind === "input") {
      const asked = this.make("inputExpression", { id: this.id("asked") });
      asked.append(this.make("text"));
      made.append(asked);
    } else {
      const names = new Set(all(table, "output").map((one) => one.getAttribute("name")));
      let number = names.size + 1;
      while (names.has(`result_${number}`)) number += 1;
      made.setAttribute("name", `result_${number}`);
      made.setAttribute("typeRef", "string");
    }
    const after = kind === "input" ? ["output", "annotation", "rule"] : ["annotation", "rule"];
    this.put(table, made, [...table.children].find((one) => after.includes(one.localName)) ?? null);
    for (const rule of all(table, "rule")) {
      const next = kind === "input" ? first(rule, "outputEntry") : first(rule, "annotationEntry");
      this.put(rule, this.cell(kind), next ?? null);
    }
    return all(table, kind).length - 1;
  }

  cell(kind) {
    const made = this.make(`${kind}Entry`, { id: this.id("cell") });
    const text = this.make("text");
    text.textContent = kind === "input" ? "-" : '""';
    made.append(text);
    return made;
  }

  removeColumn(table, kind, at) {
    this.drop(all(table, kind)[at]);
    for (const rule of all(table, "rule")) this.cells(rule, kind)[at] && this.drop(this.cells(rule, kind)[at]);
  }

  moveColumn(table, kind, at, to) {
    swap(all(table, kind), at, to);
    for (const rule of all(table, "rule")) swap(this.cells(rule, kind), at, to);
  }

  addRule(table, at, like = null) {
    const rules = all(table, "rule");
    const made = like ? like.cloneNode(true) : this.make("rule");
    made.setAttribute("id", this.id("rule"));
    if (like) for (const one of made.querySelectorAll("[id]")) one.setAttribute("id", "");
    else for (const kind of ["input", "output"]) for (const _ of all(table, kind)) made.append(this.cell(kind));
    this.put(table, made, rules[at] ?? null);
    for (const one of made.querySelectorAll("[id='']")) one.setAttribute("id", this.id("cell"));
    const known = new Set();
    for (const one of made.querySelectorAll("[id]")) {
      if (known.has(one.id)) one.setAttribute("id", this.id("cell"));
      known.add(one.id);
    }
  }

  moveRule(table, at, to) {
    swap(all(table, "rule"), at, to);
  }

  // ---- decisions

  addDecision(name) {
    const id = this.id("decision");
    const made = this.make("decision", { id, name });
    const table = this.make("decisionTable", { id: `${id}_table`, hitPolicy: "UNIQUE" });
    made.append(table);
    this.put(this.root, made, [...this.root.children].filter((one) => one.localName === "decision").at(-1)?.nextElementSibling ?? null);
    this.addColumn(table, "input");
    this.addColumn(table, "output");
    this.addRule(table, 0);
    return id;
  }

  requires(decision) {
    return all(decision, "informationRequirement").flatMap((one) => all(one, "requiredDecision").map((needed) => (needed.getAttribute("href") ?? "").split("#").pop()));
  }

  require(decision, id, on) {
    const known = all(decision, "informationRequirement").find((one) => all(one, "requiredDecision").some((needed) => (needed.getAttribute("href") ?? "").split("#").pop() === id));
    if (known) return on || this.drop(known);
    const made = this.make("informationRequirement", { id: this.id("requirement") });
    made.append(this.make("requiredDecision", { href: `#${id}` }));
    const after = ["knowledgeRequirement", "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess", "usingTask", "decisionTable", "literalExpression", "context", "list", "relation", "invocation"];
    this.put(decision, made, [...decision.children].find((one) => after.includes(one.localName)) ?? null);
  }
}

function swap(ones, at, to) {
  const [one, other] = [ones[at], ones[to]];
  if (!one || !other) return;
  const mark = one.ownerDocument.createTextNode("");
  one.replaceWith(mark);
  other.replaceWith(one);
  mark.replaceWith(other);
}
