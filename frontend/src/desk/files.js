// The files of a case, opened beside the form: one is shown at a time, and stays shown while the list is polled.
// PDF files are drawn by viewer.js, which is loaded with the first of them.

const ROOM = matchMedia("(min-width: 48em)"); // on a phone a file opens in a tab of its own
const BESIDE = matchMedia("(min-width: 75em)");

let loading;
function load(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.greenlightViewer));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return loading;
}

function picture(sheet, address, name) {
  const image = document.createElement("img");
  image.alt = name;
  image.src = address;
  sheet.replaceChildren(image);
  let zoom = 100;
  let turned = 0;
  const apply = () => {
    image.style.width = `${zoom}%`;
    image.style.rotate = `${turned}deg`;
  };
  apply();
  return {
    ready: image.decode(),
    smaller: () => ((zoom = Math.max(zoom / 1.25, 20)), apply()),
    larger: () => ((zoom = Math.min(zoom * 1.25, 800)), apply()),
    fit: () => ((zoom = 100), apply()),
    turn: () => ((turned += 90), apply()),
    close: () => {},
  };
}

export function openFiles(task, side) {
  const viewer = task.querySelector("[data-viewer]");
  const part = (name) => viewer.querySelector(`[data-view-${name}]`);
  const sheet = part("sheet");
  const links = () => [...task.querySelectorAll("[data-file]")];
  let shown = null; // the id of the link whose file is shown
  let drawing = null;
  let number = 0;

  const say = (what) => {
    for (const line of viewer.querySelectorAll("[data-view-say]")) line.hidden = line.dataset.viewSay !== what;
    sheet.hidden = what === "other" || what === "failed";
  };
  const mark = () => {
    for (const link of links()) {
      if (link.id === shown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      link.querySelector("[data-new-tab]")?.toggleAttribute("hidden", ROOM.matches);
    }
  };
  const close = () => {
    number += 1;
    drawing?.close();
    drawing = shown = null;
    sheet.replaceChildren();
    viewer.hidden = true;
    viewer.classList.remove("is-whole");
    mark();
  };
  const draw = async (kind, address, name) => {
    if (kind === "image") return picture(sheet, address, name);
    const made = await load(viewer.dataset.script);
    return made.pdf(sheet, address, {
      worker: viewer.dataset.worker,
      parts: viewer.dataset.parts,
      page: part("page"),
      count: part("count"),
      label: (page) => `${name} ${page}`,
    });
  };

  async function open(link) {
    const mine = ++number;
    drawing?.close();
    drawing = null;
    shown = link.id;
    const name = link.querySelector(".file-name").textContent;
    const kind = link.dataset.file;
    viewer.hidden = false;
    part("name").textContent = name;
    part("pages").hidden = kind !== "pdf";
    part("zoom").hidden = kind === "other";
    for (const way of viewer.querySelectorAll("[data-view-link]")) way.href = link.href;
    side.show("materials");
    mark();
    sheet.replaceChildren();
    sheet.scrollTop = 0;
    if (kind === "other") return say("other");
    say("wait");
    try {
      const made = await draw(kind, link.href, name);
      if (mine !== number) return made.close();
      drawing = made;
      await made.ready;
      if (mine === number) say(null);
    } catch (error) {
      if (mine !== number) return;
      console.info(`${name}: ${error.message}`);
      say("failed");
    }
  }

  const go = (step) => {
    const all = links();
    if (!all.length || !ROOM.matches) return false;
    const at = all.findIndex((link) => link.id === shown);
    open(all[at < 0 ? 0 : (at + step + all.length) % all.length]);
    return true;
  };
  const acts = {
    before: () => go(-1),
    after: () => go(1),
    close: () => {
      const link = document.getElementById(shown);
      close();
      link?.focus();
    },
    whole: () => viewer.classList.toggle("is-whole"),
  };

  task.addEventListener("click", (event) => {
    const link = event.target.closest("[data-file]");
    if (!link || !ROOM.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  viewer.addEventListener("click", (event) => {
    const act = event.target.closest("[data-view]")?.dataset.view;
    if (act) (acts[act] ?? drawing?.[act])?.();
  });
  viewer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (viewer.classList.contains("is-whole")) viewer.classList.remove("is-whole");
    else acts.close();
  });
  document.addEventListener("htmx:after:swap", mark);
  mark();
  const first = links().find((link) => link.dataset.file !== "other");
  if (first && BESIDE.matches && !task.querySelector(".is-folded")) open(first).catch(() => {});
  return { go };
}
