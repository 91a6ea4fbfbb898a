// A picture for a file that holds none: lanes below each other, steps from left to right in the order of the flow.
// It is only a start that people can move about; a file that has a picture is never touched.
import { is } from "./model.js";

const SIZES = { event: [36, 36], gateway: [50, 50], activity: [120, 80] };
const STEP = 180;
const ROW = 140;
const INDENT = 30;

const isEvent = (one) => is(one, "bpmn:Event");
const isFrame = (one) => is(one, "bpmn:SubProcess");

/** Give definitions a picture if they have none; true if one was made. */
export function layOut(moddle, definitions) {
  if ((definitions.diagrams ?? []).some((diagram) => diagram.plane?.planeElement?.length)) return false;
  const collaboration = definitions.rootElements.find((one) => is(one, "bpmn:Collaboration"));
  const processes = definitions.rootElements.filter((one) => is(one, "bpmn:Process"));
  const root = collaboration ?? processes[0];
  if (!root) return false;
  const picture = new Picture(moddle);
  let y = 80;
  if (collaboration) {
    for (const participant of collaboration.participants ?? []) y = picture.pool(participant, y) + 40;
    for (const flow of collaboration.messageFlows ?? []) picture.edge(flow, flow.sourceRef, flow.targetRef);
  } else picture.process(root, 160, y);
  const plane = moddle.create("bpmndi:BPMNPlane", { id: "plane", bpmnElement: root, planeElement: picture.parts });
  const diagram = moddle.create("bpmndi:BPMNDiagram", { id: "drawing", plane });
  plane.$parent = diagram;
  diagram.$parent = definitions;
  for (const part of picture.parts) part.$parent = plane;
  definitions.diagrams = [diagram];
  return true;
}

class Picture {
  constructor(moddle) {
    this.moddle = moddle;
    this.parts = [];
    this.boxes = new Map();
  }

  /** Draw a pool with its top at y; gives its lower edge. */
  pool(participant, y) {
    const process = participant.processRef;
    if (!process) {
      this.shape(participant, { x: 160, y, width: 900, height: 60 }, { isHorizontal: true });
      return y + 60;
    }
    const at = this.parts.length;
    const { width, height, bands } = this.nodes(process, 190 + INDENT, y);
    this.shape(participant, { x: 160, y, width: width + 2 * INDENT, height }, { isHorizontal: true }, at);
    for (const [lane, band] of bands) this.shape(lane, { x: 190, y: band.y, width: width + 2 * INDENT - 30, height: band.height }, { isHorizontal: true }, at + 1);
    return y + height;
  }

  process(process, x, y) {
    return this.nodes(process, x, y);
  }

  /** Draw what a process or sub-process holds, from the corner on; gives its size and the bands of its lanes. */
  nodes(owner, x, y) {
    const elements = owner.flowElements ?? [];
    const nodes = elements.filter((one) => is(one, "bpmn:FlowNode") && !is(one, "bpmn:BoundaryEvent"));
    const lanes = (owner.laneSets ?? []).flatMap((set) => set.lanes ?? []);
    const ranks = ranked(nodes, elements.filter((one) => is(one, "bpmn:SequenceFlow")));
    const bands = new Map();
    const rows = lanes.length ? lanes : [null];
    let top = y;
    let right = x + STEP;
    for (const lane of rows) {
      const mine = nodes.filter((one) => !lane || lane.flowNodeRef?.includes(one) || (lane === rows[0] && !lanes.some((other) => other.flowNodeRef?.includes(one))));
      const columns = new Map();
      let height = ROW;
      for (const node of mine) {
        const rank = ranks.get(node) ?? 0;
        const used = columns.get(rank) ?? 0;
        const left = x + 30 + this.offset(ranks, nodes, rank);
        const box = this.node(node, left, top + 30 + used);
        columns.set(rank, used + box.height + 60);
        height = Math.max(height, 30 + used + box.height + 60);
        right = Math.max(right, box.x + box.width + 40);
      }
      if (lane) bands.set(lane, { y: top, height });
      top += height;
    }
    this.borders(elements);
    for (const flow of elements.filter((one) => is(one, "bpmn:SequenceFlow"))) this.edge(flow, flow.sourceRef, flow.targetRef);
    return { width: right - x, height: top - y, bands };
  }

  /** How far to the right a rank begins: sub-processes before it take more room than a step. */
  offset(ranks, nodes, rank) {
    let far = 0;
    for (let one = 0; one < rank; one += 1) {
      const frames = nodes.filter((node) => ranks.get(node) === one && isFrame(node));
      far += Math.max(STEP, ...frames.map((frame) => this.extent(frame) + 60));
    }
    return far;
  }

  extent(frame) {
    const inner = (frame.flowElements ?? []).filter((one) => is(one, "bpmn:FlowNode"));
    const flows = (frame.flowElements ?? []).filter((one) => is(one, "bpmn:SequenceFlow"));
    const ranks = ranked(inner, flows);
    return this.offset(ranks, inner, Math.max(0, ...ranks.values())) + STEP + 60;
  }

  node(node, x, y) {
    if (isFrame(node)) {
      const at = this.parts.length;
      const { width, height } = this.nodes(node, x, y);
      return this.shape(node, { x, y, width, height }, { isExpanded: true }, at);
    }
    const [width, height] = SIZES[isEvent(node) ? "event" : is(node, "bpmn:Gateway") ? "gateway" : "activity"];
    return this.shape(node, { x: x + (120 - width) / 2, y: y + (80 - height) / 2, width, height }, is(node, "bpmn:ExclusiveGateway") ? { isMarkerVisible: true } : {});
  }

  borders(elements) {
    const used = new Map();
    for (const event of elements.filter((one) => is(one, "bpmn:BoundaryEvent"))) {
      const host = this.boxes.get(event.attachedToRef);
      if (!host) continue;
      const count = used.get(event.attachedToRef) ?? 0;
      used.set(event.attachedToRef, count + 1);
      this.shape(event, { x: host.x + host.width - 32 - count * 44, y: host.y + host.height - 18, width: 36, height: 36 });
    }
  }

  shape(element, box, more = {}, at = this.parts.length) {
    const bounds = this.moddle.create("dc:Bounds", box);
    const shape = this.moddle.create("bpmndi:BPMNShape", { id: `${element.id}_di`, bpmnElement: element, bounds, ...more });
    bounds.$parent = shape;
    this.parts.splice(at, 0, shape);
    this.boxes.set(element, box);
    return box;
  }

  edge(flow, source, target) {
    const [from, to] = [this.boxes.get(source), this.boxes.get(target)];
    if (!from || !to) return;
    const waypoint = way(from, to).map(([x, y]) => this.moddle.create("dc:Point", { x, y }));
    this.parts.push(this.moddle.create("bpmndi:BPMNEdge", { id: `${flow.id}_di`, bpmnElement: flow, waypoint }));
  }
}

function way(from, to) {
  const [startY, endY] = [from.y + from.height / 2, to.y + to.height / 2];
  if (to.x >= from.x + from.width) {
    const [start, end] = [from.x + from.width, to.x];
    const middle = (start + end) / 2;
    return startY === endY ? [[start, startY], [end, endY]] : [[start, startY], [middle, startY], [middle, endY], [end, endY]];
  }
  // Back, or straight up and down: below both.
  const low = Math.max(from.y + from.height, to.y + to.height) + 30;
  const [startX, endX] = [from.x + from.width / 2, to.x + to.width / 2];
  return [[startX, from.y + from.height], [startX, low], [endX, low], [endX, to.y + to.height]];
}

/** Node -> its place from left to right; ways back are not followed. */
function ranked(nodes, flows) {
  const ranks = new Map();
  const next = (node) => [
    ...flows.filter((flow) => flow.sourceRef === node).map((flow) => flow.targetRef),
    ...flows.filter((flow) => is(flow.sourceRef, "bpmn:BoundaryEvent") && flow.sourceRef.attachedToRef === node).map((flow) => flow.targetRef),
  ];
  const visit = (node, rank, above) => {
    if (above.has(node) || (ranks.get(node) ?? -1) >= rank || !nodes.includes(node)) return;
    ranks.set(node, rank);
    for (const one of next(node)) visit(one, rank + 1, new Set([...above, node]));
  };
  const starts = nodes.filter((node) => !flows.some((flow) => flow.targetRef === node));
  for (const node of starts.length ? starts : nodes.slice(0, 1)) visit(node, 0, new Set());
  for (const node of nodes) if (!ranks.has(node)) visit(node, 0, new Set());
  return ranks;
}
