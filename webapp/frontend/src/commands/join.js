// A flow between two elements that stand already: led round what lies between them, so that a way back can be seen.
import { asTRBL, getMid } from "diagram-js/lib/layout/LayoutUtil";
import { isConnection } from "diagram-js/lib/util/ModelUtil";
import { selfAndAllChildren } from "diagram-js/lib/util/Elements";
import { around } from "../geometry.js";
import { is } from "../model.js";

const AIR = [14, 22, 30];
const APART = 8;

export class Join {
  static $inject = ["modeling", "canvas"];

  constructor(modeling, canvas) {
    Object.assign(this, { modeling, canvas });
  }

  /** context: {source, target: elements of one level}. */
  preExecute({ source, target }) {
    const flow = this.modeling.connect(source, target, { type: "bpmn:SequenceFlow" });
    const all = selfAndAllChildren(this.canvas.getRootElement(), true).filter((one) => one.parent && !isConnection(one) && one.width);
    const frames = all.filter((one) => is(one, "bpmn:Lane") || around(one, source));
    const others = all.filter((one) => one !== source && one !== target && !frames.includes(one) && !one.hidden).map(asTRBL);
    const crosses = (points) => points.slice(1).some((point, place) => others.some((box) => meets(points[place], point, box)));
    if (!crosses(flow.waypoints)) return;
    const way = ways(source, target, others, frames, flow).find((points) => !crosses(points));
    if (way) this.modeling.updateWaypoints(flow, way);
  }
}

/** Ways above or below what is there, the nearest first, that don't end where another flow ends. */
function ways(source, target, others, frames, flow) {
  const from = getMid(source);
  const borders = frames.flatMap((one) => [asTRBL(one).top, asTRBL(one).bottom]);
  const boxes = [...others, asTRBL(source), asTRBL(target)];
  const levels = boxes.flatMap((box) => AIR.flatMap((air) => [box.top - air, box.bottom + air])).filter((y) => borders.every((border) => Math.abs(border - y) >= APART));
  const ends = target.incoming.filter((one) => one !== flow).map((one) => one.waypoints.at(-1));
  const found = [];
  for (const y of new Set(levels)) {
    const up = y < asTRBL(source).top && y < asTRBL(target).top;
    if (!up && (y < asTRBL(source).bottom || y < asTRBL(target).bottom)) continue;
    const edge = (one) => (up ? asTRBL(one).top : asTRBL(one).bottom);
    if (Math.min(Math.abs(y - edge(source)), Math.abs(y - edge(target))) < AIR[0]) continue;
    for (const share of [1 / 2, 3 / 4, 1 / 4]) {
      const x = Math.round(target.x + target.width * share);
      if (ends.some((end) => Math.abs(end.x - x) < APART && Math.abs(end.y - edge(target)) < APART)) continue;
      found.push([{ x: from.x, y: edge(source) }, { x: from.x, y }, { x, y }, { x, y: edge(target) }]);
    }
  }
  return found.sort((a, b) => Math.abs(a[1].y - from.y) - Math.abs(b[1].y - from.y));
}

/** Whether a straight piece of a flow runs through a box. */
function meets(one, other, box) {
  const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)];
  const [top, bottom] = [Math.min(one.y, other.y), Math.max(one.y, other.y)];
  return left < box.right && right > box.left && top < box.bottom && bottom > box.top;
}
