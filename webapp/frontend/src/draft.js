// The draft of one person: kept in this browser at once and on the server soon after. A lost connection or an ended
// session keeps it trying; another window's newer draft makes it ask.
import { Offline, Refused, SignedOut, ask } from "./server.js";
import { written } from "./modeler.js";

const PAUSES = [2000, 4000, 8000, 15000, 30000];
const QUIET = 900;

export class Draft {
  /** `told(state, facts)`: unsaved, saving, saved, offline, signed_out, newer, refused, gone. */
  constructor({ modeler, address, meta, backup, told }) {
    Object.assign(this, { modeler, address, meta, backup, told });
    this.forms = modeler.get("forms");
    this.changes = 0;
    this.kept = 0;
    this.failures = 0;
    this.ended = 0;
    this.timer = 0;
    this.held = false;
    this.underway = null;
    modeler.on("commandStack.changed", () => this.touch());
    window.addEventListener("online", () => this.soon(0));
    // Whoever has signed in in another window comes back to this one.
    window.addEventListener("focus", () => this.failures + this.ended && this.soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.dirty && this.save());
  }

  get dirty() {
    return this.kept !== this.changes;
  }

  /** Something was changed. */
  touch() {
    this.changes += 1;
    this.told("unsaved", {});
    clearTimeout(this.copying);
    this.copying = setTimeout(() => this.copy(), 150);
    this.soon(QUIET);
  }

  async content() {
    return { xml: await written(this.modeler), forms: { ...this.forms.texts } };
  }

  /** Keep it in this browser. */
  async copy() {
    if (!this.dirty) return;
    const mine = this.changes;
    const content = await this.content();
    if (mine === this.changes && this.dirty) this.backup.write({ ...content, revision: this.meta.revision });
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** Resolves to true once the server holds everything. */
  async save() {
    clearTimeout(this.timer);
    // Several may wait; whoever is first sends for all.
    while (this.underway) await this.underway;
    if (!this.dirty) return true;
    if (this.held) return false;
    this.underway = this.send();
    try {
      return await this.underway;
    } finally {
      this.underway = null;
    }
  }

  async send() {
    const mine = this.changes;
    this.told("saving", {});
    try {
      const content = await this.content();
      const answer = await ask("PUT", this.address, { ...content, revision: this.meta.revision });
      Object.assign(this.meta, answer);
      this.kept = mine;
      this.failures = this.ended = 0;
      if (this.dirty) this.soon(QUIET);
      else {
        this.backup.clear();
        this.told("saved", answer);
      }
      return !this.dirty;
    } catch (error) {
      await this.copy();
      this.failed(error);
      return false;
    }
  }

  failed(error) {
    if (error instanceof Offline) {
      this.told("offline", {});
      this.soon(PAUSES[Math.min(this.failures, PAUSES.length - 1)]);
      this.failures += 1;
    } else if (error instanceof SignedOut) {
      this.ended += 1;
      this.told("signed_out", { address: error.address });
      this.soon(5000);
    } else if (error instanceof Refused) {
      // Trying again would not help; the next edit does, or an answer of the person.
      this.held = error.status === 409;
      this.told(error.status === 409 ? "newer" : "refused", error.data);
    } else throw error;
  }

  /** After a question: this window counts, over the revision it was told of. */
  overwrite(revision) {
    this.meta.revision = revision;
    this.held = false;
    this.changes += 1;
    return this.save();
  }

  /** What is shown is what the server holds. */
  settled(meta) {
    Object.assign(this.meta, meta);
    clearTimeout(this.timer);
    this.held = false;
    this.kept = this.changes;
    this.backup.clear();
  }
}
