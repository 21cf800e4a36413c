// The frame of a diagram. What draws it is heavy and is loaded when somebody comes near; on a phone, where the list says the
// same, when they ask for it. [data-drawing] is the frame, its [data-drawing-open] and [data-drawing-full] fill the screen
// with it, [data-drawing-close] ends that, as Escape does.
function load({ script, style }) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = style;
  const code = document.createElement("script");
  code.src = script;
  sheet.addEventListener("load", () => document.head.append(code));
  document.head.append(sheet);
}

function shrink(frame) {
  if (!frame.classList.contains("is-full")) return;
  frame.classList.remove("is-full");
  document.documentElement.classList.remove("has-full");
  if (document.fullscreenElement === frame) document.exitFullscreen();
  frame.opener?.focus();
}

// Where the browser has no full screen for parts of a page (iPhone), the frame covers the page instead.
function fill(frame, opener) {
  frame.opener = opener;
  frame.classList.add("is-full");
  document.documentElement.classList.add("has-full");
  frame.requestFullscreen?.().catch(() => {});
  frame.querySelector("[data-drawing-close]").focus();
}

// [data-way] shows the way to a finding on the diagram, which opens for it where it is folded away.
function offerWays(frame) {
  const buttons = [...document.querySelectorAll("[data-way^='[']")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const isFolded = !frame.querySelector(".drawing-canvas").offsetParent;
      const isShown = isFolded || button.getAttribute("aria-pressed") !== "true";
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && isShown));
      if (isFolded) fill(frame, button);
      else if (isShown) frame.scrollIntoView({ block: "center" });
    });
  }
}

export function drawNearby() {
  const frames = document.querySelectorAll("[data-drawing]");
  if (!frames.length) return;
  const near = new IntersectionObserver(
    (seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      load(frames[0].dataset);
    },
    { rootMargin: "400px" },
  );
  offerWays(frames[0]);
  for (const frame of frames) {
    near.observe(frame.querySelector(".drawing-canvas"));
    for (const button of frame.querySelectorAll("[data-drawing-open], [data-drawing-full]")) {
      button.addEventListener("click", () => fill(frame, button));
    }
    frame.querySelector("[data-drawing-close]").addEventListener("click", () => shrink(frame));
    frame.addEventListener("fullscreenchange", () => document.fullscreenElement || shrink(frame));
    frame.addEventListener("keydown", (event) => event.key === "Escape" && shrink(frame));
  }
}
