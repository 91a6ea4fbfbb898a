// Files are sent as soon as they are chosen, one by one, with their progress; the form then only names them.
"use strict";

(() => {
  const { form, words, say } = window.alurForm ?? {};
  if (!form) return;

  const LARGEST = 20 * 1024 * 1024;
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  let underway = 0;
  let waiting = null; // the button that was pressed while files were still on their way

  const element = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const fill = (text, name) => text.replace("{name}", name);

  const changed = () => form.dispatchEvent(new CustomEvent("work:changed"));

  function removeButton(name) {
    return element(
      "button",
      { type: "button", class: "button button-quiet button-small", "data-remove-file": "", "aria-label": `${words.remove} ${name}` },
      words.remove,
    );
  }

  function refuse(item, text) {
    item.className = "file is-refused";
    item.setAttribute("role", "alert");
    item.replaceChildren(text, removeButton(""));
  }

  function accept(item, box, document_) {
    if (!("multiple" in box.dataset)) {
      for (const other of [...item.parentElement.children]) if (other !== item) other.remove();
    }
    item.className = "file";
    item.replaceChildren(
      element("input", { type: "hidden", name: box.dataset.name, value: document_.id }),
      element("a", { href: document_.href }, document_.name),
      " ",
      element("span", { class: "file-size" }, document_.size),
      removeButton(document_.name),
    );
    say(words.done ? fill(words.done, document_.name) : document_.name);
    changed();
  }

  function send(box, file) {
    const item = element("li", { class: "file" });
    box.querySelector("[data-files]").append(item);
    if (file.size > LARGEST) {
      refuse(item, fill(words.too_large, file.name));
      return;
    }
    const bar = element("progress", { max: 100, value: 0, "aria-label": fill(words.uploading, file.name) });
    item.append(element("span", {}, file.name), bar);
    const body = new FormData();
    body.append("path", box.dataset.path);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.files);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    });
    request.addEventListener("loadend", () => {
      underway -= 1;
      if (request.status === 200 && request.response?.id) accept(item, box, request.response);
      else if (request.status === 401) refuse(item, words.signed_out);
      else refuse(item, request.response?.problem ?? fill(words.upload_failed, file.name));
      if (underway === 0 && waiting) {
        const button = waiting;
        waiting = null;
        if (!form.querySelector(".file.is-refused")) form.requestSubmit(button);
      }
    });
    underway += 1;
    request.send(body);
  }

  form.addEventListener("change", (event) => {
    const box = event.target.type === "file" && event.target.closest("[data-upload]");
    if (!box) return;
    for (const file of event.target.files) send(box, file);
    event.target.value = "";
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-file]");
    if (!button) return;
    event.preventDefault();
    const box = button.closest("[data-upload]");
    button.closest("li").remove();
    box.querySelector("input[type=file]").focus();
    changed();
  });

  // Sending waits for files that are still on their way.
  form.addEventListener("submit", (event) => {
    if (underway === 0) return;
    event.preventDefault();
    waiting = event.submitter;
    say(form.querySelector("progress")?.getAttribute("aria-label") ?? "");
  }, true);
})();
