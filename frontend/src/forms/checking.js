// While somebody types, the server says which fields are hidden as the answers stand and what is wrong with them, by the
// same rules by which it takes the form. A fault is shown once its field was left, and goes as soon as it is mended.

const PAUSE = 250; // ms without a change

async function ask(form) {
  const answers = new FormData(form);
  answers.delete("once");
  for (const [name, value] of [...answers]) if (value instanceof File) answers.delete(name);
  const response = await fetch(form.dataset.check, { method: "POST", body: answers, credentials: "same-origin" });
  return response.ok ? response.json() : null;
}

function hide(form, ids) {
  const hidden = new Set(ids);
  for (const part of form.querySelectorAll("[data-field]")) part.hidden = hidden.has(part.dataset.field);
}

// The place of an error stands in the page from the start, empty and hidden, so that no text is made up here.
function tell(part, text) {
  const id = part.dataset.field;
  const place = document.getElementById(`${id}-error`);
  if (!place) return;
  place.querySelector("[data-text]").textContent = text;
  place.hidden = !text;
  part.classList.toggle("has-error", Boolean(text));
  const control = document.getElementById(id) ?? part;
  if (control !== part) control.toggleAttribute("aria-invalid", Boolean(text));
  if (text && control !== part) control.setAttribute("aria-invalid", "true");
  const said = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (text) said.add(place.id);
  else said.delete(place.id);
  if (said.size) control.setAttribute("aria-describedby", [...said].join(" "));
  else control.removeAttribute("aria-describedby");
}

// What the server computed from the answers: the value of an expression, or the rows of a table.
function tellComputed(form, computed) {
  for (const place of form.querySelectorAll("[data-shown]")) {
    const value = computed[place.dataset.shown];
    if (value === undefined) continue;
    if (place.tagName !== "TBODY") place.textContent = value || "—";
    else fillRows(place, value);
  }
}

function fillRows(body, rows) {
  const heads = [...body.closest("table").querySelectorAll("thead th")];
  body.replaceChildren(
    ...rows.map((cells) => {
      const line = document.createElement("tr");
      cells.forEach((text, number) => {
        const cell = line.insertCell();
        cell.textContent = text;
        cell.className = heads[number].className;
      });
      return line;
    }),
  );
  body.closest(".form-table").querySelector("[data-none]").hidden = rows.length > 0;
}

function show(form, faults) {
  for (const part of form.querySelectorAll("[data-field]")) {
    if (part.dataset.touched) tell(part, faults[part.dataset.field] ?? "");
  }
}

// Read out once, politely, when the field with the fault was just left.
function announce(form, part, faults) {
  const text = (part && faults[part.dataset.field]) || "";
  const label = part?.querySelector(".field-label, label")?.textContent.replace("*", "").trim() ?? "";
  const place = form.querySelector("[data-live]");
  const sentence = text ? `${label}: ${text}` : "";
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

// Nothing moves under a pointer that is down: the press would end on another place than it began, and be lost.
let isDown = false;
addEventListener("pointerdown", () => (isDown = true), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => (isDown = false)), true);

function released() {
  if (!isDown) return null;
  return new Promise((done) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done), { once: true });
  });
}

const partOf = (element) => element.closest?.("[data-field]");

function check(form) {
  let waiting;
  let asked = 0;
  const soon = (left) => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const number = ++asked;
      const answer = await ask(form).catch(() => null);
      await released();
      if (!answer || number !== asked) return;
      hide(form, answer.hidden);
      tellComputed(form, answer.shown);
      show(form, answer.faults);
      announce(form, left, answer.faults);
    }, PAUSE);
  };
  for (const part of form.querySelectorAll("[data-field].has-error")) part.dataset.touched = "1";
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    const part = partOf(target);
    if (!part || target.matches("[type=file], [data-find]") || part.contains(relatedTarget) || relatedTarget?.closest(".action-bar")) return;
    part.dataset.touched = "1";
    soon(part);
  });
  form.addEventListener("change", ({ target }) => soon(partOf(target)));
  // What is marked as wrong is looked at again while it is being mended.
  form.addEventListener("input", ({ target }) => {
    if (partOf(target)?.classList.contains("has-error")) soon(null);
  });
}

export function checkAsTyped() {
  for (const form of document.querySelectorAll("form[data-check]")) check(form);
}
