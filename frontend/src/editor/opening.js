// The editor is heavy: it is loaded where there is room to draw. On a phone the page says in words what was found.
const WIDE = "(min-width: 1100px)";

export function openBench() {
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
