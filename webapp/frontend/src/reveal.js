// Shows an element: on the canvas, in the panel, and if asked the very entry where something is typed, or the field that
// holds a text.
import { is, processOf } from "./model.js";

class Reveal {
  static $inject = ["canvas", "elementRegistry", "selection"];

  constructor(canvas, elementRegistry, selection) {
    Object.assign(this, { canvas, registry: elementRegistry, selection });
  }

  show(id, entry, text) {
    const { canvas, registry, selection } = this;
    const element = (id && registry.get(id)) || null;
    if (element && element.parent) {
      const root = canvas.findRoot(element);
      if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
      selection.select(element);
      canvas.scrollToElement(element, { top: 80, right: 80, bottom: 80, left: 120 });
    } else {
      const pool = registry.find((one) => is(one, "bpmn:Participant") && processOf(one)?.id === id);
      selection.select(pool ?? null);
    }
    document.dispatchEvent(new CustomEvent("view:show", { detail: { view: "panel" } }));
    requestAnimationFrame(() => setTimeout(() => focusPanel(entry, text), 60));
  }
}

/** As a whole, or as a word of it. */
const mentions = (whole, text) => new RegExp(`(^|\\W)${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(\\W|$)`).test(whole);

const FIELDS = "input:not([type=hidden]), select, textarea, button";

function focusPanel(entry, text) {
  const panel = document.querySelector('[data-part="panel"]');
  const holder = text && [...panel.querySelectorAll("input.mono, textarea.mono")].find((one) => mentions(one.value, text));
  const found = holder?.closest("[data-entry-id]") ?? (entry && panel.querySelector(`[data-entry-id="${entry}"]`));
  const group = found?.closest(".bio-properties-panel-group");
  const header = group?.querySelector(".bio-properties-panel-group-header");
  if (header && !header.classList.contains("open")) header.click();
  const below = (one) => found.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  const all = [...panel.querySelectorAll(FIELDS)];
  const target = holder ?? (found ? all.find((one) => found.contains(one) || below(one)) : all[0]);
  (found ?? target)?.scrollIntoView({ block: "nearest" });
  target?.focus();
  if (entry === "name") target?.select?.();
}

export const RevealModule = { reveal: ["type", Reveal] };
