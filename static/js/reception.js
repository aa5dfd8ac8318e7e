/* Reception day. A saved row is kept (RowStore) and the next begins at once; rows are
   sent one after the other, each with a key of its own, so a row that arrives twice is
   one letter. A sealed row is never kept: it is sent and waited for. */
(() => {
  "use strict";

  const AGAIN = 5000; // milliseconds until a failed sending is tried again
  const DRAFT = "draft";
  const STICKY = ["office", "received_on", "channel", "stop", "session", "category", "place", "place_id", "typed_by"];
  const form = document.querySelector("[data-reception]");
  if (!form) return;
  const words = JSON.parse(document.getElementById("reception-words").textContent);
  const account = form.elements.typed_by.value;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const waiting = part("waiting");
  const more = part("more");
  const first = form.elements.name;
  let rows = []; // { key, values, isStored, errors }
  let above = null; // the row before, for ditto
  let trouble = "";
  let isSending = false;
  let timer = 0;
  let isSafe = true;
  let openedOn = new Date().toDateString();

  // --- The form as values, and back ----------------------------------------------

  const named = () =>
    [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "submit");

  function values() {
    const found = {};
    for (const field of named()) {
      if (field.type === "checkbox") {
        if (field.checked) found[field.name] = "on";
      } else found[field.name] = field.value;
    }
    return found;
  }

  function fill(wanted) {
    for (const field of named()) {
      if (field.type === "checkbox") field.checked = wanted[field.name] === "on";
      else field.value = wanted[field.name] ?? "";
    }
    more.open ||= Boolean(
      ["representatives", "help_wanted", "identity_document", "external_ref", "is_oral", "is_read_back", "is_child"].some(
        (name) => wanted[name],
      ) || Number(wanted.people) > 1,
    );
  }

  function isSealed(row) {
    return Boolean(
      row.complains_about_someone || row.category === "accusation" || row.official?.trim() || row.unit?.trim(),
    );
  }

  const isEmpty = (row) =>
    !["name", "contact", "address", "request", "facts", "representatives", "official", "unit", "urgent_reason"].some(
      (name) => row[name]?.trim(),
    );

  function begin(row) {
    const next = { people: "1", client_key: crypto.randomUUID?.() ?? newKey() };
    for (const name of STICKY) next[name] = row[name] ?? "";
    const number = Number(row.queue_number);
    if (number > 0 && number < 9999) next.queue_number = String(number + 1);
    if (openedOn !== new Date().toDateString()) {
      // The page lay open overnight: day and queue begin anew.
      openedOn = new Date().toDateString();
      next.received_on = new Date().toLocaleDateString("sv"); // as 2026-11-30
      delete next.queue_number;
    }
    for (const error of form.querySelectorAll(".invalid-feedback, .alert")) error.remove();
    for (const field of form.querySelectorAll(".is-invalid")) field.classList.remove("is-invalid");
    more.open = false;
    fill(next);
    form.dispatchEvent(new CustomEvent("row:cleared"));
    first.focus();
  }

  function newKey() {
    // crypto.randomUUID is missing without a safe connection; random bytes are not.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // --- What is said ------------------------------------------------------------------

  const say = (text) => (part("status").textContent = text);

  function show() {
    const open = rows.filter((row) => !row.errors);
    const count = open.length === 1 ? words.waiting_one : words.waiting.replace("%(n)s", open.length);
    waiting.hidden = !(open.length && (trouble || open.length > 2)) && isSafe;
    waiting.textContent = [open.length ? count : "", trouble, isSafe ? "" : words.memory].filter(Boolean).join(" ");
    const signOut = document.querySelectorAll("form[data-sign-out]");
    for (const other of signOut) {
      if (rows.length) other.dataset.confirm = words.sign_out;
      else delete other.dataset.confirm;
    }
    const faulty = rows.filter((row) => row.errors);
    part("faulty").hidden = !faulty.length;
    part("faulty-list").replaceChildren(...faulty.map(faultyItem));
  }

  function faultyItem(row) {
    const item = document.createElement("li");
    item.className = "row-line";
    const text = document.createElement("span");
    text.textContent = `${row.values.request || row.values.queue_number || "…"}: ${row.errors}`;
    const correct = button(words.correct, () => {
      if (!isEmpty(values())) return say(words.busy);
      forget(row);
      fill(row.values);
      first.focus();
    });
    item.append(text, correct, button(words.drop, () => forget(row)));
    return item;
  }

  function button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  // --- Keeping and sending --------------------------------------------------------------

  async function keep(key, at, row) {
    try {
      await RowStore.put(key, account, at, row);
      return true;
    } catch {
      isSafe = false;
      return false;
    }
  }

  const letGo = (key) => RowStore.drop(key).catch(() => {});

  function forget(row) {
    rows = rows.filter((other) => other !== row);
    letGo(row.key);
    show();
  }

  async function post(row) {
    const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
    return fetch(form.dataset.reception, {
      method: "POST",
      body: new URLSearchParams(row),
      redirect: "manual", // a redirect means that the sign-in has expired
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      signal: AbortSignal.timeout(20000),
    });
  }

  /* What became of a row: "done", the text of its errors, or null while it must wait. */
  async function outcome(row) {
    try {
      return await answerTo(await post(row));
    } catch {
      trouble = words.offline;
      return null;
    }
  }

  async function answerTo(response) {
    if (response.status === 201) {
      trouble = "";
      const answer = document.createElement("template");
      answer.innerHTML = (await response.json()).row;
      part("saved").prepend(answer.content);
      part("none")?.remove();
      return "done";
    }
    if (response.status === 422) {
      const { errors } = await response.json();
      return Object.entries(errors).map(([name, texts]) => [name, texts.join(" ")].filter(Boolean).join(": ")).join(" ");
    }
    if (response.status === 409) trouble = words.other;
    else if (response.type === "opaqueredirect" || response.status === 403) trouble = words.signed_out;
    else trouble = words.offline;
    return null;
  }

  async function send() {
    clearTimeout(timer);
    if (isSending) return;
    isSending = true;
    for (let row; (row = rows.find((other) => !other.errors)); ) {
      const result = await outcome(row.values);
      if (result === null) break;
      if (result === "done") forget(row);
      else row.errors = result;
      show();
    }
    isSending = false;
    show();
    if (rows.some((row) => !row.errors)) timer = setTimeout(send, AGAIN);
  }

  async function save() {
    const row = values();
    if (!form.elements.request.value.trim()) return form.elements.request.focus();
    if (!row.place.trim()) return form.elements.place.focus();
    if (isSealed(row)) return saveSealed(row);
    const at = Date.now();
    const kept = { key: row.client_key, values: row };
    rows.push(kept);
    above = row;
    begin(row);
    say(words.kept);
    await keep(kept.key, at, row);
    await letGo(DRAFT);
    show();
    send();
  }

  async function saveSealed(row) {
    if (isSending) return setTimeout(() => saveSealed(row), 50);
    isSending = true;
    const result = await outcome(row);
    isSending = false;
    if (result === "done") {
      above = null;
      begin({ ...row, category: row.category === "accusation" ? "" : row.category });
      say(words.kept);
    } else say(result ?? words.unsent_sealed);
    send();
  }

  // --- Keys and drafts -----------------------------------------------------------------------

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });

  const DITTO = ["〃", "″", '"', "”", "“"];

  function repeat(field) {
    if (!above || !field.name || !(field.name in above)) return;
    field.value = above[field.name];
    if (field.name === "place") form.elements.place_id.value = above.place_id;
  }

  window.addEventListener(
    "keydown",
    (event) => {
      // On the window, so that a value is repeated before Enter goes on.
      if (event.target.form !== form || event.isComposing || event.keyCode === 229) return;
      if (event.key === "F2") {
        event.preventDefault();
        more.open = !more.open;
        if (more.open) form.elements.people.focus();
        else first.focus();
      } else if (event.ctrlKey && (event.code === "Quote" || event.key === "'")) {
        event.preventDefault();
        repeat(event.target);
      } else if (["Enter", "Tab"].includes(event.key) && DITTO.includes(event.target.value?.trim())) {
        repeat(event.target);
      }
    },
    true,
  );

  let drafting = 0;
  function draft() {
    clearTimeout(drafting);
    const row = values();
    if (isSealed(row)) return letGo(DRAFT);
    drafting = setTimeout(() => {
      const now = values();
      if (isSealed(now) || isEmpty(now)) letGo(DRAFT);
      else keep(DRAFT, Date.now(), now);
    }, 150);
  }
  form.addEventListener("input", draft);
  form.addEventListener("change", draft);

  for (const kind of ["online", "focus", "pageshow"]) window.addEventListener(kind, () => rows.length && send());

  window.addEventListener("beforeunload", (event) => {
    // What lies in the store comes back; only what does not is worth a question.
    const row = values();
    if ((!isSafe && (rows.length || !isEmpty(row))) || (isSealed(row) && !isEmpty(row))) event.preventDefault();
  });

  (async () => {
    try {
      const found = await RowStore.all(account);
      const unfinished = found.find((row) => row.key === DRAFT);
      rows = [...found.filter((row) => row.key !== DRAFT), ...rows];
      if (unfinished && isEmpty(values())) fill(unfinished.values);
    } catch {
      isSafe = false;
    }
    form.dataset.ready = "1";
    show();
    if (rows.length) send();
  })();
})();
