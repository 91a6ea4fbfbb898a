// The standard time of a step is its boundary timer: one command sets, changes or removes the timer, its flow and its
// alert, so that one undo takes all of it back.
import { asTRBL } from "diagram-js/lib/layout/LayoutUtil";
import { getBusinessObject, is, eventDefinition, standardTimer } from "../model.js";
import { inWords, reworded, spellings } from "../duration.js";
import { t } from "../language.js";

const SIZE = 36;
const GAP = 26;

export class StandardTime {
  static $inject = ["modeling", "bpmnFactory", "elementFactory", "elementRegistry"];

  constructor(modeling, bpmnFactory, elementFactory, elementRegistry) {
    Object.assign(this, { modeling, bpmnFactory, elementFactory, elementRegistry });
  }

  /** context: {element, duration}; an empty duration takes the timer away. */
  preExecute({ element, duration }) {
    const timer = standardTimer(element);
    if (!duration) {
      if (timer) this.remove(timer);
    } else if (timer) this.change(timer, duration);
    else this.add(element, duration);
  }

  // The panel shows the step, not its timer: the step has changed as well.
  execute({ element }) {
    return [element];
  }

  revert({ element }) {
    return [element];
  }

  remove(timer) {
    const alerts = timer.outgoing.map((flow) => flow.target).filter((end) => is(end, "bpmn:EndEvent") && end.incoming.length === 1);
    this.modeling.removeElements([timer, ...alerts]);
  }

  change(timer, duration) {
    const definition = eventDefinition(timer, "bpmn:TimerEventDefinition");
    const event = getBusinessObject(timer);
    const old = definition.timeDuration?.body ?? "";
    if (definition.timeDuration) this.modeling.updateModdleProperties(timer, definition.timeDuration, { body: duration });
    else {
      const expression = this.expression(duration, definition);
      this.modeling.updateModdleProperties(timer, definition, { timeDuration: expression, timeDate: undefined, timeCycle: undefined });
    }
    // Labels that say the old time would lie.
    const name = event.name ? reworded(event.name, old, duration) : inWords(duration);
    if (name) this.modeling.updateProperties(timer, { name });
    for (const note of event.documentation ?? []) {
      const word = spellings(old).find((text) => new RegExp(`\\b${text}\\b`).test(note.text ?? ""));
      if (word) this.modeling.updateModdleProperties(timer, note, { text: note.text.replace(word, reworded(word, old, duration)) });
    }
  }

  add(element, duration) {
    const place = this.place(element);
    const shape = this.elementFactory.createShape({
      type: "bpmn:BoundaryEvent",
      eventDefinitionType: "bpmn:TimerEventDefinition",
      cancelActivity: false,
    });
    const timer = this.modeling.createShape(shape, place.timer, element, { attach: true });
    const definition = eventDefinition(timer, "bpmn:TimerEventDefinition");
    this.modeling.updateProperties(timer, { "alur:deadline": "true", name: inWords(duration) });
    this.modeling.updateModdleProperties(timer, definition, { timeDuration: this.expression(duration, definition) });
    const end = this.modeling.createShape({ type: "bpmn:EndEvent" }, place.end, element.parent);
    this.modeling.updateProperties(end, { name: t("Alert to the superior") });
    const flow = this.modeling.connect(timer, end, { type: "bpmn:SequenceFlow" });
    this.modeling.updateWaypoints(flow, place.waypoints);
  }

  expression(body, parent) {
    const expression = this.bpmnFactory.create("bpmn:FormalExpression", { body });
    expression.$parent = parent;
    return expression;
  }

  /** Where timer and alert fit: on the lower edge, where nothing else lies, inside the frame around the step. */
  place(element) {
    const { left, right, bottom, top } = asTRBL(element);
    const reach = SIZE / 2 + GAP + SIZE / 2;
    const choices = [
      option({ x: right - 14, y: bottom }, 1, 0, reach),
      option({ x: right - 14, y: bottom }, 0, 1, reach + 18),
      option({ x: left + 30, y: bottom }, 0, 1, reach + 18),
      option({ x: right - 14, y: top }, 1, 0, reach),
    ];
    const frame = element.parent?.width ? asTRBL(element.parent) : null;
    const others = this.elementRegistry.filter(
      (one) => one.width && one !== element && one.parent && !one.labelTarget?.waypoints && !holds(one, element) && !is(one, "bpmn:Lane"),
    );
    const inside = ({ end }) => !frame || (end.x + 30 < frame.right && end.y + 50 < frame.bottom && end.y - 18 > frame.top);
    const free = ({ timer, end }) => !others.some((one) => near(one, timer, 18) || near(one, end, 18));
    return choices.find((one) => inside(one) && free(one)) ?? choices.find(free) ?? choices[0];
  }
}

function option(timer, right, down, reach) {
  const end = { x: timer.x + right * reach, y: timer.y + down * reach };
  const edge = SIZE / 2;
  return {
    timer,
    end,
    waypoints: [
      { x: timer.x + right * edge, y: timer.y + down * edge },
      { x: end.x - right * edge, y: end.y - down * edge },
    ],
  };
}

function near(one, { x, y }, room) {
  const { left, right, top, bottom } = asTRBL(one);
  return x + room > left && x - room < right && y + room > top && y - room < bottom;
}

function holds(outer, inner) {
  for (let one = inner.parent; one; one = one.parent) if (one === outer) return true;
  return false;
}
