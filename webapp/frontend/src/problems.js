// What the server finds wrong or missing, beside the canvas and as marks on it; asked for while somebody draws.
import { Refused, ask } from "./server.js";
import { is, named } from "./model.js";
import { t } from "./language.js";

const QUIET = 500;

export class Problems {
  constructor({ modeler, draft, address, list, summary, fixes, reveal }) {
    Object.assign(this, { modeler, draft, address, list, summary, fixes, reveal });
    this.found = [];
    this.asked = 0;
    this.timer = 0;
    modeler.on(["commandStack.changed", "import.done"], () => this.soon(QUIET));
    window.addEventListener("online", () => this.soon(0));
  }

  get blocking() {
    return this.found.filter((one) => one.severity === "error");
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), pause);
  }

  /** Ask, and wait for the findings of whoever asked last: an answer that was overtaken is not drawn. */
  async check() {
    this.latest = this.look();
    for (let one = null; one !== this.latest; ) await (one = this.latest);
  }

  async look() {
    const mine = (this.asked += 1);
    try {
      const { problems } = await ask("POST", this.address, await this.draft.content());
      if (mine === this.asked) this.draw(problems);
    } catch (error) {
      // Without an answer the last findings stay; saving says that the connection is gone.
      if (error instanceof Refused) this.summary.textContent = error.data.message ?? "";
    }
  }

  /** Show findings, the blocking ones first and apart. */
  draw(problems) {
    this.found = problems;
    const warnings = problems.filter((one) => one.severity !== "error");
    const focused = document.activeElement?.closest?.("[data-problem]");
    const place = [...this.list.querySelectorAll("[data-problem]")].indexOf(focused);
    this.list.replaceChildren();
    this.section(t("Must be mended before publishing"), this.blocking, "error");
    this.section(t("Worth a look"), warnings, "warning");
    this.list.hidden = !problems.length;
    const counts = [this.blocking.length && t("{n} to mend", { n: this.blocking.length }), warnings.length && t("{n} to look at", { n: warnings.length })];
    this.summary.textContent = problems.length ? counts.filter(Boolean).join(", ") : t("Nothing is missing. The diagram can be published.");
    this.summary.dataset.state = this.blocking.length ? "error" : warnings.length ? "warning" : "fine";
    if (focused) this.keepPlace(focused.dataset.problem, place);
    this.mark();
    document.dispatchEvent(new CustomEvent("problems:drawn", { detail: { errors: this.blocking.length, warnings: warnings.length } }));
  }

  /** Who mends one finding after the other stays in the list: on the same one, else on what took its place. */
  keepPlace(problem, place) {
    const rows = [...this.list.querySelectorAll("[data-problem]")];
    const row = rows.find((one) => one.dataset.problem === problem) ?? rows[Math.min(place, rows.length - 1)];
    (row?.querySelector("button") ?? document.querySelector("[data-fold]")).focus();
  }

  section(title, problems, severity) {
    if (!problems.length) return;
    const part = text("section", "", `alur-problems-part is-${severity}`);
    const rows = document.createElement("ol");
    part.append(text("h3", `${title} (${problems.length})`), rows);
    problems.forEach((problem) => rows.append(this.row(problem, severity)));
    this.list.append(part);
  }

  row(problem, severity) {
    const row = document.createElement("li");
    row.dataset.problem = `${problem.rule}:${problem.element ?? ""}:${problem.message}`;
    const jump = text("button", "", "alur-problem");
    jump.type = "button";
    jump.append(text("span", severity === "error" ? "!" : "?", `alur-badge is-${severity}`), text("strong", this.nameOf(problem)), text("span", problem.message), text("span", problem.remedy, "alur-remedy"));
    jump.addEventListener("click", () => this.reveal(problem.element));
    const fixes = text("div", "", "alur-fixes");
    for (const fix of this.fixes.find(problem)) {
      const button = text("button", fix.label, "button button-small");
      button.type = "button";
      button.addEventListener("click", fix.run);
      fixes.append(button);
    }
    row.append(jump, ...(fixes.childElementCount ? [fixes] : []));
    return row;
  }

  /** The server has names; for what has none, this page knows what it is. */
  nameOf({ element: id, name }) {
    const element = id && this.modeler.get("elementRegistry").get(id);
    if (element && (!name || is(element, "bpmn:SequenceFlow"))) return named(element, t);
    return name || t("Process");
  }

  /** Marks on the canvas, one an element, the worst one. */
  mark() {
    const overlays = this.modeler.get("overlays");
    const registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "alur-problem" });
    const worst = new Map();
    for (const problem of this.found) {
      // The process itself is the paper: nothing to put a mark on.
      if (!registry.get(problem.element)?.parent) continue;
      const known = worst.get(problem.element) ?? { severity: "warning", messages: [] };
      if (problem.severity === "error") known.severity = "error";
      known.messages.push(`${problem.message} ${problem.remedy}`);
      worst.set(problem.element, known);
    }
    for (const [id, { severity, messages }] of worst) {
      const mark = text("button", severity === "error" ? "!" : "?", `alur-badge alur-mark is-${severity}`);
      mark.type = "button";
      mark.tabIndex = -1;
      mark.title = messages.join("\n");
      mark.setAttribute("aria-label", messages.join(" "));
      mark.addEventListener("click", () => this.reveal(id));
      const element = registry.get(id);
      const position = element.waypoints ? middle(element) : { top: -10, left: -10 };
      overlays.add(id, "alur-problem", { position, html: mark, show: { minZoom: 0.2 } });
    }
  }
}

/** Half way along a flow, seen from the corner of its bounds. */
function middle({ waypoints }) {
  const at = Math.floor((waypoints.length - 1) / 2);
  const [one, other] = [waypoints[at], waypoints[at + 1]];
  const left = Math.min(...waypoints.map((point) => point.x));
  const top = Math.min(...waypoints.map((point) => point.y));
  return { left: (one.x + other.x) / 2 - left - 10, top: (one.y + other.y) / 2 - top - 10 };
}

function text(tag, words, name = "") {
  const node = document.createElement(tag);
  if (words) node.textContent = words;
  if (name) node.className = name;
  return node;
}
