// Sets a list inside extensionElements (papers of a step, lines of the sheet's header) in one step of undo.
import { getBusinessObject } from "../model.js";

/** context: {element, owner, type, property, items}; items: [[type, attributes]]. Empty lists leave nothing behind. */
export class ExtensionList {
  static $inject = ["modeling", "bpmnFactory"];

  constructor(modeling, bpmnFactory) {
    Object.assign(this, { modeling, bpmnFactory });
  }

  preExecute({ element, owner = getBusinessObject(element), type, property, items }) {
    let extensions = owner.get("extensionElements");
    const before = extensions?.get("values") ?? [];
    let block = before.find((one) => one.$type === type);
    if (!extensions) {
      extensions = this.make("bpmn:ExtensionElements", { values: [] }, owner);
      this.modeling.updateModdleProperties(element, owner, { extensionElements: extensions });
    }
    if (!items.length) {
      const rest = before.filter((one) => one !== block);
      if (rest.length) this.modeling.updateModdleProperties(element, extensions, { values: rest });
      else this.modeling.updateModdleProperties(element, owner, { extensionElements: undefined });
      return;
    }
    if (!block) {
      block = this.make(type, {}, extensions);
      this.modeling.updateModdleProperties(element, extensions, { values: [...before, block] });
    }
    const made = items.map(([kind, attributes]) => this.make(kind, attributes, block));
    this.modeling.updateModdleProperties(element, block, { [property]: made });
  }

  make(type, attributes, parent) {
    const one = this.bpmnFactory.create(type, attributes);
    one.$parent = parent;
    return one;
  }
}

/** Sets what stands directly in extensionElements: context {element, kinds, items, kept}; `kept` are values left as they are. */
export class ExtensionValues extends ExtensionList {
  preExecute({ element, kinds, items, kept = [] }) {
    const owner = getBusinessObject(element);
    const extensions = owner.get("extensionElements") ?? this.make("bpmn:ExtensionElements", { values: [] }, owner);
    const others = extensions.get("values").filter((one) => !kinds.includes(one.$type) || kept.includes(one));
    const values = [...others, ...items.map(([kind, attributes]) => this.make(kind, attributes, extensions))];
    if (!values.length) return this.modeling.updateModdleProperties(element, owner, { extensionElements: undefined });
    if (owner.get("extensionElements") !== extensions) this.modeling.updateModdleProperties(element, owner, { extensionElements: extensions });
    return this.modeling.updateModdleProperties(element, extensions, { values });
  }
}

/** The entries of a list inside extensionElements. */
export function extensionList(owner, type, property) {
  const block = (owner.get("extensionElements")?.get("values") ?? []).find((one) => one.$type === type);
  return block?.get(property) ?? [];
}

/** Empties a list of a block that has other lists: context {element, type, property}. */
export class EmptyList {
  static $inject = ["modeling"];

  constructor(modeling) {
    this.modeling = modeling;
  }

  preExecute({ element, type, property }) {
    const owner = getBusinessObject(element);
    const block = owner.get("extensionElements")?.get("values").find((one) => one.$type === type);
    if (block) this.modeling.updateModdleProperties(element, block, { [property]: [] });
  }
}
