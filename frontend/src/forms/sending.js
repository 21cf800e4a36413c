// A form is sent once: its buttons rest after the first press. The server holds the same by the form's one-time key.

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "1";
    const buttons = event.target.id ? document.querySelectorAll(`[form="${event.target.id}"]`) : [];
    for (const button of [...event.target.querySelectorAll("button"), ...buttons]) {
      if (button.type === "submit") button.setAttribute("aria-busy", "true");
    }
  });
  // Back from the browser's memory a page can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

// A file is uploaded as soon as it is chosen; without JavaScript the button beside it does. One that is too large is
// refused here, before minutes go into sending it; the server refuses it all the same.
export function uploadAtOnce() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
      const isTooLarge = target.files[0]?.size > Number(form.dataset.most) * 1024 * 1024;
      target.setCustomValidity(isTooLarge ? form.dataset.tooLarge : "");
      if (target.files.length) form.requestSubmit(); // the browser says what is wrong instead of sending it
    });
  }
}
