// A way through a diagram: its elements and flows are marked, and its steps numbered in the order in which they are passed.
const NUMBERS = "gl-step";

export function showWay(viewer, ids) {
  const [canvas, shapes, overlays] = ["canvas", "elementRegistry", "overlays"].map((name) => viewer.get(name));
  const known = ids.filter((id) => shapes.get(id));
  overlays.remove({ type: NUMBERS });
  const numbers = new Map();
  known.filter((id) => !shapes.get(id).waypoints).forEach((id, at) => numbers.set(id, [...(numbers.get(id) ?? []), at + 1]));
  for (const [id, ones] of numbers) {
    const html = Object.assign(document.createElement("span"), { className: "token token-step", textContent: ones.join(", ") });
    overlays.add(id, NUMBERS, { position: { top: -14, left: -10 }, scale: { min: 0.8, max: 1.2 }, html });
  }
  const marked = [...new Set(known)];
  for (const id of marked) canvas.addMarker(id, "gl-way");
  return marked;
}
