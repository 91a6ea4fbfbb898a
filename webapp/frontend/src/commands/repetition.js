// How a step is repeated: for every entry of a list, or as long as a condition holds.
import { getBusinessObject } from "../model.js";

/** context: {element, mode: ''|'parallel'|'sequential'|'loop', list, item, condition} */
export class Repetition {
  static $inject = ["modeling", "bpmnFactory"];

  constructor(modeling, bpmnFactory) {
    Object.assign(this, { modeling, bpmnFactory });
  }

  preExecute({ element, mode, list = "", item = "", condition = "" }) {
    const node = getBusinessObject(element);
    const now = node.loopCharacteristics;
    if (!mode) {
      if (now) this.modeling.updateProperties(element, { loopCharacteristics: undefined });
    } else if (mode === "loop") {
      const type = "bpmn:StandardLoopCharacteristics";
      const loop = now?.$type === type ? now : this.replace(element, node, type);
      const loopCondition = condition ? this.make("bpmn:FormalExpression", { body: condition }, loop) : undefined;
      this.modeling.updateModdleProperties(element, loop, { loopCondition });
    } else {
      const type = "bpmn:MultiInstanceLoopCharacteristics";
      const loop = now?.$type === type ? now : this.replace(element, node, type);
      this.modeling.updateModdleProperties(element, loop, {
        isSequential: mode === "sequential" ? true : undefined,
        "camunda:collection": list ? `\${${list}}` : undefined,
        "camunda:elementVariable": item || undefined,
      });
    }
  }

  replace(element, node, type) {
    const loop = this.make(type, {}, node);
    this.modeling.updateProperties(element, { loopCharacteristics: loop });
    return loop;
  }

  make(type, attributes, parent) {
    const one = this.bpmnFactory.create(type, attributes);
    one.$parent = parent;
    return one;
  }
}
