// Single keys, on the desk's pages only. Never while one types, never together with Ctrl, Alt or Meta, and not at all where
// they are switched off in the sheet (WCAG 2.1.4).

const OFF = "desk-keys-off";
const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

function isOff() {
  return localStorage.getItem(OFF) === "1";
}

// The sheet that lists them.
function connectSheet() {
  const sheet = document.querySelector("[data-keys]");
  const on = sheet.querySelector("[data-keys-on]");
  const opener = document.querySelector("[data-keys-open]");
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());
  sheet.querySelector("[data-keys-close]").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close(); // beside it
  });
  on.checked = !isOff();
  document.documentElement.classList.toggle("keys-off", isOff());
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    document.documentElement.classList.toggle("keys-off", !on.checked);
  });
  return sheet;
}

// `acts`: what each key does. An act that returns false leaves the key to the browser.
export function answerKeys(acts) {
  const sheet = connectSheet();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const field = event.target.closest?.(TYPED);
    if (field) {
      if (event.key === "Escape" && !sheet.open && !isOff()) field.blur();
      return;
    }
    if (isOff() || sheet.open || document.querySelector("dialog[open], details.menu[open]")) return;
    const act = event.key === "?" ? () => sheet.showModal() : acts[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });
}

// Go somewhere as a click does.
export function press(selector, within = document) {
  const found = within.querySelector(selector);
  found?.click();
  return Boolean(found);
}

// Put the focus somewhere and bring it into sight.
export function reach(element) {
  if (!element) return false;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
  return true;
}
