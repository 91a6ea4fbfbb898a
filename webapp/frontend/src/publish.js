// Putting the draft in force: only once it is saved and nothing is left to mend, with a reason, and never over
// somebody else's version without having been told of it.
import { fill, openDialog, part } from "./dialogs.js";
import { Refused, SignedOut, ask } from "./server.js";
import { t } from "./language.js";

export function publisher({ config, draft, problems, say, meta }) {
  const reason = part("reason");

  const wait = async () => {
    part("publish-state").textContent = t("Saving and checking …");
    const saved = await draft.save();
    await problems.check();
    return saved;
  };

  const send = (seen) => ask("POST", config.addresses.publish, { revision: meta.revision, reason: reason.value.trim(), expected_newest: seen });

  async function attempt(seen) {
    try {
      const answer = await send(seen);
      draft.settled({});
      location.assign(answer.next);
    } catch (error) {
      if (error instanceof Refused && error.status === 409 && "newest" in error.data) return published(error.data);
      if (error instanceof Refused && error.data.problems) problems.draw(error.data.problems);
      say(error instanceof Refused ? error.message : error instanceof SignedOut ? t("Your session has ended. Sign in in another window, then publish again.") : t("That did not work. Try once more when the connection is back."));
    }
    return null;
  }

  async function published(facts) {
    fill("published-by", facts.message);
    part("published-compare").href = `${config.addresses.compare}?from=${meta.base_version ?? facts.newest}&to=${facts.newest}`;
    if ((await openDialog("published")) === "yes") await attempt(facts.newest);
  }

  /** What the draft changes, in the words of the comparison. Where it can't be had the dialog does without. */
  async function tellChanges() {
    const place = part("publish-changes");
    if (!place) return;
    place.hidden = true;
    try {
      const answer = await fetch(`${config.addresses.compare}?to=draft&part=list`, { redirect: "manual" });
      if (answer.status !== 200) return;
      part("publish-change-list").innerHTML = await answer.text();
      place.hidden = false;
    } catch {
      // The publishing itself tells that the connection is lost.
    }
  }

  return async () => {
    const saved = await wait();
    part("publish-state").textContent = "";
    if (!saved) return say(t("The draft could not be saved, so it can't be published yet. Nothing is lost."));
    if (!draft.meta.revision) return say(t("Nothing has been changed yet."));
    const blocking = problems.blocking.length;
    if (blocking) {
      document.dispatchEvent(new CustomEvent("view:show", { detail: { view: "problems" } }));
      problems.list.querySelector("button")?.focus();
      return say(t("First mend what stands under “Must be mended”: {n} left.", { n: blocking }));
    }
    const warnings = problems.found.length;
    fill("publish-warnings", warnings ? t("{n} warnings remain; they do not keep you from publishing.", { n: warnings }) : "");
    await tellChanges();
    if ((await openDialog("publish")) !== "yes") return null;
    if (!reason.value.trim()) return say(t("Say in a few words why."));
    return attempt(meta.newest_version ?? null);
  };
}
