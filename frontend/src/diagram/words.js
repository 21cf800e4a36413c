// The reader's words instead of the designer's, and the page's colours for those of the drawing: by night a diagram is dark.
const WIDE = 84; // a label in English needs the room of a step

const box = (element) => {
  const bounds = [...(element?.children ?? [])].find((one) => one.localName === "Bounds");
  return bounds && Object.fromEntries(["x", "y", "width", "height"].map((side) => [side, Number(bounds.getAttribute(side))]));
};

// What a label stands beside: the middle of its shape, or the part of its way that runs past it.
function beside(owner, label) {
  const shape = box(owner);
  if (shape) return shape.x + shape.width / 2;
  const points = [...owner.children].filter((one) => one.localName === "waypoint");
  const middle = label.y + label.height / 2;
  for (let at = 1; at < points.length; at++) {
    const [a, b] = [points[at - 1], points[at]].map((one) => ({ x: Number(one.getAttribute("x")), y: Number(one.getAttribute("y")) }));
    if (a.x === b.x && Math.abs(a.x - label.x) < WIDE && (a.y - middle) * (b.y - middle) <= 0) return a.x;
  }
  return label.x + label.width / 2;
}

// A label grows away from what it stands beside; one above or below it, to both sides.
function widen(label) {
  const bounds = box(label);
  if (!bounds || bounds.width >= WIDE) return;
  const centre = bounds.x + bounds.width / 2;
  const off = centre - beside(label.parentElement, bounds);
  const grows = WIDE - bounds.width;
  const x = Math.abs(off) < bounds.width / 2 ? bounds.x - grows / 2 : off > 0 ? bounds.x : bounds.x - grows;
  const written = [...label.children].find((one) => one.localName === "Bounds");
  written.setAttribute("x", x);
  written.setAttribute("width", WIDE);
}

// The name of a drawn colour; none where it is as good as grey.
export function hue(colour) {
  const [red, green, blue] = (colour.match(/[0-9a-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (!(spread > 12)) return null;
  const turn = most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread;
  const degrees = (turn * 60 + 360) % 360;
  const [, name] = [[20, "red"], [70, "yellow"], [170, "green"], [235, "blue"], [330, "violet"], [360, "red"]].find(([end]) => degrees < end);
  return name;
}

// The drawing in the reader's words, without colours of its own, and which element had which.
export function put(xml, labels) {
  const drawing = new DOMParser().parseFromString(xml, "application/xml");
  const translated = Object.keys(labels).length > 0;
  const hues = [];
  for (const element of drawing.querySelectorAll("*")) {
    const name = element.getAttribute("name");
    const label = element.id && (labels[element.id] ?? labels[name]);
    if (label && name) element.setAttribute("name", label);
    if (label && element.localName === "textAnnotation") element.firstElementChild.textContent = label;
    if (translated && element.localName === "BPMNLabel") widen(element);
    for (const { name: attribute, value } of [...element.attributes]) {
      if (!/^(bioc|color):/.test(attribute)) continue;
      if (attribute === "bioc:fill" && hue(value)) hues.push([element.getAttribute("bpmnElement"), hue(value)]);
      element.removeAttribute(attribute);
    }
  }
  return { xml: new XMLSerializer().serializeToString(drawing), hues };
}
