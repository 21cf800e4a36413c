// The queue: its lines are walked through with j and k. A poll that takes the line away under the focus leaves the focus at
// the line that is there now.
import { press, reach } from "./keys.js";

const TITLE = "a.title";

export function queueKeys(queue) {
  const rows = () => [...queue.querySelectorAll("[data-row]")];
  const current = () => document.activeElement?.closest("[data-row]");
  let place = -1;

  const go = (step) => {
    const all = rows();
    const at = all.indexOf(current());
    const from = at >= 0 ? at : place >= 0 && step > 0 ? place - 1 : place;
    const next = all[Math.min(Math.max(from + step, 0), all.length - 1)];
    return reach(next?.querySelector(TITLE));
  };
  // Arrows scroll the page until one is among the lines.
  const arrow = (step) => () => (current() ? go(step) : false);

  queue.addEventListener("focusin", () => (place = rows().indexOf(current())));
  let wasInside = false;
  document.addEventListener("htmx:before:swap", () => (wasInside = Boolean(current())));
  document.addEventListener("htmx:after:swap", () => {
    if (!wasInside || current() || document.activeElement !== document.body) return;
    const all = rows();
    all[Math.min(place, all.length - 1)]?.querySelector(TITLE).focus({ preventScroll: true });
  });

  const narrow = (event) => {
    const lamp = queue.querySelectorAll(".lamp-pick")[Number(event.key) - 1];
    lamp?.click();
    return Boolean(lamp);
  };
  return {
    j: () => go(1),
    k: () => go(-1),
    ArrowDown: arrow(1),
    ArrowUp: arrow(-1),
    c: () => (current() ? press("[data-claim], .do a", current()) : false),
    n: () => press("#begin"),
    a: () => press(".clear"),
    "/": () => {
      const field = document.querySelector("#q");
      field.select();
      return reach(field);
    },
    ...Object.fromEntries([..."123456789"].map((digit) => [digit, narrow])),
  };
}
