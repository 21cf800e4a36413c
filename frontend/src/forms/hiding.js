// Fields that are hidden as the answers stand: the server says which, by the same rules as it checks them.

const PAUSE = 250; // ms without a change

async function ask(form) {
  const answers = new FormData(form);
  answers.delete("once");
  const response = await fetch(form.dataset.hiddenUrl, { method: "POST", body: answers, credentials: "same-origin" });
  return response.ok ? new Set(await response.json()) : null;
}

function apply(form, hidden) {
  for (const part of form.querySelectorAll("[data-field], fieldset[id]")) {
    part.hidden = hidden.has(part.dataset.field ?? part.id);
  }
}

export function hideAsAnswered() {
  for (const form of document.querySelectorAll("form[data-hidden-url]")) {
    let waiting;
    let asked = 0;
    form.addEventListener("change", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const number = ++asked;
        const hidden = await ask(form).catch(() => null);
        if (hidden && number === asked) apply(form, hidden);
      }, PAUSE);
    });
  }
}
