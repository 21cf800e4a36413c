// Long lists can be searched by typing: a select becomes a field with a list below it (the select stays and is what is
// sent), a group of boxes gets a field that narrows it. Without JavaScript both are as long as they are.

const plain = (text) => text.normalize("NFKC").toLowerCase();

function narrow(input) {
  input.hidden = false;
  const choices = [...input.parentElement.querySelectorAll(".choice")];
  input.addEventListener("input", (event) => {
    event.stopPropagation(); // nothing was answered
    for (const choice of choices) {
      choice.hidden = !plain(choice.textContent).includes(plain(input.value)) && !choice.querySelector("input").checked;
    }
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.input = document.createElement("input");
    this.list = document.createElement("ul");
    this.active = -1;
    this.build();
    this.listen();
  }

  build() {
    const { select, input, list } = this;
    const box = document.createElement("div");
    box.className = "combo";
    list.id = `${select.id}-list`;
    list.className = "combo-list";
    list.role = "listbox";
    list.hidden = true;
    list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.trim() ?? "");
    input.className = "form-control combo-input";
    input.type = "text";
    input.autocomplete = "off";
    input.placeholder = select.dataset.search;
    for (const name of ["aria-required", "aria-invalid", "aria-describedby"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    input.role = "combobox";
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    // The field takes over the id, so that labels, faults and the summary lead to what one can type into.
    input.id = select.id;
    select.removeAttribute("id");
    select.hidden = true;
    select.before(box);
    box.append(input, list, select);
    this.show();
  }

  listen() {
    const { select, input, list } = this;
    select.addEventListener("change", () => this.show());
    select.addEventListener("kept", () => this.show());
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.open(input.value);
    });
    input.addEventListener("change", (event) => event.stopPropagation());
    input.addEventListener("click", () => this.open(""));
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const entry = event.target.closest("[data-value]");
      if (entry) this.choose(entry.dataset.value);
    });
  }

  show() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].textContent : "";
  }

  open(text) {
    const wanted = plain(text);
    const found = [...this.select.options].filter((option) => option.value && plain(option.textContent).includes(wanted));
    this.list.replaceChildren(
      ...found.map((option, number) => {
        const entry = document.createElement("li");
        entry.role = "option";
        entry.id = `${this.list.id}-${number}`;
        entry.dataset.value = option.value;
        entry.textContent = option.textContent;
        entry.setAttribute("aria-selected", String(option.selected));
        return entry;
      }),
    );
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "combo-none";
      none.role = "option";
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.textContent = this.select.dataset.searchNone;
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(wanted && found.length ? 0 : -1);
  }

  mark(number) {
    const entries = [...this.list.querySelectorAll("[data-value]")];
    this.active = entries.length ? Math.max(-1, Math.min(number, entries.length - 1)) : -1;
    entries.forEach((entry, index) => entry.classList.toggle("is-active", index === this.active));
    const marked = entries[this.active];
    if (marked) {
      this.input.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  press(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) this.open("");
      this.mark(this.active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const marked = this.list.querySelectorAll("[data-value]")[this.active];
      if (isOpen && marked) this.choose(marked.dataset.value);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.close();
    }
  }

  choose(value) {
    this.select.value = value;
    this.hide();
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // What was typed and not chosen is no answer; an emptied field is one.
  close() {
    if (!this.input.value && this.select.value) this.choose("");
    this.hide();
    this.show();
  }

  hide() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

export function findInLists(within = document) {
  for (const select of within.querySelectorAll("select[data-search]:not([hidden], :disabled)")) new Combobox(select);
  for (const input of within.querySelectorAll("[data-find][hidden]")) narrow(input);
}
