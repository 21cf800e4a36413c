// A step's page: keys that lead to its parts. A key puts the focus on what sends the form; only Enter sends it.
import { press, reach } from "./keys.js";

const CONTROL = "input:not([type=hidden]):not([disabled]), select, textarea, button";

export function taskKeys(task, side, files) {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility();
  const outcome = (event) => reach(all("[data-outcome]")[Number(event.key) - 1]);

  return {
    ...Object.fromEntries([..."123456789"].map((digit) => [digit, outcome])),
    f: () => reach(all("#step [data-field], #step .field, #step .choice").filter(shown)[0]?.querySelector(CONTROL)),
    o: () => reach(document.querySelector("#opinion")),
    m: () => {
      side.show("materials");
      return reach(document.querySelector("[data-file][aria-current]") ?? document.querySelector("[data-file]"));
    },
    j: () => files.go(1),
    k: () => files.go(-1),
    v: () => side.fold(),
    c: () => press("[data-claim]"),
    t: () => press("[data-then]"),
    n: () => press("[data-leave]"),
    x: () => reach(document.querySelector("[data-release]")),
    u: () => press("[data-back]", task),
  };
}
