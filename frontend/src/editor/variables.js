// The fields of an item's forms, as the variables that conditions and decisions ask for.
const KINDS = { number: "number", checkbox: "truth", radio: "choice", select: "choice", textfield: "text", textarea: "text", datetime: "text" };

function* walk(components) {
  for (const one of components ?? []) {
    if (one?.type === "group" && !one.path && !one.key) yield* walk(one.components);
    else if (one) yield one;
  }
}

export function fieldsIn(files, isChinese) {
  const found = new Map();
  for (const [path, text] of files) {
    if (!path.startsWith("forms/")) continue;
    let form = null;
    try {
      form = JSON.parse(text);
    } catch {
      continue; // the check says that it cannot be read
    }
    for (const { key, type, label, properties, values } of walk(Array.isArray(form?.components) ? form.components : [])) {
      if (!key || !KINDS[type] || found.has(key)) continue;
      const options = (Array.isArray(values) ? values : []).map((one) => [String(one.value), (isChinese ? one.label : (one.label_en ?? one.properties?.label_en)) || String(one.value)]);
      found.set(key, { name: key, label: (isChinese ? label : properties?.label_en) || label || key, kind: KINDS[type], ...(options.length ? { options } : {}) });
    }
  }
  return [...found.values()];
}
