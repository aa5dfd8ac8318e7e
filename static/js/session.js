/* The end of a session, without losing what was typed.

   A session ends when nobody was at the keyboard for a time (data-idle, seconds). Keys and
   clicks are told to the server; a minute before the end a dialog warns. Then a page with
   unsent words is covered until its owner has signed in again in another tab; any other
   page asks for a sign-in. */
(() => {
  "use strict";

  const body = document.body;
  const idle = Number(body.dataset.idle) * 1000;
  const dialog = document.getElementById("session-dialog");
  if (!idle || !dialog) return;

  const address = dialog.dataset.state;
  const WARN = 60000;
  const TELL = 20000; // at most one word to the server in this time
  let heard = Date.now(); // when the server last knew of someone
  let wasTyped = false;
  let isCovered = false;
  let isTelling = false;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;

  const ask = async (method) => {
    const headers = { Accept: "application/json" };
    if (method === "POST") {
      headers["X-CSRFToken"] = document.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
    }
    const answer = await fetch(address, { method, headers });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const show = (part) => {
    dialog.querySelectorAll("[data-part]").forEach((it) => (it.hidden = it.dataset.part !== part));
    if (!dialog.open) dialog.showModal();
  };
  const close = () => dialog.open && !isCovered && dialog.close();

  const tell = async () => {
    if (isTelling || isCovered) return;
    isTelling = true;
    try {
      const state = await ask("POST");
      if (String(state.account) === body.dataset.account) {
        heard = Date.now();
        others?.postMessage(heard);
        close();
      } else {
        heard = Date.now() - idle; // `look` covers the page; a form just sent goes first
      }
    } catch {
      /* no network: the next key tries again */
    } finally {
      isTelling = false;
    }
  };

  const over = () => {
    if (isCovered) return;
    if (!wasTyped) {
      location.reload();
      return;
    }
    isCovered = true;
    body.classList.add("covered");
    show("over");
  };

  // Signed in again elsewhere: the words stay, the page's token is renewed.
  const comeBack = async () => {
    if (!isCovered) return;
    const state = await ask("GET").catch(() => ({}));
    if (!state.account) return;
    if (String(state.account) !== body.dataset.account) {
      location.reload();
      return;
    }
    document.querySelectorAll('[name="csrfmiddlewaretoken"]').forEach((it) => (it.value = state.token));
    body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": state.token }));
    isCovered = false;
    heard = Date.now();
    body.classList.remove("covered");
    dialog.close();
  };

  const look = async () => {
    if (isCovered) return;
    const left = heard + idle - Date.now();
    if (left > WARN) return;
    if (left > 0) {
      dialog.querySelector("[data-left]").textContent = Math.max(1, Math.ceil(left / 1000));
      show("warn");
      return;
    }
    const state = await ask("GET").catch(() => null);
    if (state?.account && state.seen * 1000 > heard) {
      heard = state.seen * 1000; // someone is there, in another tab
      close();
    } else if (state) {
      over();
    }
  };

  for (const kind of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(kind, (event) => {
      if (kind === "input" && event.target.form?.method === "post") wasTyped = true;
      if (Date.now() - heard > TELL) tell();
    }, { capture: true, passive: true });
  }
  others?.addEventListener("message", (event) => {
    heard = Math.max(heard, event.data);
    close();
  });
  dialog.addEventListener("cancel", (event) => isCovered && event.preventDefault());
  dialog.querySelector("[data-stay]").addEventListener("click", tell);
  window.addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", () => document.hidden || comeBack());
  setInterval(look, 5000);
})();
