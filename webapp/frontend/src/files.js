// Files in and out: .bpmn from anywhere, .bpmn and .svg to take along.
import { written } from "./modeler.js";

function offer(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const downloadDiagram = async (modeler, key) => offer(await written(modeler), "application/xml", `${key}.bpmn`);

export async function downloadPicture(modeler, key) {
  const { svg } = await modeler.saveSVG();
  offer(onPaper(svg), "image/svg+xml", `${key}.svg`);
}

const EDGE = 16;

/** A picture with an edge and white ground, whatever it is shown on. */
function onPaper(svg) {
  const picture = new DOMParser().parseFromString(svg, "image/svg+xml");
  const root = picture.documentElement;
  const [x, y, width, height] = root.getAttribute("viewBox").split(" ").map(Number);
  const box = { x: x - EDGE, y: y - EDGE, width: width + 2 * EDGE, height: height + 2 * EDGE };
  root.setAttribute("viewBox", Object.values(box).join(" "));
  const ground = picture.createElementNS(root.namespaceURI, "rect");
  for (const [name, value] of Object.entries({ ...box, fill: "#fff" })) ground.setAttribute(name, value);
  for (const name of ["width", "height"]) root.setAttribute(name, box[name]);
  const defs = root.querySelector(":scope > defs");
  root.insertBefore(ground, defs ? defs.nextSibling : root.firstChild);
  return new XMLSerializer().serializeToString(picture);
}

/** Let the person choose a file; gives its text, or null. */
export function chooseFile(accept) {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement("input"), { type: "file", accept });
    input.addEventListener("change", async () => resolve(input.files[0] ? await input.files[0].text() : null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
