// Alur: what follows an element. Everything a mouse can draw there can be chosen here, by keyboard and on a phone.
import { useService } from "bpmn-js-properties-panel";
import { between } from "../commands/next-step.js";
import { is, named } from "../model.js";
import { t } from "../language.js";
import { Actions, Button, Select } from "./controls.jsx";
import { useModeler } from "./services.js";

export const goesOn = (element) => is(element, "bpmn:SequenceFlow") || (is(element, "bpmn:FlowNode") && !is(element, "bpmn:EndEvent"));

/** Steps a flow from here may lead to: on the same level, and not there yet. */
function targets(element, elementRegistry) {
  const there = new Set(element.outgoing.map((flow) => flow.target));
  const level = element.businessObject.$parent;
  return elementRegistry
    .filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one !== element && one !== element.host && !there.has(one))
    .filter((one) => one.businessObject.$parent === level && !is(one, "bpmn:StartEvent") && !is(one, "bpmn:BoundaryEvent"))
    .map((one) => ({ value: one.id, label: named(one, t) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

export function GoesOn({ element, id }) {
  const { modeling, commandStack, elementRegistry } = useModeler(element);
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
          commit={(target) => target && modeling.connect(element, elementRegistry.get(target), { type: "bpmn:SequenceFlow" })} />
      )}
    </>
  );
}

export function Remove({ element, id }) {
  const { modeling } = useModeler(element);
  return <Actions id={id}><Button quiet onClick={() => modeling.removeElements([element])}>{t("Delete this element")}</Button></Actions>;
}
