// A file of a form goes up as soon as it is chosen and the form stays as it is: of the page that comes back only the
// file's own place is taken over. Without JavaScript the button beside it sends the form, which comes back as it stood.

const MEGABYTE = 1024 * 1024;

function say(place, text, isFault) {
  const error = place.querySelector(".field-error");
  error.hidden = !isFault;
  error.querySelector("[data-text]").textContent = isFault ? text : "";
  place.classList.toggle("has-error", isFault);
  const live = place.closest("form").querySelector("[data-live]");
  if (live) live.textContent = text;
}

async function send(place, form, input) {
  const button = place.querySelector("button");
  const answers = new FormData(form);
  for (const [name, value] of [...answers]) if (value instanceof File && name !== input.name) answers.delete(name);
  answers.append(button.name, button.value);
  const response = await fetch(button.getAttribute("formaction"), { method: "POST", body: answers, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const shown of form.querySelectorAll(".file-shown")) {
    const now = page.getElementById(shown.id);
    if (now) shown.replaceWith(now);
  }
  return page.querySelector(`[data-file-place="${CSS.escape(place.dataset.filePlace)}"]`);
}

async function upload(place, input) {
  const { most, tooLarge, sending, sent, failed } = input.dataset;
  if (input.files[0].size > Number(most) * MEGABYTE) {
    input.value = "";
    say(place, tooLarge, true);
    return;
  }
  const form = place.closest("form");
  say(place, sending, false);
  const button = place.querySelector("button");
  button.setAttribute("aria-busy", "true");
  const found = await send(place, form, input).catch(() => null);
  if (!found) {
    button.removeAttribute("aria-busy");
    say(place, failed, true);
    return;
  }
  const isHere = place.contains(document.activeElement) || document.activeElement === document.body;
  place.replaceWith(found);
  const error = found.querySelector(".field-error");
  form.querySelector("[data-live]").textContent = error.hidden ? sent : error.textContent.trim();
  if (isHere) found.querySelector("input")?.focus();
}

export function uploadInForms() {
  document.addEventListener("change", ({ target }) => {
    const place = target.matches("[data-file-place] input[type=file]") && target.closest("[data-file-place]");
    if (place && target.files.length) upload(place, target);
  });
}
