// One line that says whether the draft is kept, and where.
import { part } from "./dialogs.js";
import { t } from "./language.js";

export function statusLine({ notices, conflict }) {
  const show = (words, state, link) => {
    const line = part("status");
    line.textContent = words;
    line.dataset.state = state;
    if (link) line.append(" ", link);
  };
  return (state, facts) => {
    if (state === "unsaved") {
      if (!["offline", "signed_out"].includes(part("status").dataset.state)) show(t("Not saved yet"), state);
    } else if (state === "saving") {
      if (!["offline", "signed_out"].includes(part("status").dataset.state)) show(t("Saving …"), state);
    } else if (state === "saved") {
      show(t("Saved {time}", { time: facts.saved_at }), state);
      notices.about(facts);
    } else if (state === "offline") show(t("No connection: kept in this browser and sent as soon as it is back."), state);
    else if (state === "signed_out") {
      const link = Object.assign(document.createElement("a"), { href: `${facts.address.split("?")[0]}?next=${encodeURIComponent(location.pathname)}`, target: "_blank", textContent: t("Sign in") });
      show(t("Your session has ended; everything is kept in this browser."), state, link);
    } else if (state === "newer") {
      show(t("Saved in another window meanwhile"), state);
      conflict(facts);
    } else if (state === "refused") show(facts.message ?? t("The server did not take it; it is kept in this browser."), state);
  };
}

statusLine.first = (meta) => {
  const line = part("status");
  line.dataset.state = "saved";
  line.textContent = meta.revision ? t("Draft saved {time}", { time: meta.saved_at }) : t("No changes yet");
};
