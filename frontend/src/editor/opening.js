// The editor is heavy: it is loaded where there is room to draw. On a phone the page says in words what was found.
const WIDE = "(min-width: 1100px)";

// Files that are dropped upon a form go into its field, and the form goes to the bench.
function takeDropped() {
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const bench = form.querySelector("button[value=bench]");
    if (!bench) continue;
    form.querySelector("[data-drop-here]").hidden = false;
    const over = (event, on) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("is-over", on);
    };
    form.addEventListener("dragover", (event) => over(event, true));
    form.addEventListener("dragleave", (event) => over(event, false));
    form.addEventListener("drop", (event) => {
      over(event, false);
      if (!event.dataTransfer?.files.length) return;
      form.querySelector("input[type=file]").files = event.dataTransfer.files;
      form.requestSubmit(bench);
    });
  }
}

export function openBench() {
  takeDropped();
  const bench = document.querySelector("[data-bench]");
  if (!bench) return;
  const wide = matchMedia(WIDE);
  const load = () => {
    if (!wide.matches) return;
    wide.removeEventListener("change", load);
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: bench.dataset.style });
    const code = Object.assign(document.createElement("script"), { src: bench.dataset.script });
    sheet.addEventListener("load", () => document.head.append(code));
    document.head.append(sheet);
  };
  wide.addEventListener("change", load);
  load();
}
