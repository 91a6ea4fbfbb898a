// How a step is repeated: for every entry of a list, a number of times, or as long as a condition holds.
import { bare, getBusinessObject } from "../model.js";

const LOOP = "bpmn:StandardLoopCharacteristics";
const EACH = "bpmn:MultiInstanceLoopCharacteristics";

/**
 * context: {element, mode: ''|'parallel'|'sequential'|'loop', list, number, item, until, condition, most, first}; what is
 * not given stays as it is, an empty text takes it away.
 */
export class Repetition {
  static $inject = ["modeling", "bpmnFactory"];

  constructor(modeling, bpmnFactory) {
    Object.assign(this, { modeling, bpmnFactory });
  }

  preExecute(context) {
    const { element, mode } = context;
    const node = getBusinessObject(element);
    const now = node.loopCharacteristics;
    if (mode === "") return now && this.modeling.updateProperties(element, { loopCharacteristics: undefined });
    const type = mode ? (mode === "loop" ? LOOP : EACH) : now.$type;
    const loop = now?.$type === type ? now : this.replace(element, node, type);
    return this.modeling.updateModdleProperties(element, loop, type === LOOP ? this.loop(context, loop) : this.each(context, loop));
  }

  loop({ condition, ...given }, loop) {
    return {
      ...(condition !== undefined && { loopCondition: this.expression(condition, loop) }),
      ...("most" in given && { loopMaximum: given.most }),
      ...("first" in given && { testBefore: given.first }),
    };
  }

  each({ element, mode, list, number, item, until }, loop) {
    if (item) this.rename(element, loop.get("camunda:elementVariable"), item);
    return {
      ...(mode && { isSequential: mode === "sequential" ? true : undefined }),
      // A list that is named is named in one place.
      ...(list !== undefined && { "camunda:collection": list ? `\${${list}}` : undefined, loopDataInputRef: undefined }),
      ...(number !== undefined && { loopCardinality: this.expression(number, loop) }),
      ...(item !== undefined && { "camunda:elementVariable": item || undefined }),
      ...(until !== undefined && { completionCondition: this.expression(until, loop) }),
    };
  }

  /** Who performs the step may be named by the entry. */
  rename(element, old, item) {
    const groups = getBusinessObject(element).get("camunda:candidateGroups");
    if (old && old !== item && groups?.startsWith("${") && bare(groups) === old) this.modeling.updateProperties(element, { "camunda:candidateGroups": `\${${item}}` });
  }

  replace(element, node, type) {
    const loop = this.make(type, {}, node);
    this.modeling.updateProperties(element, { loopCharacteristics: loop });
    return loop;
  }

  expression(body, parent) {
    return body ? this.make("bpmn:FormalExpression", { body }, parent) : undefined;
  }

  make(type, attributes, parent) {
    const one = this.bpmnFactory.create(type, attributes);
    one.$parent = parent;
    return one;
  }
}
