// Bars above the canvas: who else draws here, what was published meanwhile, what of a file could not be read.
import { part } from "./dialogs.js";
import { t } from "./language.js";

export class Notices {
  constructor(config) {
    this.config = config;
    this.bars = new Map();
    this.dismissed = new Set();
  }

  about({ others = [], base_version: base, newest_version: newest }) {
    const stale = newest && newest !== base;
    this.set(
      "newest",
      stale ? t("Version {newest} was published after you began. Publishing this draft replaces it.", { newest }) : "",
      stale && base ? [t("Compare"), `${this.config.addresses.compare}?from=${base}&to=${newest}`] : null,
      `newest:${newest}`,
    );
    const who = others.map((one) => `${one.name} (${one.saved_at})`).join(", ");
    this.set("others", who ? t("Also being edited by: {who}. Each person has a draft of their own.", { who }) : "", null, `others:${others.map((one) => one.name).join()}`);
  }

  unread(warnings = []) {
    this.set("unread", warnings.length ? t("Part of the file could not be read and will not be saved: {what}", { what: warnings.slice(0, 3).join("; ") }) : "", null, `unread:${warnings.length}`);
  }

  set(name, words, link, mark) {
    this.bars.get(name)?.remove();
    this.bars.delete(name);
    if (!words || this.dismissed.has(mark)) return;
    const bar = document.createElement("div");
    bar.className = "alur-bar";
    bar.append(Object.assign(document.createElement("p"), { textContent: words }));
    if (link) bar.append(Object.assign(document.createElement("a"), { textContent: link[0], href: link[1], target: "_blank" }));
    const close = Object.assign(document.createElement("button"), { type: "button", className: "icon-button", textContent: "×" });
    close.setAttribute("aria-label", t("Close"));
    close.addEventListener("click", () => {
      this.dismissed.add(mark);
      bar.remove();
    });
    bar.append(close);
    part("notices").append(bar);
    this.bars.set(name, bar);
  }
}
