// What the check says, beside the drawing: a click goes to where it is; a question is answered in place.
import { button, h } from "./parts.js";

const TAGS = { error: ["tag-bad", "Error"], question: ["tag-wait", "Question"], warning: ["tag-warn", "Warning"], rewritten: ["", "Rewritten"] };

export class Findings {
  constructor(bench, place) {
    Object.assign(this, { bench, place, found: [] });
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  show(found) {
    this.found = found;
    const rewritten = found.filter((one) => one.severity === "rewritten");
    const rest = found.filter((one) => one.severity !== "rewritten");
    const made = rest.length ? [this.list(rest)] : [h("p", { className: "note note-good" }, this.say("nothing was found"))];
    if (rewritten.length) {
      const summary = h("summary", {}, this.say("Read in another way (%(number)s)", { number: rewritten.length }));
      made.push(h("details", { className: "bench-fold" }, summary, this.list(rewritten)));
    }
    this.place.replaceChildren(...made);
    this.mark();
  }

  list(found) {
    return h("ul", { className: "things" }, found.map((one) => this.line(one)));
  }

  line(one) {
    const [tone, name] = TAGS[one.severity] ?? TAGS.warning;
    const where = one.element || one.file?.split("/").pop();
    const go = where && button(where, () => this.go(one), { className: "btn btn-link btn-sm bench-go", title: this.say("Where to") });
    return h(
      "li",
      { className: "bench-finding" },
      h("div", { className: "row-line" }, h("span", { className: `tag ${tone}` }, this.say(name)), go || null),
      h("p", { className: "mb-0" }, one.text),
      one.remedy ? h("p", { className: "small soft mb-0" }, one.remedy) : null,
      one.severity === "question" && this.bench.told.may ? this.answer(one) : null,
    );
  }

  answer(one) {
    const control = h("input", { className: "form-control form-control-sm code", value: one.offer ?? "", spellcheck: false, ariaLabel: this.say("Your answer") });
    const give = () => this.bench.answer(one, control.value.trim());
    const form = h("form", { className: "bench-answer", onsubmit: (event) => (event.preventDefault(), give()) }, control);
    form.append(h("button", { className: "btn btn-plain btn-sm", type: "submit" }, this.say("Answer")));
    return form;
  }

  async go(one) {
    await this.bench.go(one);
    if (one.way?.length) this.mark(one.way);
  }

  mark(way = []) {
    const rank = ["rewritten", "warning", "question", "error"];
    const kinds = {};
    for (const { element, severity } of this.found) {
      if (element && rank.indexOf(severity) > rank.indexOf(kinds[element] ?? "rewritten")) kinds[element] = severity;
    }
    this.bench.drawing.mark(kinds, way);
  }
}
