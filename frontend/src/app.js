// Every page works without JavaScript; this makes it quicker and kinder. The Content Security Policy allows no evaluated
// code, so hx-on, js: values and trigger filters do nothing here.
import htmx from "htmx.org";
import { drawNearby } from "./case/drawing.js";
import { openBench } from "./editor/opening.js";
import { keepDrafts, keepFromLeaving } from "./forms/keeping.js";
import { checkAsTyped } from "./forms/checking.js";
import { uploadInForms } from "./forms/files.js";
import { findInLists } from "./forms/finding.js";
import { growLists } from "./forms/lists.js";
import { saveAsTyped } from "./forms/saving.js";
import { sendOnce, uploadAtOnce } from "./forms/sending.js";

htmx.config.history = "reload";
htmx.config.noSwap = [204, 304, "4xx", "5xx"]; // a poll that fails leaves the page as it was

// Flask-WTF looks for the token of <meta name="csrf-token"> in this header.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
});

// A part of a page that is polled is not replaced while somebody is in a menu or a field of it, or looks elsewhere.
document.addEventListener("htmx:before:request", (event) => {
  const part = event.target.closest("[hx-trigger^=every]");
  if (part && (document.hidden || part.querySelector("details[open]"))) event.preventDefault();
});

// A menu closes when one presses Escape or looks elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.activeElement?.closest("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.querySelector("[data-focus]")?.focus();
growLists();
checkAsTyped();
keepDrafts();
findInLists();
uploadInForms();
keepFromLeaving();
saveAsTyped();
sendOnce();
uploadAtOnce();
drawNearby();
openBench();

// Where the parts of a case do not fit beside each other, the one that is shown is in sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
