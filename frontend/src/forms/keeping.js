// What was typed and not yet sent: kept in this tab's session, so that a release, a session that ended or a wrong click
// loses nothing; gone with the tab, and as soon as the step is done.

const PREFIX = "kept:";

function fields(form) {
  return [...form.querySelectorAll("textarea[name], input[name]:not([type=hidden], [type=file]), select[name]")];
}

function save(form) {
  const values = fields(form)
    .filter((field) => !field.matches("[type=checkbox], [type=radio]") || field.checked)
    .map((field) => [field.name, field.value]);
  sessionStorage.setItem(PREFIX + form.dataset.keep, JSON.stringify(values));
}

// Rows that were added to a list and not sent are there again before they are filled.
function growFor(form, values) {
  for (const list of form.querySelectorAll("[data-list]")) {
    const rows = () => list.querySelectorAll(":scope > [data-rows] > [data-entry]").length;
    const named = values.map(([name]) => name).filter((name) => name.startsWith(`${list.dataset.list}.`));
    const wanted = Math.max(0, ...named.map((name) => Number(name.slice(list.dataset.list.length + 1).split(".")[0]) + 1));
    const most = list.querySelector(":scope > [data-add]") ? Math.min(wanted, Number(list.dataset.most)) : 0;
    while (rows() < most) list.querySelector(":scope > [data-add]").click();
  }
}

function restore(form) {
  const kept = sessionStorage.getItem(PREFIX + form.dataset.keep);
  if (!kept || document.querySelector("[data-focus]")) return; // a refused page shows what was sent
  const values = JSON.parse(kept);
  growFor(form, values);
  for (const field of fields(form)) {
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = given.includes(field.value);
    else if (given.length) field.value = given[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

export function keepDrafts() {
  const shown = new Set();
  for (const form of document.querySelectorAll("form[data-keep]")) {
    shown.add(PREFIX + form.dataset.keep);
    restore(form);
    form.addEventListener("input", () => save(form));
    form.addEventListener("kept", () => sessionStorage.removeItem(PREFIX + form.dataset.keep)); // the server has it
  }
  const done = sessionStorage.getItem("sent");
  if (done && !shown.has(done)) sessionStorage.removeItem(done);
  sessionStorage.removeItem("sent");
  document.addEventListener("submit", ({ target }) => {
    if (target.dataset.keep) sessionStorage.setItem("sent", PREFIX + target.dataset.keep);
  });
}

// The browser asks before a half-filled form is left.
export function keepFromLeaving() {
  let changed = false;
  for (const form of document.querySelectorAll("form[data-guarded]")) {
    form.addEventListener("input", () => (changed = true));
  }
  for (const done of ["submit", "kept"]) document.addEventListener(done, () => (changed = false));
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[hreflang]"); // another language of the same page: what was typed is there again
    if (link && !document.querySelector("form[data-guarded]:not([data-keep])")) changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
