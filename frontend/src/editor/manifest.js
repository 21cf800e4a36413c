// item.yaml: read by key, written value by value; what is not touched stays as it is, comments included.
import { isMap, isScalar, parseDocument } from "yaml";

export function read(text) {
  const written = parseDocument(text ?? "", { keepSourceTokens: true });
  return written.errors.length || !isMap(written.contents) ? null : written;
}

export function get(text, path) {
  const found = read(text)?.getIn(path);
  return found?.toJSON ? found.toJSON() : found;
}

const isPlain = (value) => typeof value !== "object";
const scalar = (value) => (typeof value === "string" ? JSON.stringify(value) : String(value));

// A value as it is written within a line; keys as they are, where nothing in them could be misread.
function flow(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  return `{${Object.entries(value).map(([key, one]) => `${label(key)}: ${flow(one)}`).join(", ")}}`;
}
const label = (key) => (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(key) && !/^(true|false|null|yes|no|on|off)$/i.test(key) ? key : JSON.stringify(key));

function add(text, map, key, value) {
  const line = `${label(key)}: ${flow(value)}`;
  if (map.flow) {
    const end = text.lastIndexOf("}", map.range[1] - 1);
    const inner = text.slice(map.range[0] + 1, end).trimEnd();
    return `${text.slice(0, map.range[0] + 1)}${inner}${inner && !inner.endsWith(",") ? ", " : ""}${line}${text.slice(end)}`;
  }
  const first = map.items[0].key.range[0];
  const indent = first - text.lastIndexOf("\n", first - 1) - 1;
  const written = text.slice(0, map.range[1]).trimEnd().length;
  const end = text.indexOf("\n", written);
  const at = end < 0 ? text.length : end;
  return `${text.slice(0, at)}\n${" ".repeat(indent)}${line}${text.slice(at)}`;
}

function remove(text, map, key) {
  const at = map.items.findIndex((one) => String(one.key?.value) === String(key));
  const { key: name, value } = map.items[at];
  const end = value?.range?.[1] ?? name.range[1];
  if (map.flow) {
    const next = map.items[at + 1]?.key.range[0];
    const last = map.items[at - 1];
    const before = last ? (last.value?.range[1] ?? last.key.range[1]) : name.range[0];
    return next ? text.slice(0, name.range[0]) + text.slice(next) : text.slice(0, before) + text.slice(end);
  }
  const from = text.lastIndexOf("\n", name.range[0] - 1) + 1;
  const to = text.indexOf("\n", text.slice(0, end).trimEnd().length);
  return text.slice(0, from) + (to < 0 ? "" : text.slice(to + 1));
}

// The text with one value written anew; undefined takes the key out. Where nothing can be read, the text as it was.
export function set(text, path, value) {
  const written = read(text);
  if (!written) return text;
  const node = written.getIn(path, true);
  if (value === undefined) return node === undefined ? text : remove(text, written.getIn(path.slice(0, -1), true), path.at(-1));
  if (isScalar(node) && node.range && typeof value !== "object") {
    if (node.value === value) return text;
    const more = node.type?.startsWith("BLOCK") ? "\n" : "";
    return text.slice(0, node.range[0]) + flow(value) + more + text.slice(node.range[1]);
  }
  if (node !== undefined) return add(set(text, path, undefined), written.getIn(path.slice(0, -1), true), path.at(-1), value);
  const keys = [...path];
  let made = value;
  let key = keys.pop();
  while (keys.length && !(isMap(written.getIn(keys, true)) && written.getIn(keys, true).items.length)) {
    made = { [key]: made };
    key = keys.pop();
  }
  const map = keys.length ? written.getIn(keys, true) : written.contents;
  return map.has(key) ? set(remove(text, map, key), path, value) : add(text, map, key, made);
}

// The line (from 1) on which a path such as steps.accept.outcomes or materials[2].code begins; the nearest that is there.
export function lineOf(text, path) {
  const written = read(text);
  if (!written) return Number(/line ([0-9]+)/.exec(path)?.[1] ?? 1);
  const keys = path.split(/[.[\]]+/).filter(Boolean).map((key) => (/^[0-9]+$/.test(key) ? Number(key) - 1 : key));
  while (keys.length) {
    const node = written.getIn(keys, true);
    if (node?.range) return text.slice(0, node.range[0]).split("\n").length;
    keys.pop();
  }
  return 1;
}
