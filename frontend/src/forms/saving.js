// A draft is kept while somebody types: what stands in the form is sent a moment after the last change, and the page tells
// when it was kept and how much is left in each section. The server keeps it right or wrong.

const PAUSE = 1500; // ms without a change

function tell(form, { saved, left }) {
  const place = form.querySelector("[data-saved-text]");
  if (place) place.textContent = saved;
  form.querySelector("[data-saved]")?.classList.add("is-saved");
  for (const part of form.querySelectorAll("[data-part]")) {
    const number = left[part.dataset.part] ?? 0;
    part.classList.toggle("is-done", number === 0);
    part.querySelector("[data-left]").textContent = number;
  }
}

async function save(form, signal) {
  const answers = new FormData(form);
  for (const [name, value] of [...answers]) if (value instanceof File) answers.delete(name);
  answers.set("then", "stay");
  const response = await fetch(form.action, { method: "POST", body: answers, credentials: "same-origin", signal });
  if (!response.ok || !response.headers.get("Content-Type")?.startsWith("application/json")) return false;
  tell(form, await response.json());
  return true;
}

export function saveAsTyped() {
  for (const form of document.querySelectorAll("form[data-saves]")) {
    let waiting;
    let running;
    let number = 0; // of the last change
    const keep = async () => {
      const upTo = number;
      running?.abort();
      running = new AbortController();
      const kept = await save(form, running.signal).catch(() => false); // a lost line: the next change keeps it
      if (kept && upTo === number) form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
    };
    const later = () => {
      number += 1;
      clearTimeout(waiting);
      waiting = setTimeout(keep, PAUSE);
    };
    form.addEventListener("input", later);
    form.addEventListener("submit", () => {
      clearTimeout(waiting);
      running?.abort();
    });
  }
}
