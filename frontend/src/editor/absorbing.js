// An answer comes back as a text. Where the diagram has the same elements afterwards, it is taken over element by element
// by way of the drawing's own commands, so that it is undone like anything else; where it has not, it is drawn anew.
const DRAWN = new Set(["incoming", "outgoing", "lanes", "di", "flowElements", "artifacts", "laneSets", "flowNodeRef", "sourceRef", "targetRef", "attachedToRef", "dataInputAssociations"]);

const isPart = (value) => value !== null && typeof value === "object" && Boolean(value.$type);

// A value as a text that can be compared; things with a name of their own are meant by it.
function spelled(value, isReference) {
  if (Array.isArray(value)) return `[${value.map((one) => spelled(one, isReference)).join()}]`;
  if (!isPart(value)) return JSON.stringify(value ?? null);
  if (isReference) return `#${value.id}`;
  const own = value.$descriptor.properties.filter(({ name }) => name !== "id" && value.get(name) !== undefined && !DRAWN.has(name.split(":").pop()));
  const kept = own.map((property) => `${property.name}:${spelled(value.get(property.name), property.isReference)}`).filter((one) => !one.endsWith(":[]"));
  const loose = Object.entries(value.$attrs ?? {}).filter(([name]) => !name.startsWith("xmlns"));
  const inner = (value.$children ?? []).map((one) => spelled(one)).join();
  return `${value.$type}{${kept.join()}|${JSON.stringify(loose)}|${value.$body ?? ""}|${inner}}`;
}

function* within(thing) {
  yield thing;
  const kept = thing.$descriptor.properties.filter(({ isMany, isReference }) => isMany && !isReference);
  for (const { name } of kept) for (const one of thing.get(name) ?? []) if (isPart(one) && one.$descriptor) yield* within(one);
}

const byId = (definitions) => new Map([...within(definitions)].filter((one) => one.id && !one.$type.startsWith("bpmndi:")).map((one) => [one.id, one]));

// What is otherwise of one element: property → value, its references those of the drawing.
function otherwise(old, made, known) {
  const changes = {};
  for (const property of made.$descriptor.properties) {
    const name = property.name.split(":").pop();
    if (DRAWN.has(name) || name === "id") continue;
    const value = made.get(property.name);
    const isOwnLevel = Array.isArray(value) && value.some((one) => isPart(one) && known.has(one.id));
    if (isOwnLevel || spelled(old.get(property.name), property.isReference) === spelled(value, property.isReference)) continue;
    const here = (one) => (property.isReference ? known.get(one.id) : Object.assign(one, { $parent: old }));
    changes[property.name] = Array.isArray(value) ? value.map((one) => (isPart(one) ? here(one) : one)) : isPart(value) ? here(value) : value;
  }
  return changes;
}

// Whether the drawing has taken the text over.
export async function absorb(drawing, text) {
  const { rootElement } = await drawing.get("moddle").fromXML(text);
  const known = byId(drawing.modeler.getDefinitions());
  const wanted = byId(rootElement);
  const isSame = (one) => wanted.get(one.id)?.$type === one.$type;
  const shapes = drawing.get("elementRegistry").filter((one) => !one.labelTarget && one.businessObject?.id);
  const flows = (ones) => [...ones.values()].filter((one) => one.$instanceOf("bpmn:FlowElement")).length;
  if (flows(known) !== flows(wanted) || !shapes.every(({ businessObject }) => known.has(businessObject.id) ? isSame(businessObject) : true)) return false;
  const changes = shapes.map((shape) => [shape, otherwise(shape.businessObject, wanted.get(shape.businessObject.id) ?? shape.businessObject, known)]).filter(([, made]) => Object.keys(made).length);
  if (!changes.length) return false;
  drawing.together(() => changes.forEach(([shape, made]) => drawing.get("modeling").updateProperties(shape, made)));
  return true;
}
