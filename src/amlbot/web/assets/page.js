"use strict";
// The page works without this. With it, an answer is added to the log once, whole, and the focus
// stays where the person writes.
{
  const byId = (id) => document.getElementById(id);
  const form = byId("talk");
  const text = byId("text");
  const send = byId("send");
  const SWAPPED = ["carried", "choices", "error", "kept", "emergency", "regions"];

  document.documentElement.classList.add("scripting");

  const show = (page) => {
    const news = [...page.querySelectorAll("#log > *")];
    byId("log").append(...news);
    for (const id of SWAPPED) byId(id).replaceWith(page.getElementById(id));
    form.setAttribute("action", page.getElementById("talk").getAttribute("action"));
    text.setAttribute("aria-invalid", page.getElementById("text").getAttribute("aria-invalid"));
    return news[0];
  };

  const ask = async (button, draft) => {
    const note = byId("note").value;
    const data = new URLSearchParams(new FormData(form));
    data.set("text", draft);
    if (button.name) data.append(button.name, button.value);
    data.append("only-new", "");
    const slow = setTimeout(() => { byId("status").textContent = form.dataset.looking; }, 400);
    let back = draft;
    try {
      const body = { method: "POST", body: data };
      const response = await fetch(form.getAttribute("action").split("#")[0], body);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!page.getElementById("talk")) throw new Error("not the page");
      const turn = show(page);
      back = page.getElementById("text").value;
      if (byId("note").value === note) byId("note").value = "";
      byId("status").textContent = button.name === "keep" ? form.dataset.kept : "";
      settle(button, turn);
    } catch {
      byId("status").textContent = "";
      byId("error").textContent = form.dataset.offline;
      text.focus();
    }
    clearTimeout(slow);
    if (button === send && !text.value) text.value = back;
  };

  // A choice that was tapped must not raise the keyboard of a phone over the answer.
  const settle = (button, turn) => {
    const tapped = button.name === "pick" && matchMedia("(pointer: coarse)").matches;
    if (button.name === "add") byId("note").focus();
    else if (button.name === "drop") byId("doctor-title").focus();
    else if (button.name === "set") byId("region").focus();
    else if (!tapped) text.focus({ preventScroll: true });
    turn?.scrollIntoView({ block: "start" });
  };

  // One at a time, in order, so that each carries what came before it.
  let queue = Promise.resolve();
  let waiting = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter ?? send;
    const draft = text.value;
    if (button === send) {
      if (waiting && !draft.trim()) return; // Enter, pressed twice
      text.value = "";
    }
    waiting += 1;
    queue = queue.then(() => ask(button, draft)).finally(() => { waiting -= 1; });
  });
  for (const [box, button] of [[text, send], [byId("note"), form.elements.add]]) {
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit(button);
    });
  }
  byId("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  text.focus({ preventScroll: true });
}
