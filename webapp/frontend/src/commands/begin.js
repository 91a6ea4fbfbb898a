// A start event before a step, with room made for it: one step of undo.
import { asTRBL, getMid } from "diagram-js/lib/layout/LayoutUtil";
import { selfAndAllChildren } from "diagram-js/lib/util/Elements";
import { is } from "../model.js";

const GAP = 50;
const SIZE = 36;
const HEAD = 50; //: what a pool shows on its left, and a little air

export class Begin {
  static $inject = ["modeling", "elementFactory", "canvas", "spaceTool"];

  constructor(modeling, elementFactory, canvas, spaceTool) {
    Object.assign(this, { modeling, elementFactory, canvas, spaceTool });
  }

  /** context: {element: the first step}; gives the new shape as context.made. */
  preExecute(context) {
    const { element } = context;
    const frame = is(element.parent, "bpmn:Participant") || is(element.parent, "bpmn:SubProcess") ? asTRBL(element.parent).left + HEAD : -Infinity;
    const short = frame - (asTRBL(element).left - GAP - SIZE);
    if (short > 0) this.push(asTRBL(element).left - 1, Math.ceil(short / 10) * 10);
    const shape = this.elementFactory.createShape({ type: "bpmn:StartEvent" });
    context.made = this.modeling.createShape(shape, { x: asTRBL(element).left - GAP - SIZE / 2, y: getMid(element).y }, element.parent);
    this.modeling.connect(context.made, element, { type: "bpmn:SequenceFlow" });
  }

  push(start, x) {
    const all = selfAndAllChildren(this.canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, "x", x, start);
    this.spaceTool.makeSpace(movingShapes, resizingShapes, { x, y: 0 }, "e", start);
  }
}
