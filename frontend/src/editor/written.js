// A file as text, and the essentials of item.yaml as fields above it.
import * as manifest from "./manifest.js";
import { area, field, h, text } from "./parts.js";

const ESSENTIALS = [
  ["Name in Chinese", ["name", "zh"], text],
  ["Name in English", ["name", "en"], text],
  ["Summary in Chinese", ["summary", "zh"], area],
  ["Summary in English", ["summary", "en"], area],
  ["Days by law", ["limits", "statutory", "days"], text],
  ["Source of the days by law", ["limits", "statutory", "source"], text],
  ["Days promised", ["limits", "promised", "days"], text],
  ["Source of the days promised", ["limits", "promised", "source"], text],
];

export class Written {
  constructor(bench, place) {
    Object.assign(this, { bench, place });
  }

  say(said) {
    return this.bench.say(said);
  }

  show(path, note = "") {
    this.path = path;
    const written = this.bench.files.get(path) ?? "";
    this.control = h("textarea", { className: "form-control code bench-source", id: "bench-source", value: written, spellcheck: false, wrap: "off", readOnly: !this.bench.told.may });
    this.control.addEventListener("input", () => this.bench.edit(path, this.control.value));
    const parts = [];
    if (note) parts.push(h("p", { className: "note note-wait" }, note));
    if (path === this.bench.manifest) parts.push(this.essentials(written));
    parts.push(field(this.say("Text"), this.control, "", "source"));
    this.place.replaceChildren(...parts);
  }

  essentials(written) {
    if (!manifest.read(written)) return h("p", { className: "note note-wait" }, this.say("The text cannot be read; correct it below."));
    const one = ([label, path, control]) => {
      const was = manifest.get(written, path);
      const set = (value) => {
        const made = /days$/.test(path.join(".")) && /^[0-9]+$/.test(value) ? Number(value) : value;
        const text = manifest.set(this.control.value, path, made === "" ? undefined : made);
        this.control.value = text;
        this.bench.edit(this.path, text);
      };
      return field(this.say(label), control(was ?? "", set, { disabled: !this.bench.told.may }), "", `item-${path.join("-")}`);
    };
    return h(
      "details",
      { className: "bench-fold", open: true },
      h("summary", {}, this.say("Essentials")),
      h("div", { className: "bench-form-rows" }, ESSENTIALS.map(one)),
      h("p", { className: "small soft" }, this.say("Limits of steps stand in the diagram.")),
    );
  }

  line(number) {
    const lines = this.control.value.split("\n");
    const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    this.control.focus();
    this.control.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    const high = this.control.scrollHeight / Math.max(1, lines.length);
    this.control.scrollTop = Math.max(0, (number - 4) * high);
  }
}
