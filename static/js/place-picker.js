/* The place picker: a text field that offers places of the code book while one types.

   Markup: templates/cadres/_place_picker.html. What it offers comes as
   <li role="option"> lines from the address in data-url. Everything is delegated to the
   document, so fields that are added later work, too. */
(() => {
  "use strict";

  const WAIT = 150; // milliseconds after the last key
  const states = new WeakMap(); // text field → { timer, request, active, moved }

  const fieldOf = (element) =>
    element instanceof HTMLInputElement && element.type === "text" && element.closest("[data-picker]")
      ? element
      : null;
  const partsOf = (field) => {
    const picker = field.closest("[data-picker]");
    return {
      picker,
      list: picker.querySelector("[data-picker-list]"),
      id: picker.querySelector("[data-picker-id]"),
      status: picker.querySelector("[data-picker-status]"),
    };
  };
  const stateOf = (field) => {
    if (!states.has(field)) states.set(field, { timer: 0, request: null, active: null, moved: false });
    return states.get(field);
  };
  const optionsOf = (list) => [...list.querySelectorAll('[role="option"]')];

  function prepare(field) {
    if (field.getAttribute("role") === "combobox") return;
    const { list } = partsOf(field);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", list.id);
  }

  const isOpen = (field) => field.getAttribute("aria-expanded") === "true";

  function close(field) {
    const { list, status } = partsOf(field);
    const state = stateOf(field);
    clearTimeout(state.timer);
    state.request?.abort();
    state.request = state.active = null;
    state.moved = false;
    list.hidden = true;
    list.replaceChildren();
    if (status) status.textContent = "";
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function activate(field, option) {
    const { list } = partsOf(field);
    for (const other of optionsOf(list)) other.setAttribute("aria-selected", String(other === option));
    stateOf(field).active = option;
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function show(field, html) {
    const { list, status } = partsOf(field);
    const answer = document.createElement("template");
    answer.innerHTML = html;
    const lines = [...answer.content.querySelectorAll("li")];
    const options = lines.filter((line) => line.getAttribute("role") === "option");
    options.forEach((option, index) => {
      option.id = `${list.id}-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    list.replaceChildren(...lines);
    list.hidden = lines.length === 0;
    field.setAttribute("aria-expanded", String(options.length > 0));
    stateOf(field).moved = false;
    activate(field, options[0] ?? null);
    // After the option, whose own scrolling would end this one.
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    if (status) status.textContent = options.length ? `${options.length}` : (lines[0]?.textContent ?? "");
  }

  async function ask(field) {
    const { picker } = partsOf(field);
    const state = stateOf(field);
    const text = field.value.trim();
    state.request?.abort();
    if (!text) return close(field);
    const request = (state.request = new AbortController());
    const address = new URL(picker.dataset.url, document.baseURI);
    const asked = { signal: request.signal, headers: { "HX-Request": "true" } };
    if ("pickerPost" in picker.dataset) {
      // Whom a letter complains about stands in no address.
      asked.method = "POST";
      asked.body = new URLSearchParams({ q: text });
      asked.headers["X-CSRFToken"] = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
    } else address.searchParams.set("q", text);
    picker.classList.add("is-busy");
    try {
      const response = await fetch(address, asked);
      // A redirect means the sign-in has expired: the typed text stays and is resolved later.
      if (!response.ok || response.redirected) return close(field);
      const html = await response.text();
      if (request === state.request && document.activeElement === field) show(field, html);
    } catch (error) {
      if (error.name !== "AbortError") close(field);
    } finally {
      if (request === state.request || !state.request) picker.classList.remove("is-busy");
    }
  }

  function askSoon(field) {
    const state = stateOf(field);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => ask(field), WAIT);
  }

  function setId(field, value) {
    const { id } = partsOf(field);
    if (id.value === value) return;
    id.value = value;
    id.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function choose(field, option) {
    field.value = option.dataset.label;
    close(field);
    setId(field, option.dataset.id);
  }

  function move(field, step) {
    const options = optionsOf(partsOf(field).list);
    if (!options.length) return;
    const state = stateOf(field);
    const now = options.indexOf(state.active);
    state.moved = true;
    activate(field, options[(now + step + options.length) % options.length]);
  }

  document.addEventListener("focusin", (event) => {
    const field = fieldOf(event.target);
    if (field) prepare(field);
  });

  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    prepare(field);
    setId(field, "");
    if (!event.isComposing) askSoon(field);
  });

  document.addEventListener("compositionend", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    setId(field, "");
    askSoon(field);
  });

  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event.target);
    if (!field || event.isComposing || event.keyCode === 229) return;
    const state = stateOf(field);
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        if (isOpen(field)) move(field, event.key === "ArrowDown" ? 1 : -1);
        else ask(field);
        break;
      case "Enter":
        if (!partsOf(field).list.hidden) {
          event.preventDefault();
          if (state.active) choose(field, state.active);
        }
        break;
      case "Escape":
        if (!partsOf(field).list.hidden) {
          event.preventDefault();
          event.stopPropagation();
          close(field);
        }
        break;
      case "Tab":
        // Only what was reached on purpose is taken along; typed text stays as it is.
        if (state.active && state.moved) choose(field, state.active);
        else close(field);
        break;
    }
  });

  // A press on the list must not take the focus from the field.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-picker-list]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.('[data-picker-list] [role="option"]');
    if (!option) return;
    const field = option.closest("[data-picker]").querySelector('input[type="text"]');
    choose(field, option);
    field.focus();
  });

  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event.target);
    if (field) close(field);
  });

  // Fields that stand in the page or arrive later say what they are before they get focus.
  const prepareAll = (root) =>
    root.querySelectorAll('[data-picker] input[type="text"]').forEach((field) => prepare(field));
  prepareAll(document);
  document.addEventListener("formset:added", (event) => prepareAll(event.target));
  document.addEventListener("htmx:after:swap", () => prepareAll(document));
})();
