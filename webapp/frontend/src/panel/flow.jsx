// Alur: what follows an element. Everything a mouse can draw there can be chosen here, by keyboard and on a phone.
import { useService } from "bpmn-js-properties-panel";
import { between } from "../commands/next-step.js";
import { getBusinessObject, is, named } from "../model.js";
import { t } from "../language.js";
import { Actions, Button, Select } from "./controls.jsx";
import { useModeler } from "./services.js";

export const goesOn = (element) => is(element, "bpmn:SequenceFlow") || (is(element, "bpmn:FlowNode") && !is(element, "bpmn:EndEvent"));

/** Nodes on the level of an element that some flow could join to it, by name. */
function joinable(element, elementRegistry, fits) {
  const level = element.businessObject.$parent;
  return elementRegistry
    .filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one !== element && one.businessObject.$parent === level && fits(one))
    .map((one) => ({ value: one.id, label: named(one, t) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** Where a standard time that has passed ends: no other flow leads there. */
const isAlert = (one) => is(one, "bpmn:EndEvent") && one.incoming.length > 0 && one.incoming.every((flow) => is(flow.source, "bpmn:BoundaryEvent"));

/** Steps a flow from here may lead to: those it does not lead to yet. */
function targets(element, elementRegistry) {
  const there = new Set(element.outgoing.map((flow) => flow.target));
  return joinable(element, elementRegistry, (one) => one !== element.host && !there.has(one) && !is(one, "bpmn:StartEvent") && !is(one, "bpmn:BoundaryEvent") && (!isAlert(one) || is(element, "bpmn:BoundaryEvent")));
}

/** Of an element nothing leads to: where a flow may come from. */
export function ComesFrom({ element, id }) {
  const { commandStack, elementRegistry } = useModeler(element);
  const sources = joinable(element, elementRegistry, (one) => !is(one, "bpmn:EndEvent") && one.host !== element);
  return <Select id={id} label={t("Connect from")} value="" options={[{ value: "", label: t("Choose a step …") }, ...sources]}
    commit={(source) => source && commandStack.execute("alur.join", { source: elementRegistry.get(source), target: element })} />;
}

export const comesFromNowhere = (element) =>
  is(element, "bpmn:FlowNode") && !is(element, "bpmn:StartEvent") && !is(element, "bpmn:BoundaryEvent") && !getBusinessObject(element).triggeredByEvent && !element.incoming.some((flow) => is(flow, "bpmn:SequenceFlow"));

export function GoesOn({ element, id }) {
  const { commandStack, elementRegistry } = useModeler(element);
  const reveal = useService("reveal");
  const add = (type, name) => {
    const context = { element, type, name };
    commandStack.execute("alur.nextStep", context);
    reveal.show(context.made.id, "name");
  };
  const flow = is(element, "bpmn:SequenceFlow");
  const leaving = flow ? [] : element.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
  const open = !flow && (!leaving.length || is(element, "bpmn:Gateway"));
  return (
    <>
      {leaving.length > 0 && (
        <div class="bio-properties-panel-entry" data-entry-id={`${id}-next`}><ul class="alur-list">
          {leaving.map((one) => (
            <li key={one.id}>
              <button type="button" class="link-button" onClick={() => reveal.show(one.id, is(element, "bpmn:Gateway") ? "alur-condition" : "name")}>
                {one.businessObject.name ? `${one.businessObject.name} → ` : "→ "}{named(one.target, t)}
              </button>
            </li>
          ))}
        </ul></div>
      )}
      <Actions id={id}>
        <Button onClick={() => add("bpmn:UserTask", t("New step"))}>{flow || between(element) ? t("Insert a step") : t("Add a step")}</Button>
        <Button onClick={() => add("bpmn:ExclusiveGateway")}>{flow || between(element) ? t("Insert a decision") : t("Add a decision")}</Button>
        {open && <Button onClick={() => add("bpmn:EndEvent")}>{t("Add an end")}</Button>}
      </Actions>
      {!flow && (
        <Select id={`${id}-to`} label={t("Connect to")} value="" options={[{ value: "", label: t("Choose a step …") }, ...targets(element, elementRegistry)]}
          commit={(target) => target && commandStack.execute("alur.join", { source: element, target: elementRegistry.get(target) })} />
      )}
    </>
  );
}

export function Remove({ element, id }) {
  const { modeling } = useModeler(element);
  return <Actions id={id}><Button quiet onClick={() => modeling.removeElements([element])}>{t("Delete this element")}</Button></Actions>;
}
