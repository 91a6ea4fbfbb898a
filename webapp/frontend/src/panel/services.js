// What the groups need of the modeler, gathered once per group.
import { useService } from "bpmn-js-properties-panel";
import { getBusinessObject } from "../model.js";

export function useModeler(element) {
  const modeling = useService("modeling");
  const commandStack = useService("commandStack");
  const owner = getBusinessObject(element);
  return {
    owner,
    modeling,
    commandStack,
    choices: useService("choices"),
    forms: useService("forms"),
    bpmnFactory: useService("bpmnFactory"),
    eventBus: useService("eventBus"),
    elementRegistry: useService("elementRegistry"),
    set: (properties, of = owner) => modeling.updateModdleProperties(element, of, properties),
    run: (name, context) => commandStack.execute(`alur.${name}`, { element, ...context }),
    together: (steps) => commandStack.execute("alur.together", { steps }),
  };
}

/** A text as an attribute: nothing typed is no attribute. */
export const orNothing = (text) => (text ?? "").trim() || undefined;
