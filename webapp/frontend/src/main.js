// The modeler's page: reads what the server put into it, opens the draft, and ties the parts together.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/assets/properties-panel.css";
import "./page.css";
import { Backup } from "./backup.js";
import { fill, insist, openDialog, part } from "./dialogs.js";
import { Draft } from "./draft.js";
import { chooseFile, downloadDiagram, downloadPicture } from "./files.js";
import { Fixes, rename } from "./fixes.js";
import { missing, speak, t } from "./language.js";
import { createModeler, fit, show } from "./modeler.js";
import { processOf } from "./model.js";
import { Notices } from "./notices.js";
import { Problems } from "./problems.js";
import { publisher } from "./publish.js";
import { Refused, ask } from "./server.js";
import { statusLine } from "./status.js";
import { toolbar } from "./toolbar.js";

const config = JSON.parse(document.getElementById("design-config").textContent);
speak(config.language);

const say = (words) => {
  part("say").textContent = words;
  part("toast").textContent = words;
  part("toast").hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (part("toast").hidden = true), 6000);
};

start().catch((error) => {
  part("status").textContent = t("The diagram could not be opened.");
  say(error instanceof Refused ? error.message : t("The diagram could not be opened. Reload the page when the connection is back."));
  throw error;
});

async function start() {
  const [stored, choices] = await Promise.all([ask("GET", config.addresses.draft), ask("GET", config.addresses.choices)]);
  const modeler = createModeler({ canvas: part("canvas"), panel: part("panel"), choices, person: config.person });
  const backup = new Backup(config.person, config.key);
  const meta = { ...stored, xml: undefined, forms: undefined };
  const notices = new Notices(config);
  const reveal = (id, entry, text) => modeler.get("reveal").show(id, entry, text);
  const draft = new Draft({ modeler, address: config.addresses.draft, meta, backup, told: statusLine({ notices, conflict: (facts) => conflict(facts) }) });
  const load = async ({ xml, forms }) => {
    modeler.get("forms").load(forms);
    notices.unread(await show(modeler, xml).catch((error) => unreadable(error)));
  };
  const unreadable = (error) => {
    say(t("This file could not be drawn: {reason}", { reason: error.message }));
    throw error;
  };

  const fixes = new Fixes({ modeler, config, reveal, say, recheck: () => problems.soon(0), reload: (fresh) => takeChoices(fresh) });
  const takeChoices = (fresh) => {
    Object.assign(choices, fresh);
    modeler.get("eventBus").fire("propertiesPanel.providersChanged");
  };
  const problems = new Problems({ modeler, draft, address: config.addresses.problems, list: part("problems"), summary: part("summary"), fixes, reveal });

  async function conflict(facts) {
    fill("newer-text", facts.revision ? t("You have this draft open in another window, which saved it at {time}.", { time: facts.at }) : t("This draft was published or discarded in another window."));
    if ((await insist("newer")) === "mine") return draft.overwrite(facts.revision);
    try {
      const fresh = await ask("GET", config.addresses.draft);
      await load(fresh);
      draft.settled({ ...fresh, xml: undefined, forms: undefined });
      statusLine.first(meta);
      return say(t("This is the draft of the other window."));
    } catch {
      say(t("That did not work. Try once more when the connection is back."));
      return conflict(facts);
    }
  }

  /** A new process begins as a copy of another one. */
  async function begin() {
    const other = await ask("GET", config.addresses.copy);
    await load(other);
    rename(modeler, { id: config.key, name: config.name });
    history.replaceState(null, "", location.pathname);
  }

  async function takeFile() {
    const xml = await chooseFile(".bpmn,.xml,application/xml,text/xml");
    if (!xml) return;
    const before = await draft.content();
    try {
      await load({ xml, forms: before.forms });
      draft.touch();
      say(t("The file is open as your draft. What is in force has not changed."));
    } catch {
      await load(before);
    }
  }

  async function discard() {
    if ((await openDialog("discard")) !== "yes") return;
    try {
      if (meta.revision) await ask("DELETE", config.addresses.draft);
    } catch (error) {
      if (!(error instanceof Refused)) return say(t("That did not work. Try once more when the connection is back."));
    }
    draft.settled({});
    location.assign(config.addresses.listing);
  }

  await load(stored);
  notices.about(meta);
  statusLine.first(meta);
  await offerBackup({ backup, stored, load, draft });
  if (config.addresses.copy && stored.revision === 1 && !draft.dirty) await begin();
  // The form builder leads back to the step that uses a form.
  if (location.hash) reveal(decodeURIComponent(location.hash.slice(1)));

  toolbar({
    modeler,
    actions: {
      fit: () => fit(modeler),
      undo: () => modeler.get("commandStack").undo(),
      redo: () => modeler.get("commandStack").redo(),
      save: () => draft.dirty ? draft.save() : say(t("Everything is saved.")),
      shortcuts: () => openDialog("shortcuts"),
      upload: takeFile,
      "download-bpmn": () => downloadDiagram(modeler, config.key),
      "download-svg": () => downloadPicture(modeler, config.key),
      discard,
      publish: publisher({ config, draft, problems, say, meta }),
    },
  });
  // The page is called what the process is called.
  modeler.on(["commandStack.changed", "import.done"], () => {
    const name = processOf(modeler.get("canvas").getRootElement())?.name || config.name;
    document.querySelector("h1").textContent = name;
    document.title = `${name} · ${document.title.split(" · ").slice(-2).join(" · ")}`;
  });
  leaving(draft);
  lookAround({ address: `${config.addresses.draft}?brief=1`, notices });
  // For those who look over the page's shoulder: tests and the console.
  window.alurModeler = { modeler, draft, problems, missing, show: (xml) => show(modeler, xml) };
}

/** What a closed tab or a lost connection left in this browser and the server never got. */
async function offerBackup({ backup, stored, load, draft }) {
  const kept = backup.read();
  if (!kept?.xml) return;
  const same = kept.xml === stored.xml && JSON.stringify(kept.forms) === JSON.stringify(stored.forms);
  if (same) return backup.clear();
  fill("backup-time", new Date(kept.at).toLocaleString(config.language === "id" ? "id-ID" : "en-GB", { dateStyle: "long", timeStyle: "short" }));
  part("backup-older").hidden = kept.revision === stored.revision;
  if ((await insist("backup")) === "restore") {
    await load(kept);
    draft.touch();
  } else backup.clear();
}

function leaving(draft) {
  // A text still being typed becomes an edit when its field is left.
  const settle = () => document.activeElement?.closest?.(".bio-properties-panel") && document.activeElement.blur();
  window.addEventListener("beforeunload", (event) => {
    settle();
    if (!draft.dirty) return;
    draft.copy();
    event.preventDefault();
  });
  window.addEventListener("pagehide", () => draft.copy());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && settle());
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-leave]");
    if (!link || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    settle();
    await draft.save();
    location.assign(link.href); // where it could not be saved, the browser asks first
  });
}

/** Whether somebody else has published or begun to draw meanwhile: every now and then, and when the window is seen again. */
function lookAround({ address, notices }) {
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      // The page looks by itself: no sign that somebody sits before it.
      notices.about(await ask("GET", address, undefined, { "X-Refresh": "1" }));
    } catch {
      // The next look, or the next save, will say what is wrong.
    }
  };
  setInterval(look, 60_000);
  window.addEventListener("focus", look);
}
