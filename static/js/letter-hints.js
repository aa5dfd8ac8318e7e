/* Letters that may be the same matter, beside the form while the request is typed. Only
   place, subject and request are asked by; nothing at all once the letter is sealed. */
(() => {
  "use strict";

  const WAIT = 500; // milliseconds after the last key
  const box = document.querySelector("[data-hints]");
  const form = document.querySelector("form[data-entry]");
  if (!box || !form) return;
  const list = box.querySelector("[data-hints-list]");
  const value = (name) => form.elements[name]?.value ?? "";
  let timer = 0;
  let request = null;
  let asked = "";

  const isSealed = () =>
    form.elements.complains_about_someone?.checked ||
    value("category") === "accusation" ||
    [...form.querySelectorAll("[data-picker-post] input[type=text]")].some(
      (field) => !field.name.startsWith("second") && field.value.trim(),
    );

  function clear() {
    clearTimeout(timer);
    request?.abort();
    asked = "";
    list.replaceChildren();
  }

  async function ask() {
    if (isSealed()) return clear();
    const body = new URLSearchParams();
    for (const name of ["request", "place_id", "subject"]) body.set(name, value(name));
    if (body.get("request").trim().length < 4 || body.toString() === asked) return;
    asked = body.toString();
    request?.abort();
    request = new AbortController();
    try {
      const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
      const response = await fetch(box.dataset.hints, {
        method: "POST",
        body,
        signal: request.signal,
        redirect: "manual",
        headers: { "X-CSRFToken": token },
      });
      if (!response.ok || isSealed()) return;
      const answer = document.createElement("template");
      answer.innerHTML = await response.text();
      list.replaceChildren(answer.content);
    } catch {
      asked = ""; // hints are no promise: entry goes on without them
    }
  }

  const soon = (event) => {
    if (isSealed()) return clear();
    if (!["request", "place", "place_id", "subject", "complains_about_someone"].includes(event.target.name)) return;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("compositionend", soon);
  form.addEventListener("row:cleared", clear);
})();
