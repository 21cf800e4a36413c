// Every page: htmx, and the parts of Bootstrap that need JavaScript. Each works without it as well, if less smoothly.
import htmx from "htmx.org";
import "bootstrap/js/src/alert.js";
import "bootstrap/js/src/collapse.js";
import "bootstrap/js/src/dropdown.js";
import "bootstrap/js/src/tab.js";

// The Content Security Policy allows no evaluated code, so hx-on, js: values and trigger filters do nothing here.
htmx.config.history = "reload";

// Flask-WTF looks for the token of <meta name="csrf-token"> in this header.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
});
