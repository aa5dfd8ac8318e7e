/* Entry of letters with keys alone. form[data-entry]: Enter goes to the next field,
   Ctrl+Enter sends; with data-entry-saves Enter in the last field sends, too. Enter that
   belongs to an input method does nothing here. */
(() => {
  "use strict";

  const LONGEST_WAIT = 1500; // milliseconds for a picker that has not answered yet
  const isComposing = (event) => event.isComposing || event.keyCode === 229;

  const fieldsOf = (form) =>
    [...form.elements].filter(
      (field) =>
        ["INPUT", "SELECT", "TEXTAREA"].includes(field.tagName) &&
        !["hidden", "submit", "button"].includes(field.type) &&
        !field.disabled &&
        field.tabIndex >= 0 &&
        field.checkVisibility(),
    );

  function goOn(field) {
    const form = field.form;
    const fields = fieldsOf(form);
    const next = fields[fields.indexOf(field) + 1];
    if (next) {
      next.focus();
      if (next.select && next.type !== "date") next.select();
    } else if ("entrySaves" in form.dataset) form.requestSubmit();
    else form.querySelector("[data-entry-save]")?.focus();
  }

  /* Initials become the subject's name, from the list in the page. */
  function settleSubject(field) {
    const typed = field.value.trim().toLowerCase();
    if (!typed) return;
    const options = [...(field.list?.options ?? [])];
    if (options.some((option) => option.value === field.value)) return;
    const exact = options.filter((option) => option.dataset.initials === typed);
    const begun = options.filter(
      (option) => option.dataset.initials.startsWith(typed) || option.value.includes(field.value.trim()),
    );
    const found = exact.length ? exact : begun;
    if (found.length !== 1) return;
    field.value = found[0].value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const isOpen = (field) => field.getAttribute("aria-expanded") === "true";
  const idOf = (field) => field.closest("[data-picker]")?.querySelector("[data-picker-id]");

  /* A place that is typed faster than the list comes: wait for the list, take its first. */
  function settlePicker(field) {
    const until = Date.now() + LONGEST_WAIT;
    const look = () => {
      if (document.activeElement !== field) return;
      if (isOpen(field)) {
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      } else if (Date.now() < until && navigator.onLine && !idOf(field).value) setTimeout(look, 20);
      else goOn(field);
    };
    look();
  }

  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-entry] [data-subject]")) settleSubject(event.target);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      const field = event.target;
      const form = field.form;
      if (!form || !("entry" in form.dataset) || event.key !== "Enter" || isComposing(event)) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        if (field.matches("[data-subject]")) settleSubject(field);
        form.requestSubmit();
        return;
      }
      if (event.shiftKey || event.altKey || !fieldsOf(form).includes(field)) return;
      if (field.tagName === "TEXTAREA" && !("entrySaves" in form.dataset)) return;
      if (field.closest("[data-picker]")) {
        if (isOpen(field)) {
          setTimeout(() => goOn(field)); // the picker takes its choice first
          return;
        }
        event.preventDefault();
        if (field.value.trim() && !idOf(field).value) settlePicker(field);
        else goOn(field);
        return;
      }
      event.preventDefault();
      if (field.matches("[data-subject]")) settleSubject(field);
      goOn(field);
    },
    true,
  );

  /* What is sealed is kept nowhere: app.js then keeps no draft of it. */
  const isSealed = (form) =>
    ["complains_about_someone", "second-complains_about_someone"].some((name) => form.elements[name]?.checked) ||
    ["category", "second-category"].some((name) => form.elements[name]?.value === "accusation") ||
    [...form.querySelectorAll("[data-picker-post] input[type=text]")].some((field) => field.value.trim());

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if ("entry" in form.dataset && "draft" in form.dataset && isSealed(form)) delete form.dataset.draft;
    },
    true,
  );

  const first = document.querySelector("form[data-entry]");
  if (first && !document.querySelector("main [aria-invalid='true'], main .is-invalid")) {
    const start = first.querySelector("[name=name]") ?? first.querySelector("[name=received_on]");
    start?.focus({ preventScroll: true });
  }
})();
