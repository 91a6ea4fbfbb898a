/** The box around shapes and flows. */
export function getBoundingBox(elements) {
  const points = elements.flatMap((one) => one.waypoints ?? [{ x: one.x, y: one.y }, { x: one.x + one.width, y: one.y + one.height }]);
  const x = Math.min(...points.map((point) => point.x));
  const y = Math.min(...points.map((point) => point.y));
  return { x, y, width: Math.max(...points.map((point) => point.x)) - x, height: Math.max(...points.map((point) => point.y)) - y };
}

/** Whether one element lies around another. */
export function around(one, inner) {
  for (let frame = inner.parent; frame; frame = frame.parent) if (frame === one) return true;
  return false;
}
