// A step, a decision or an end put behind an element, with room made for it: one step of undo. What followed before
// follows the new element.
import { asTRBL, getMid } from "diagram-js/lib/layout/LayoutUtil";
import { isConnection } from "diagram-js/lib/util/ModelUtil";
import { selfAndAllChildren } from "diagram-js/lib/util/Elements";
import { around } from "../geometry.js";
import { getBusinessObject, is } from "../model.js";

const GAP = 50;
const ROOM = 20;

export class NextStep {
  static $inject = ["modeling", "elementFactory", "canvas", "spaceTool", "autoPlace"];

  constructor(modeling, elementFactory, canvas, spaceTool, autoPlace) {
    Object.assign(this, { modeling, elementFactory, canvas, spaceTool, autoPlace });
  }

  /**
   * context: {element: a node or a sequence flow, type, name, all: every flow leaves the new element instead};
   * gives the new shape as context.made.
   */
  preExecute(context) {
    const { element, type, name, all } = context;
    const source = is(element, "bpmn:SequenceFlow") ? element.source : element;
    const shape = this.elementFactory.createShape({ type });
    const flow = between(element);
    if (all) this.part(source, shape);
    else if (flow) this.insert(flow, source, shape);
    else this.autoPlace.append(source, shape);
    if (name) this.modeling.updateProperties(shape, { name });
    context.made = shape;
  }

  place(source, shape) {
    const middle = getMid(source).y;
    const right = Math.max(...[source, ...alerts(source)].map((one) => asTRBL(one).right));
    const box = { left: right + GAP, right: right + GAP + shape.width, top: middle - shape.height / 2, bottom: middle + shape.height / 2 };
    this.makeRoom(source, box);
    return this.modeling.createShape(shape, { x: (box.left + box.right) / 2, y: middle }, source.parent);
  }

  /** A gateway behind a step: the flows that left the step leave the gateway, with their names and conditions. */
  part(source, shape) {
    const flows = source.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
    const standard = getBusinessObject(source).default;
    const made = this.place(source, shape);
    for (const flow of flows) {
      this.modeling.reconnectStart(flow, made, getMid(made));
      this.modeling.layoutConnection(flow);
    }
    this.modeling.connect(source, made, { type: "bpmn:SequenceFlow" });
    if (standard) this.modeling.updateProperties(source, { default: undefined });
    const free = flows.map(getBusinessObject).filter((one) => !one.conditionExpression);
    const otherwise = standard ?? (free.length === 1 ? free[0] : null);
    if (otherwise && is(made, "bpmn:ExclusiveGateway")) this.modeling.updateProperties(made, { default: otherwise });
  }

  insert(flow, source, shape) {
    const made = this.place(source, shape);
    const target = flow.target;
    this.modeling.reconnectEnd(flow, made, getMid(made));
    this.modeling.layoutConnection(flow);
    this.modeling.connect(made, target, { type: "bpmn:SequenceFlow" });
  }

  /** Move what stands in the way to the right, and widen what is around it. */
  makeRoom(source, box) {
    const all = selfAndAllChildren(this.canvas.getRootElement(), true);
    const inTheWay = all.filter((one) => one.parent && !isConnection(one) && one.width && one !== source && !one.labelTarget && !around(one, source) && !is(one, "bpmn:Lane") && one.host !== source && !alerts(source).includes(one) && meets(one, box));
    const frames = all.filter((one) => one.parent && around(one, source));
    const over = Math.max(0, ...frames.map((one) => box.right + GAP - asTRBL(one).right));
    const start = Math.min(box.left - ROOM, ...inTheWay.map((one) => asTRBL(one).left - 1));
    const push = Math.max(over, ...inTheWay.map((one) => box.right + GAP - asTRBL(one).left));
    if (push <= 0) return;
    const delta = { x: Math.ceil(push / 10) * 10, y: 0 };
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, "x", delta.x, start);
    const still = new Set(all.filter((one) => !movingShapes.includes(one) && !resizingShapes.includes(one)).flatMap(alerts));
    const moving = movingShapes.filter((one) => !still.has(one) && !still.has(one.labelTarget));
    this.spaceTool.makeSpace(moving, resizingShapes, delta, "e", start);
  }
}

/** The flow a new element is put into: the one chosen, or the only one that leaves a step; gateways get another way. */
export function between(element) {
  if (is(element, "bpmn:SequenceFlow")) return element;
  const flows = element.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
  return flows.length === 1 && !is(element, "bpmn:Gateway") ? flows[0] : null;
}

/** What stands beside a step for its standard time stays beside it. */
const alerts = (step) => (step.attachers ?? []).flatMap((timer) => timer.outgoing.map((flow) => flow.target)).filter((one) => is(one, "bpmn:EndEvent"));

function meets(one, box) {
  const { left, right, top, bottom } = asTRBL(one);
  return left < box.right + ROOM && right > box.left - ROOM && top < box.bottom + ROOM && bottom > box.top - ROOM;
}
