// What the data of a case can hold where the flow comes by: fields of earlier forms, computed names, entries of a list.
import { bare, formKey, getBusinessObject, is } from "./model.js";

/** Lists that a step can be repeated over. */
export const LISTS = new Set(["dynamiclist", "checklist", "taglist"]);

/**
 * Every name that may be filled when the flow comes to an element, the nearest step first:
 * [{key, label, type, subtype, options, node, step}]; type is empty where nobody knows it. Where nothing leads to the element
 * yet, everything of the diagram. `own: false` leaves out what the element itself fills.
 */
export function fieldsAt(element, { forms, choices, elementRegistry }, { own = true } = {}) {
  const start = getBusinessObject(element.source ?? element);
  const before = earlier(start);
  if (!own && !element.source) before.delete(start);
  const found = collect([...before], forms, choices);
  const items = [...around(start)].map((one) => ({ key: entryOf(one.loopCharacteristics), label: entryOf(one.loopCharacteristics), type: "", options: [], node: one, step: one.name || one.id })).filter((one) => one.key);
  if (found.length) return [...items, ...found];
  return [...items, ...fieldsOf({ forms, choices, elementRegistry }).filter((one) => own || one.node !== start)];
}

/** Everything that the diagram may fill. */
export function fieldsOf({ forms, choices, elementRegistry }) {
  return collect(elementRegistry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget).map(getBusinessObject), forms, choices);
}

function collect(nodes, forms, choices) {
  const found = new Map();
  const add = (field, node) => !found.has(field.key) && found.set(field.key, { options: [], type: "", ...field, node, step: node.name || node.id });
  for (const node of nodes) {
    if (is(node, "bpmn:UserTask") && formKey(node)) {
      for (const field of forms.fields(formKey(node))) if (!field.shown) add({ ...field, options: field.list ? (choices.lists?.[field.list] ?? []) : field.options }, node);
    }
    for (const name of filled(node)) add({ key: name, label: name }, node);
  }
  return [...found.values()];
}

/** Names that a step fills without a form. */
function filled(node) {
  const outputs = (node.get("extensionElements")?.get("values") ?? []).filter((one) => one.$type === "camunda:InputOutput").flatMap((one) => one.get("outputParameters") ?? []);
  return [
    ...(is(node, "bpmn:ScriptTask") ? [...(node.script ?? "").matchAll(/^\s*([A-Za-z_]\w*)\s*=(?!=)/gm)].map((one) => one[1]) : []),
    ...(is(node, "bpmn:ServiceTask") ? outputs.map((one) => one.name) : []),
    is(node, "bpmn:BusinessRuleTask") ? node.get("camunda:resultVariable") : "",
    node.loopCharacteristics?.get("loopDataOutputRef")?.id,
  ].filter(Boolean);
}

/** How a repeated step calls one entry of its list. */
export const entryOf = (loop) => (is(loop, "bpmn:MultiInstanceLoopCharacteristics") && (loop.get("camunda:elementVariable") ?? loop.get("inputDataItem")?.name)) || "";

/** The node itself and the sub-processes around it. */
function* around(node) {
  for (let one = node; one && is(one, "bpmn:FlowNode"); one = one.$parent) yield one;
}

/** The node and everything from which the flow leads to it, the nearest first; of a passed sub-process what is inside. */
function earlier(start) {
  const seen = new Set();
  const passed = (node) => {
    if (!node || seen.has(node)) return [];
    seen.add(node);
    return [node, ...(node.flowElements ?? []).filter((one) => is(one, "bpmn:FlowNode")).flatMap(passed)];
  };
  let next = [];
  for (const one of around(start)) {
    seen.add(one);
    next.push(one);
    // One that begins beside the flow may begin at any time.
    if (one.triggeredByEvent) next.push(...(one.$parent.flowElements ?? []).filter((other) => is(other, "bpmn:FlowNode")).flatMap(passed));
  }
  while (next.length) {
    const sources = next.flatMap((node) => [...(node.incoming ?? []).map((flow) => flow.sourceRef), node.attachedToRef]);
    next = sources.flatMap(passed);
  }
  return seen;
}

/** The list a repeated step runs over, as it is named. */
export const listOf = (loop) => bare(loop.get("camunda:collection") || loop.get("loopDataInputRef")?.id);
