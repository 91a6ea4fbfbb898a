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
  offer(svg, "image/svg+xml", `${key}.svg`);
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
