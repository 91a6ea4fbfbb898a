// Mends that draw something: each is one step of undo.
import { getBoundingBox } from "./geometry.js";
import { getBusinessObject, is, processOf } from "./model.js";
import { t } from "./language.js";

const POOL_HEAD = 30;
const BEFORE = 68;

/** What Fixes can do to the drawing. */
export const redraws = {
  makeDefault(gateway, flow) {
    this.modeler.get("commandStack").execute("alur.together", {
      steps: () => {
        if (getBusinessObject(flow).conditionExpression) this.modeling.updateProperties(flow, { conditionExpression: undefined });
        this.modeling.updateProperties(gateway, { default: getBusinessObject(flow) });
      },
    });
  },

  /** A pool around a diagram that has none, with one lane: somebody can be named for its steps then. */
  drawPool() {
    const root = this.canvas.getRootElement();
    const bounds = getBoundingBox(root.children.filter((one) => !one.labelTarget));
    const frame = { x: bounds.x - 110, y: bounds.y - 60, width: bounds.width + 170, height: bounds.height + 120 };
    const name = processOf(root).name;
    let lane = null;
    this.modeler.get("commandStack").execute("alur.together", {
      steps: () => {
        const shape = this.modeler.get("elementFactory").createParticipantShape({ type: "bpmn:Participant", isExpanded: true });
        const pool = this.modeling.createShape(shape, frame, root);
        if (name) this.modeling.updateProperties(pool, { name });
        const inside = { x: pool.x + POOL_HEAD, y: pool.y, width: pool.width - POOL_HEAD, height: pool.height };
        lane = this.modeling.createShape({ type: "bpmn:Lane" }, inside, pool);
      },
    });
    this.reveal(lane.id, "alur-lane");
    this.say(t("A pool with one lane was drawn. Choose whose lane it is."));
  },

  /** A start on a level that has nothing to begin with: before the first thing in it, if there is any. */
  addStart(scope) {
    const level = scope ? getBusinessObject(scope) : processOf(this.canvas.getRootElement());
    const inside = this.registry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one.businessObject.$parent === level && !is(one, "bpmn:BoundaryEvent"));
    const first = inside.filter((one) => !one.incoming.length).sort((a, b) => a.x - b.x)[0] ?? inside.sort((a, b) => a.x - b.x)[0];
    const parent = first?.parent ?? scope ?? this.canvas.getRootElement();
    const at = first ? { x: first.x - BEFORE, y: first.y + first.height / 2 } : { x: (parent.x ?? 0) + 80, y: (parent.y ?? 0) + (parent.height ?? 200) / 2 };
    let start = null;
    this.modeler.get("commandStack").execute("alur.together", {
      steps: () => {
        start = this.modeling.createShape({ type: "bpmn:StartEvent" }, at, parent);
        if (first) this.modeling.connect(start, first, { type: "bpmn:SequenceFlow" });
      },
    });
    this.reveal(start.id, "name");
  },
};
