// The page's dialogs: each is a <dialog> in the page; opening one gives the value of the button that closed it.

export function openDialog(name) {
  const dialog = document.querySelector(`dialog[data-dialog="${name}"]`);
  if (dialog.open) return Promise.resolve(null);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue || null), { once: true }));
}

/** A question that has to be answered: it comes back until it is. */
export async function insist(name) {
  for (;;) {
    const answer = await openDialog(name);
    if (answer) return answer;
  }
}

export const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** Put words into a dialog or bar of the page. */
export function fill(name, words) {
  for (const node of document.querySelectorAll(`[data-fill="${name}"]`)) node.textContent = words ?? "";
}
