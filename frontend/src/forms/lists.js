// Lists grow and shrink in the page; without JavaScript the same buttons send the form and get it back with the row.

import { findInLists } from "./finding.js";

const BLANK = "__row__";
const ATTRIBUTES = ["name", "id", "for", "aria-describedby", "aria-labelledby", "aria-controls", "data-field", "data-shown", "value"];

function number(list) {
  const key = list.dataset.list;
  [...list.querySelectorAll(":scope > [data-rows] > [data-entry]")].forEach((row, index) => {
    for (const place of row.querySelectorAll("[data-number]")) place.textContent = index + 1;
    for (const element of row.querySelectorAll(ATTRIBUTES.map((name) => `[${name}]`).join(", "))) {
      for (const name of ATTRIBUTES) {
        const value = element.getAttribute(name);
        if (value?.includes(`${key}.`)) {
          element.setAttribute(name, value.replace(new RegExp(`${key}\\.(\\d+|${BLANK})`, "g"), `${key}.${index}`));
        }
      }
    }
  });
  const rows = list.querySelectorAll(":scope > [data-rows] > [data-entry]").length;
  const button = list.querySelector(":scope > [data-add]");
  if (button) button.disabled = rows >= Number(list.dataset.most);
}

function add(list) {
  const rows = list.querySelector(":scope > [data-rows]");
  rows.append(list.querySelector(":scope > template[data-row]").content.cloneNode(true));
  number(list);
  findInLists(rows.lastElementChild);
  rows.lastElementChild.querySelector("input, select, textarea")?.focus();
}

function drop(list, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  number(list);
  (next?.querySelector("[data-drop]") ?? list.querySelector(":scope > [data-add]")).focus();
}

export function growLists() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-drop]");
    const list = button?.closest("[data-list]");
    if (!list) return;
    event.preventDefault();
    if (button.matches("[data-add]")) add(list);
    else drop(list, button.closest("[data-entry]"));
    list.dispatchEvent(new Event("input", { bubbles: true }));
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
