// What stands at a step: the shape of its light (or that it is done), how often, who has it, how long it took.
const SHAPES = {
  green: "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2z",
  yellow: "M8 1.6 15.2 14.4H.8z",
  red: "M1.5 1.5h13v13h-13z",
  done: "M6.2 12.6 1.6 8l1.5-1.5 3.1 3.1 6.7-6.7 1.5 1.5z",
  cancelled: "M2.5 7h11v2h-11z",
  added: "M7 2.5h2V7h4.5v2H9v4.5H7V9H2.5V7H7z",
  removed: "M2.5 7h11v2h-11z",
  changed: "M2.5 5h5.6l1.6-2.8 1.2.7L9.7 5h3.8v2H8.6L7.4 9h6.1v2H6.3l-1.6 2.8-1.2-.7L4.7 11H2.5V9h3.4L7 7H2.5z",
};

function shape(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

function token({ state, word, light, count, who, note }) {
  const name = state === "active" ? (light ?? "green") : state;
  const html = document.createElement("span");
  html.className = `token token-${name}`;
  html.append(shape(name));
  const said = [word, who, note, count > 1 && `×${count}`].filter(Boolean);
  for (const text of said) html.append(Object.assign(document.createElement("span"), { textContent: text }));
  return html;
}

export function row(stamps) {
  const html = Object.assign(document.createElement("div"), { className: "tokens" });
  html.append(...stamps.map(token));
  return html;
}
