// Form and files beside each other where there is room: the border is moved by pointer or by arrow keys, the files are
// folded away, their parts are tabs. What was chosen is kept in this browser.

const BESIDE = matchMedia("(min-width: 75em)");
const SHARE = "desk-share";
const FOLDED = "desk-folded";
const LEAST = 25;
const MOST = 75;

function connectGrip(split, grip) {
  const set = (share) => {
    const kept = Math.round(Math.min(Math.max(share, LEAST), MOST));
    split.style.setProperty("--form-share", `${kept}%`);
    grip.setAttribute("aria-valuenow", kept);
    localStorage.setItem(SHARE, kept);
  };
  const now = () => Number(grip.getAttribute("aria-valuenow"));
  if (localStorage.getItem(SHARE)) set(Number(localStorage.getItem(SHARE)));
  grip.hidden = false;
  grip.addEventListener("keydown", (event) => {
    const wanted = { ArrowLeft: now() - 2, ArrowRight: now() + 2, Home: LEAST, End: MOST }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    set(wanted);
  });
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const box = split.getBoundingClientRect();
    const move = ({ clientX }) => set(((clientX - box.left) / box.width) * 100);
    grip.addEventListener("pointermove", move);
    grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", move), { once: true });
  });
}

// The parts beside the form become tabs: links without this, and again where there is no room beside it.
function connectTabs(bar) {
  const tabs = [...bar.querySelectorAll("a")];
  const part = (tab) => document.querySelector(tab.hash);
  let chosen = tabs[0];
  const apply = () => {
    const beside = BESIDE.matches;
    bar.toggleAttribute("role", beside);
    if (beside) bar.setAttribute("role", "tablist");
    for (const tab of tabs) {
      for (const [name, value] of [["role", "tab"], ["aria-selected", tab === chosen], ["aria-controls", part(tab).id]]) {
        if (beside) tab.setAttribute(name, value);
        else tab.removeAttribute(name);
      }
      tab.tabIndex = beside && tab !== chosen ? -1 : 0;
      part(tab).classList.toggle("is-away", beside && tab !== chosen);
      if (beside) part(tab).setAttribute("role", "tabpanel");
      else part(tab).removeAttribute("role");
    }
  };
  const choose = (tab) => {
    chosen = tab;
    apply();
  };
  bar.addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    if (!tab || !BESIDE.matches) return;
    event.preventDefault();
    choose(tab);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !BESIDE.matches) return;
    event.preventDefault();
    choose(tabs[(tabs.indexOf(chosen) + step + tabs.length) % tabs.length]);
    chosen.focus();
  });
  BESIDE.addEventListener("change", apply);
  apply();
  return (id) => choose(tabs.find((tab) => tab.hash === `#${id}`));
}

export function layOut(task) {
  const split = task.querySelector("[data-split]");
  const fold = task.querySelector("[data-fold]");
  const setFolded = (folded) => {
    split.classList.toggle("is-folded", folded);
    fold.setAttribute("aria-expanded", !folded);
    if (folded) localStorage.setItem(FOLDED, "1");
    else localStorage.removeItem(FOLDED);
  };
  const show = connectTabs(task.querySelector("[data-tabs]"));
  connectGrip(split, task.querySelector("[data-grip]"));
  fold.hidden = false;
  fold.addEventListener("click", () => setFolded(!split.classList.contains("is-folded")));
  setFolded(localStorage.getItem(FOLDED) === "1");
  for (const link of task.querySelectorAll(".task-jumps a")) {
    link.addEventListener("click", () => document.querySelector(`[data-tabs] [href="${link.hash}"]`)?.click());
  }
  return {
    fold: () => setFolded(!split.classList.contains("is-folded")),
    show: (id) => {
      setFolded(false);
      show(id);
    },
  };
}
