// Small questions about elements of the diagram, asked by the panel, the commands and the fixes alike.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

export { getBusinessObject, is };

export const kind = (element) => getBusinessObject(element)?.$type ?? "";

export const isActivity = (element) => is(element, "bpmn:Activity");

/** The process that runs: of a pool, of the plane, or the one an element lies in. */
export function processOf(element) {
  let one = getBusinessObject(element);
  if (is(one, "bpmn:Participant")) return one.processRef ?? null;
  if (is(one, "bpmn:Collaboration")) {
    const all = (one.participants ?? []).map((participant) => participant.processRef).filter(Boolean);
    return all.find((process) => process.isExecutable) ?? all[0] ?? null;
  }
  while (one && !is(one, "bpmn:Process")) one = one.$parent;
  return one ?? null;
}

export function definitionsOf(element) {
  let one = getBusinessObject(element);
  while (one && !is(one, "bpmn:Definitions")) one = one.$parent;
  return one;
}

export function eventDefinition(element, type) {
  return (getBusinessObject(element).eventDefinitions ?? []).find((one) => !type || is(one, type));
}

/** The boundary timer that is the standard time: the marked one; without a mark, a lone one that does not repeat. */
export function standardTimer(element) {
  const timers = (element.attachers ?? []).filter((one) => is(one, "bpmn:BoundaryEvent") && eventDefinition(one, "bpmn:TimerEventDefinition"));
  const marked = timers.find((one) => ["true", "1"].includes(getBusinessObject(one).get("alur:deadline")));
  if (marked) return marked;
  const lone = timers.length === 1 ? timers[0] : null;
  return lone && !eventDefinition(lone).timeCycle ? lone : null;
}

/** The text of the lane an element lies in, or that of the sub-process around it. */
export function laneOf(element) {
  const node = getBusinessObject(element);
  for (const lane of lanesOf(processOf(element))) if ((lane.flowNodeRef ?? []).includes(node)) return lane.name || lane.id;
  const around = element.parent;
  return around && is(around, "bpmn:SubProcess") ? laneOf(around) : "";
}

function lanesOf(owner) {
  return (owner?.laneSets ?? []).flatMap((set) => (set.lanes ?? []).flatMap((lane) => [lane, ...lanesOf({ laneSets: [lane.childLaneSet].filter(Boolean) })]));
}

const UNNAMED = [
  ["bpmn:Gateway", "Decision without a name"],
  ["bpmn:StartEvent", "Start"],
  ["bpmn:EndEvent", "End"],
  ["bpmn:BoundaryEvent", "Event on a border"],
  ["bpmn:Event", "Event without a name"],
  ["bpmn:Activity", "Step without a name"],
  ["bpmn:SequenceFlow", "Flow without a name"],
  ["bpmn:Lane", "Lane without a name"],
  ["bpmn:Participant", "Pool without a name"],
];

/** What to call an element before people: its name, else what it is; a flow by what it joins. */
export function named(element, t) {
  const { name, sourceRef, targetRef } = getBusinessObject(element);
  if (!name && is(element, "bpmn:SequenceFlow") && sourceRef && targetRef) return `${named(sourceRef, t)} → ${named(targetRef, t)}`;
  const kind = UNNAMED.find(([type]) => is(element, type));
  return name || (kind ? t(kind[1]) : element.id);
}

/** What stands inside ${...}, or the whole text. */
export function bare(text) {
  const found = (text ?? "").trim().match(/^\$\{([\s\S]*)\}$/);
  return found ? found[1].trim() : (text ?? "").trim();
}

export const formKey = (element) => {
  const node = getBusinessObject(element);
  const key = node.get("camunda:formKey") || node.get("camunda:formRef") || "";
  return key.replace(/^camunda-forms:/, "").split("/").pop().replace(/\.form$/, "");
};

export const names = (text) => (text ?? "").split(",").map((one) => one.trim()).filter(Boolean);
