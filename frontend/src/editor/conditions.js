// A condition put together by choosing: an outcome of a step before, or a field of a form compared with a value.
import { button, choice, field, h } from "./parts.js";

const SIGNS = { choice: ["==", "!="], truth: ["=="], number: ["==", "!=", ">", ">=", "<", "<="], text: ["==", "!="] };
const SPELLED = { "==": "is", "!=": "is not", ">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most" };
const COMPARISON = /^\s*([\p{L}_][\p{L}\p{N}_.]*)\s*(==|!=|>=|<=|>|<)\s*("[^"]*"|'[^']*'|-?[\d.]+|True|False|true|false)\s*$/u;

export class ConditionBuilder {
  // `subjects`: what can be asked: {name, label, kind, options: [[value, label]]}.
  constructor(bench, subjects) {
    Object.assign(this, { bench, subjects });
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  // How a condition reads that is made of comparisons; "" where it is made of more.
  reading(condition) {
    const words = [];
    for (const part of condition.split(/\s+(and|or)\s+/)) {
      if (part === "and" || part === "or") {
        words.push(this.say(part));
        continue;
      }
      const [, name, sign, written] = COMPARISON.exec(part) ?? [];
      if (!name) return "";
      const subject = this.subjects.find((one) => one.name === name);
      const value = /^["']/.test(written) ? written.slice(1, -1) : written;
      const called = subject?.options?.find(([one]) => one === value)?.[1] ?? value;
      words.push(`${subject?.label ?? name} ${this.say(SPELLED[sign])} ${/^(true|false)$/i.test(called) ? this.say(called.toLowerCase() === "true" ? "yes" : "no") : called}`);
    }
    return words.join(" ");
  }

  // `put` is called with the whole condition.
  fields(condition, put) {
    if (!this.subjects.length) return [];
    const place = h("div", { className: "bench-built" });
    let chosen = this.subjects[0];
    let sign = "==";
    const draw = () => {
      const what = choice(chosen.name, this.subjects.map(({ name, label }) => [name, label]), (name) => ((chosen = this.subjects.find((one) => one.name === name)), (sign = "=="), draw(), document.getElementById("bench-build-what")?.focus()));
      const signs = choice(sign, SIGNS[chosen.kind].map((one) => [one, this.say(SPELLED[one])]), (value) => (sign = value));
      const value = chosen.kind === "truth" ? choice("True", [["True", this.say("yes")], ["False", this.say("no")]], () => {}) : chosen.options?.length ? choice(chosen.options[0][0], chosen.options, () => {}) : h("input", { className: "form-control form-control-sm", type: "text", inputMode: chosen.kind === "number" ? "decimal" : "text", autocomplete: "off" });
      const made = () => {
        const bare = chosen.kind === "truth" || chosen.kind === "number";
        if (bare && !/^(-?\d+(\.\d+)?|True|False)$/.test(value.value.trim())) return (value.setCustomValidity(this.say("A number is needed.")), value.reportValidity(), "");
        return `${chosen.name} ${sign} ${bare ? value.value.trim() : `"${value.value.trim().replace(/["\\]/g, "")}"`}`;
      };
      value.addEventListener("input", () => value.setCustomValidity(""));
      const use = (join) => () => {
        const one = made();
        if (one) put(join && condition ? `${condition} ${join} ${one}` : one);
      };
      const isPlain = condition && !/^[=$#]/.test(condition);
      place.replaceChildren(
        field(this.say("What is asked"), what, "", "build-what"),
        h("div", { className: "bench-pair" }, field(this.say("Comparison"), signs, "", "build-sign"), field(this.say("Value"), value, "", "build-value")),
        h("div", { className: "row-line" }, button(this.say("Take it as the condition"), use(""), { id: "bench-build-take", className: "btn btn-plain btn-sm bench-edit" }), isPlain ? button(this.say("and also"), use("and"), { id: "bench-build-and", className: "btn btn-plain btn-sm bench-edit" }) : null, isPlain ? button(this.say("or else"), use("or"), { id: "bench-build-or", className: "btn btn-plain btn-sm bench-edit" }) : null),
      );
    };
    draw();
    return [place];
  }
}
