// Small parts of the editor's page. Texts go in as texts: nothing that stands in a file becomes markup.
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !["list", "form"].includes(name)) made[name] = value;
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

let number = 0;

// A field with its label; `say` is called with its value when it was changed.
export function field(label, control, hint = "", key = "") {
  control.id = key ? `bench-${key}` : `bench-field-${(number += 1)}`;
  const about = hint && h("p", { className: "field-hint small", id: `${control.id}-hint` }, hint);
  if (about) control.setAttribute("aria-describedby", about.id);
  return h("div", { className: "field bench-row" }, h("label", { className: "field-label small", htmlFor: control.id }, label), control, about || null);
}

export function text(value, say, more = {}) {
  const control = h("input", { className: "form-control form-control-sm", type: "text", value: value ?? "", autocomplete: "off", ...more });
  control.addEventListener("change", () => say(control.value.trim(), control));
  return control;
}

export function area(value, say, more = {}) {
  const control = h("textarea", { className: "form-control form-control-sm", rows: 2, value: value ?? "", ...more });
  control.addEventListener("change", () => say(control.value.trim(), control));
  return control;
}

// `options`: [value, name]; one that is set and not offered stays, so that nothing is changed by looking at it.
export function choice(value, options, say, more = {}) {
  const known = options.some(([one]) => one === (value ?? ""));
  const all = known ? options : [...options, [value, value]];
  const control = h("select", { className: "form-select form-select-sm", ...more });
  for (const [one, name] of all) control.append(h("option", { value: one, selected: one === (value ?? "") }, name));
  control.addEventListener("change", () => say(control.value, control));
  return control;
}

export function tick(label, value, say, key = "") {
  const control = h("input", { className: "form-check-input", type: "checkbox", checked: Boolean(value) });
  if (key) control.id = `bench-${key}`;
  control.addEventListener("change", () => say(control.checked));
  return h("label", { className: "choice small" }, control, h("span", {}, label));
}

export function button(label, press, more = {}) {
  return h("button", { className: "btn btn-plain btn-sm", type: "button", onclick: press, ...more }, label);
}

export function debounce(job, wait) {
  let waiting;
  return (...given) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => job(...given), wait);
  };
}
