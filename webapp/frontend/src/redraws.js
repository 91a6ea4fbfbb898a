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

  /** Several flows leave a step: a decision takes them over. */
  decide(step) {
    const [first, ...others] = step.outgoing.filter((flow) => is(flow, "bpmn:SequenceFlow"));
    const context = { element: first, type: "bpmn:ExclusiveGateway" };
    this.modeler.get("commandStack").execute("alur.together", {
      steps: () => {
        this.modeler.get("commandStack").execute("alur.nextStep", context);
        const { made } = context;
        const middle = { x: made.x + made.width / 2, y: made.y + made.height / 2 };
        for (const flow of others) {
          this.modeling.reconnectStart(flow, made, middle);
          this.modeling.layoutConnection(flow);
        }
      },
    });
    this.reveal(context.made.id, "name");
  },

  /** A start before the first step of a level: of a sub-process, or of the whole. */
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
