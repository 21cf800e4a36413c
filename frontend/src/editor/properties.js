// The properties that mean something to Greenlight, as they stand in a diagram (urn:greenlight:bpmn:1).
export const GREENLIGHT = {
  name: "Greenlight",
  uri: "urn:greenlight:bpmn:1",
  prefix: "gl",
  xml: { tagAlias: "lowerCase" },
  types: [
    {
      name: "Property",
      superClass: ["Element"],
      properties: [
        { name: "name", isAttr: true, type: "String" },
        { name: "value", isAttr: true, type: "String" },
      ],
    },
  ],
};

const extensions = (thing) => thing.extensionElements?.values ?? [];

// Another modeler's properties are read, too: <camunda:properties><camunda:property name value/>…
function* pairs(thing) {
  for (const one of extensions(thing)) {
    if (one.name !== undefined) yield [one.name, one.value];
    for (const inner of one.$children ?? []) if (inner.name !== undefined) yield [inner.name, inner.value];
  }
}

export function read(thing, name) {
  for (const [found, value] of pairs(thing)) if (found === name) return value ?? "";
  return "";
}

// Write properties of an element so that it can be undone; an empty value takes one away.
export function write(modeler, element, values) {
  const moddle = modeler.get("moddle");
  const thing = element.businessObject;
  const kept = extensions(thing).filter((one) => !(one.$type === "gl:Property" && one.name in values));
  const made = Object.entries(values)
    .filter(([, value]) => value)
    .map(([name, value]) => moddle.create("gl:Property", { name, value }));
  const all = [...kept, ...made];
  const extensionElements = all.length ? moddle.create("bpmn:ExtensionElements", { values: all }) : undefined;
  for (const one of all) one.$parent = extensionElements;
  if (extensionElements) extensionElements.$parent = thing;
  modeler.get("modeling").updateProperties(element, { extensionElements });
}

export const isA = (element, ...types) => types.some((type) => element.businessObject?.$instanceOf?.(`bpmn:${type}`));
export const isStep = (element) => ["bpmn:UserTask", "bpmn:ManualTask", "bpmn:Task"].includes(element.type);
export const definition = (element) => element.businessObject?.eventDefinitions?.[0];
export const isTimer = (element) => definition(element)?.$type === "bpmn:TimerEventDefinition";
// What waits for somebody outside to tell the case something; the start of a whole process is the application itself.
export const isTold = (element) => {
  if (isA(element, "ReceiveTask")) return true;
  const told = ["bpmn:MessageEventDefinition", "bpmn:SignalEventDefinition"].includes(definition(element)?.$type);
  return told && isA(element, "CatchEvent") && (!isA(element, "StartEvent") || Boolean(element.businessObject.$parent?.triggeredByEvent));
};
export const duration = (element) => definition(element)?.timeDuration?.body ?? "";
export const lightsOf = (element) => (element.attachers ?? []).filter((one) => isTimer(one) && read(one.businessObject, "light"));

function setDuration(modeler, event, value) {
  const timer = definition(event);
  const body = modeler.get("moddle").create("bpmn:FormalExpression", { body: value });
  body.$parent = timer;
  modeler.get("modeling").updateModdleProperties(event, timer, { timeDuration: body });
}

export { setDuration };

// A light that is called by its days ("满 3 日") is called by the new ones.
function rename(modeler, event, value) {
  const { name } = event.businessObject;
  const days = /^P([0-9]+)D$/.exec(value)?.[1];
  const called = days && name?.replace(/^(满\s*)[0-9]+(\s*[日天])$/, `$1${days}$2`);
  if (called && called !== name) modeler.get("modeling").updateProperties(event, { name: called });
}

// A light is a timer on the step that takes nothing away: yellow or red after so long. No duration: no light.
export function setLight(modeler, step, colour, value, calendar) {
  const modeling = modeler.get("modeling");
  let event = lightsOf(step).find((one) => read(one.businessObject, "light") === colour);
  if (!value) {
    if (event) modeling.removeElements([event, ...event.outgoing.map((way) => way.target).filter((one) => one.incoming.length === 1)]);
    return;
  }
  if (!event) {
    const at = { x: step.x + (colour === "yellow" ? 24 : step.width - 24), y: step.y + step.height };
    const shape = { type: "bpmn:BoundaryEvent", eventDefinitionType: "bpmn:TimerEventDefinition" };
    event = modeling.createShape(shape, at, step, { attach: true });
    const id = `${step.id}_${colour}`;
    const free = !modeler.get("elementRegistry").get(id);
    modeling.updateProperties(event, { cancelActivity: false, ...(free ? { id } : {}) });
  }
  setDuration(modeler, event, value);
  write(modeler, event, { light: colour, calendar });
  rename(modeler, event, value);
}

// The steps whose outcomes may lead into a flow: those before it that nothing but gateways and events lie between.
export function before(flow) {
  const found = new Set();
  const seen = new Set();
  const waiting = [flow.source];
  while (waiting.length) {
    const at = waiting.pop();
    if (!at || seen.has(at)) continue;
    seen.add(at);
    if (isStep(at)) found.add(at);
    else waiting.push(...(at.incoming ?? []).map((way) => way.source));
  }
  return [...found];
}
