// What stands at a step: the shape of its light (or that it is done), how often, who has it, how long it took.
const SHAPES = {
  green: "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2z",
  yellow: "M8 1.6 15.2 14.4H.8z",
  red: "M1.5 1.5h13v13h-13z",
  done: "M6.2 12.6 1.6 8l1.5-1.5 3.1 3.1 6.7-6.7 1.5 1.5z",
  cancelled: "M2.5 7h11v2h-11z",
};

function shape(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export function token({ state, light, count, who, note }) {
  const name = state === "active" ? (light ?? "green") : state;
  const html = document.createElement("span");
  html.className = `token token-${name}`;
  html.append(shape(name));
  const said = [who, note, count > 1 && `×${count}`].filter(Boolean);
  for (const text of said) html.append(Object.assign(document.createElement("span"), { textContent: text }));
  return html;
}
