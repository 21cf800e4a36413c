// Moving about in a diagram: buttons, wheel, fingers. In the page a wheel turns the page; with Ctrl, or where the diagram
// fills the screen, it turns the diagram.
const ZOOM_STEP = 1.25;
const READABLE = 0.6; // a diagram drawn smaller than this cannot be read
const TINY = 0.35; // smaller than this nothing is told apart
const CLOSE = 0.85;

// The rectangle around shapes, with room for what hangs on them.
function around(shapes, room = 60) {
  const left = Math.min(...shapes.map((one) => one.x)) - room;
  const top = Math.min(...shapes.map((one) => one.y)) - room;
  const right = Math.max(...shapes.map((one) => one.x + one.width)) + room;
  const bottom = Math.max(...shapes.map((one) => one.y + one.height)) + room;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// Where it stands now, as large as can be read: all of it, or the first of it.
function toActive(canvas, active) {
  const { outer } = canvas.viewbox();
  const scale = (box) => Math.min(outer.width / box.width, outer.height / box.height, CLOSE);
  let box = around(active);
  if (scale(box) < READABLE) box = around(active.slice(0, 1));
  const width = outer.width / scale(box);
  const height = outer.height / scale(box);
  canvas.viewbox({ x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height });
}

function fit(canvas) {
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
}

// As high as the diagram is when it is as wide as the page; the sheet of styles bounds it.
// One too large to be read is begun where the first of what is `stamped` stands, or else at its corner.
export function firstLook(frame, canvas, active, stamped) {
  const { inner, outer } = canvas.viewbox();
  const high = Math.min(1, outer.width / (inner.width + 40)) * (inner.height + 40);
  frame.querySelector(".drawing-canvas").style.setProperty("--high", `${Math.round(high)}px`);
  fit(canvas);
  const corner = stamped.length ? around(stamped, 20) : { x: inner.x - 20, y: inner.y - 20 };
  if (active.length && canvas.zoom() < READABLE) toActive(canvas, active);
  else if (canvas.zoom() < (stamped.length ? READABLE : TINY)) {
    canvas.viewbox({ x: corner.x, y: corner.y, width: outer.width / READABLE, height: 1 });
  }
}

function withFingers(host, canvas) {
  const fingers = new Map();
  const apart = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  host.addEventListener("pointerdown", (event) => event.pointerType === "touch" && fingers.set(event.pointerId, event));
  host.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    fingers.set(event.pointerId, event);
    const other = [...fingers.values()].find((one) => one.pointerId !== event.pointerId);
    if (!other) return canvas.scroll({ dx: event.clientX - before.clientX, dy: event.clientY - before.clientY });
    const box = host.getBoundingClientRect();
    const middle = { x: (event.clientX + other.clientX) / 2 - box.left, y: (event.clientY + other.clientY) / 2 - box.top };
    canvas.zoom((canvas.zoom() * apart(event, other)) / apart(before, other), middle);
  });
  for (const end of ["pointerup", "pointercancel"]) host.addEventListener(end, (event) => fingers.delete(event.pointerId));
}

export function navigate(frame, viewer, active) {
  const canvas = viewer.get("canvas");
  const host = frame.querySelector(".drawing-canvas");
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * ZOOM_STEP),
    out: () => canvas.zoom(canvas.zoom() / ZOOM_STEP),
    fit: () => fit(canvas),
    now: () => toActive(canvas, active),
  };
  for (const button of frame.querySelectorAll("[data-zoom]")) {
    button.hidden = button.dataset.zoom === "now" && !active.length;
    button.addEventListener("click", () => actions[button.dataset.zoom]());
  }
  const turns = (event) => event.ctrlKey || event.metaKey || frame.classList.contains("is-full");
  frame.addEventListener("wheel", (event) => viewer.get("zoomScroll").toggle(turns(event)), { capture: true, passive: true });
  new ResizeObserver(() => canvas.resized()).observe(host);
  withFingers(host, canvas);
}
