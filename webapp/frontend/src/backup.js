// What the server does not hold yet, kept in this browser so that a closed tab loses nothing. Removed once it is saved:
// a shared computer must not keep drafts.

export class Backup {
  constructor(person, process) {
    this.name = `alur-design:${person}:${process}`;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name));
    } catch {
      return null;
    }
  }

  write(content) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ ...content, at: Date.now() }));
    } catch {
      // Full or switched off: the draft on the server is still there.
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // Nothing was written either.
    }
  }
}
