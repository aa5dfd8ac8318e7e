/* Rows of a formset, added, taken out and moved without a reload.

   [data-formset="prefix"]        around everything
     [data-formset-rows]          holds the rows (or else the container itself)
       [data-formset-row]         one form
     <template data-formset-empty>  the empty form, with __prefix__
     [data-formset-add] [data-formset-remove] [data-formset-up] [data-formset-down]
     [data-formset-status]        optional; aria-live. data-added, data-removed,
                                  data-moved on the container are what it says
     [data-formset-number]        optional, in a row: shows its place, 1 to n

   The buttons are submit buttons, so that the server does the same without JavaScript. */
(() => {
  "use strict";

  const FIELDS = "input, select, textarea, button, output, label, [id], [aria-describedby]";
  const ATTRIBUTES = ["name", "id", "for", "aria-describedby", "aria-controls", "aria-labelledby"];

  const rowsBox = (set) => set.querySelector("[data-formset-rows]") ?? set;
  const rowsOf = (set) =>
    [...set.querySelectorAll("[data-formset-row]")].filter((row) => row.closest("[data-formset]") === set);
  const shownRows = (set) => rowsOf(set).filter((row) => !row.hidden);
  const management = (set, name) => set.querySelector(`[name="${set.dataset.formset}-${name}"]`);
  const own = (row, name) => row.querySelector(`[name$="-${name}"]`);

  function say(set, text) {
    let status = set.querySelector("[data-formset-status]");
    if (!status) {
      status = document.createElement("p");
      status.className = "visually-hidden";
      status.setAttribute("role", "status");
      status.dataset.formsetStatus = "";
      set.append(status);
    }
    status.textContent = text ?? "";
  }

  const indexOf = (set, row) => {
    const prefix = `${set.dataset.formset}-`;
    return Number(row.querySelector(`[name^="${prefix}"]`).name.slice(prefix.length).split("-")[0]);
  };
  const isSaved = (set, row) => indexOf(set, row) < Number(management(set, "INITIAL_FORMS")?.value ?? 0);

  /* Close the gaps in the indexes, for Django wants 0 to TOTAL_FORMS - 1. Every index
     goes down to a free one, so no two radio groups ever share a name. Where a row
     stands is told by ORDER alone. */
  function renumber(set) {
    const rows = rowsOf(set);
    [...rows]
      .sort((one, other) => indexOf(set, one) - indexOf(set, other))
      .forEach((row, place) => reindex(row, set.dataset.formset, indexOf(set, row), place));
    management(set, "TOTAL_FORMS").value = rows.length;
    shownRows(set).forEach((row, place) => {
      const order = own(row, "ORDER");
      if (order) order.value = place + 1;
      const number = row.querySelector("[data-formset-number]");
      if (number) number.textContent = place + 1;
    });
    const atMost = Number(management(set, "MAX_NUM_FORMS")?.value || 1000);
    set.querySelectorAll("[data-formset-add]").forEach((button) => {
      button.disabled = shownRows(set).length >= atMost;
    });
    shownRows(set).forEach((row, place, all) => {
      row.querySelectorAll("[data-formset-up]").forEach((button) => (button.disabled = place === 0));
      row.querySelectorAll("[data-formset-down]").forEach((button) => (button.disabled = place === all.length - 1));
    });
  }

  function reindex(row, prefix, from, to) {
    if (from === to) return;
    for (const element of row.querySelectorAll(FIELDS)) {
      for (const attribute of ATTRIBUTES) {
        const value = element.getAttribute(attribute);
        if (value?.includes(`${prefix}-${from}-`)) {
          element.setAttribute(attribute, value.replaceAll(`${prefix}-${from}-`, `${prefix}-${to}-`));
        }
      }
    }
  }

  function focusFirst(row) {
    row?.querySelector("input:not([type=hidden]):not([disabled]), select, textarea, button")?.focus();
  }

  function changed(set, kind, target) {
    set.dispatchEvent(new Event("change", { bubbles: true }));
    target.dispatchEvent(new CustomEvent(`formset:${kind}`, { bubbles: true }));
  }

  function add(set) {
    const template = set.querySelector("template[data-formset-empty]");
    const index = management(set, "TOTAL_FORMS").value;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", index);
    const row = holder.content.querySelector("[data-formset-row]");
    const last = rowsOf(set).at(-1);
    if (last) last.after(row);
    else if (rowsBox(set) === set) template.before(row);
    else rowsBox(set).append(row);
    window.htmx?.process(row);
    renumber(set);
    focusFirst(row);
    say(set, set.dataset.added);
    changed(set, "added", row);
  }

  function remove(set, row) {
    const shown = shownRows(set);
    const next = shown[shown.indexOf(row) + 1] ?? shown[shown.indexOf(row) - 1];
    if (isSaved(set, row)) {
      own(row, "DELETE").checked = true;
      row.hidden = true;
    } else {
      row.remove();
    }
    renumber(set);
    if (next) focusFirst(next);
    else set.querySelector("[data-formset-add]")?.focus();
    say(set, set.dataset.removed);
    changed(set, "removed", set);
  }

  function move(set, row, button, step) {
    const shown = shownRows(set);
    const other = shown[shown.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    renumber(set);
    if (button.disabled) {
      row.querySelector(step < 0 ? "[data-formset-down]" : "[data-formset-up]")?.focus();
    } else {
      button.focus();
    }
    say(set, set.dataset.moved);
    changed(set, "moved", row);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(
      "[data-formset-add], [data-formset-remove], [data-formset-up], [data-formset-down]",
    );
    const set = button?.closest("[data-formset]");
    if (!set || !management(set, "TOTAL_FORMS")) return;
    event.preventDefault();
    const row = button.closest("[data-formset-row]");
    if ("formsetAdd" in button.dataset) add(set);
    else if ("formsetRemove" in button.dataset) remove(set, row);
    else move(set, row, button, "formsetUp" in button.dataset ? -1 : 1);
  });

  document.querySelectorAll("[data-formset]").forEach((set) => {
    if (management(set, "TOTAL_FORMS")) {
      // A row that came back marked for deletion stays out of sight.
      rowsOf(set).forEach((row) => {
        if (own(row, "DELETE")?.checked) row.hidden = true;
      });
      renumber(set);
    }
  });
})();
