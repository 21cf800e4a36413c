// Files that come to the bench and go from it: dropped upon it, begun anew, taken away.
import { blank, decisionsOf } from "./dmn.js";
import { button } from "./parts.js";

const LARGEST = 2_000_000; // characters

const spelled = (name) => name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");

export class Adding {
  constructor(bench) {
    this.bench = bench;
    const { frame } = bench;
    const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    frame.addEventListener("dragover", (event) => {
      if (!isFiles(event) || !bench.told.may) return;
      event.preventDefault();
      frame.classList.add("is-over");
    });
    frame.addEventListener("dragleave", (event) => frame.contains(event.relatedTarget) || frame.classList.remove("is-over"));
    frame.addEventListener("drop", (event) => {
      frame.classList.remove("is-over");
      if (!isFiles(event) || !bench.told.may) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  say(said, given) {
    return this.bench.say(said, given);
  }

  // Where a file belongs by its name; "" for one that is none of an item.
  place(name) {
    const [, stem, kind] = /^(.*)\.(bpmn|dmn|json|yaml)$/i.exec(name) ?? [];
    if (!kind) return "";
    const { item } = this.bench.told;
    if (kind.toLowerCase() === "yaml") return /^(item|scenarios)\.yaml$/.test(name) ? `processes/${item}/${name}` : "";
    return `${kind.toLowerCase() === "json" ? "forms" : "processes"}/${item}/${spelled(stem) || "file"}.${kind.toLowerCase()}`;
  }

  async take(files) {
    const refused = [];
    let last = "";
    for (const file of files) {
      const path = this.place(file.name);
      if (!path || file.size > LARGEST) refused.push(file.name);
      else {
        await this.bench.read();
        this.bench.edit(path, await file.text());
        last = path;
      }
    }
    this.bench.news(...[last && this.say("Taken to the working copy; nothing is saved yet."), refused.length && this.say("Not taken: %(files)s. Diagrams, decisions, forms (JSON), item.yaml and scenarios.yaml belong to an item.", { files: refused.join(", ") })].filter(Boolean));
    if (last) await this.bench.show(last);
  }

  free(folder, stem, kind) {
    const { item } = this.bench.told;
    let number = 1;
    const path = () => `${folder}/${item}/${stem}${number > 1 ? `-${number}` : ""}.${kind}`;
    while (this.bench.files.has(path())) number += 1;
    return path();
  }

  // A decision that a step asks; its result is a variable of the same name.
  decision(name) {
    const path = this.free("processes", "decision", "dmn");
    const taken = new Set(this.bench.decisions().map(([id]) => id));
    let number = 1;
    while (taken.has(`decision_${number}`)) number += 1;
    this.bench.edit(path, blank(`decision_${number}`, name || this.say("New decision"), `result_${number}`));
    return [path, `decision_${number}`];
  }

  form(stem) {
    const path = this.free("forms", spelled(stem) || "form", "json");
    const id = path.split("/").pop().replace(/\.json$/, "");
    const made = { type: "default", id, schemaVersion: 18, components: [] };
    this.bench.edit(path, `${JSON.stringify(made, null, 2)}\n`);
    return [path, id];
  }

  // Taken away, until it is put back.
  remove(path) {
    const was = this.bench.files.get(path);
    this.bench.files.delete(path);
    const back = async () => {
      this.bench.put(path, was);
      this.bench.news();
      await this.bench.show(path);
      this.bench.changed();
    };
    this.bench.news(this.say("%(file)s was taken from the working copy.", { file: path.split("/").pop() }), button(this.say("Put it back"), back));
    this.bench.show([...this.bench.files.keys()].find((one) => one.endsWith(".bpmn")) ?? this.bench.manifest);
    this.bench.changed();
  }
}

// Decisions in all files: [id, name, path].
export function decisionsIn(files) {
  return [...files].filter(([path]) => path.endsWith(".dmn")).flatMap(([path, text]) => decisionsOf(text).map((one) => [...one, path]));
}

// Processes in all diagrams: [id, name].
export function processesIn(files) {
  return [...files].filter(([path]) => path.endsWith(".bpmn")).flatMap(([, text]) => {
    const found = new DOMParser().parseFromString(text, "application/xml").getElementsByTagNameNS("http://www.omg.org/spec/BPMN/20100524/MODEL", "process");
    return [...found].map((one) => [one.getAttribute("id") ?? "", one.getAttribute("name") ?? ""]);
  });
}
