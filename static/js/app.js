/* Small helpers for every page. Nothing here is needed for a page to work. */
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  const isTyping = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

  // "/" goes to the search field.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const search = document.querySelector("[data-search]");
    if (!search || !search.checkVisibility()) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // Enter that ends the composition of a Chinese word never sends a form. Some browsers
  // end the composition first and report the key with code 229 only.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) {
        if (event.target.tagName !== "TEXTAREA") event.preventDefault();
      }
    },
    true,
  );

  // [data-confirm="text"] on a form or on its button asks first.
  const dialog = document.getElementById("confirm-dialog");
  const confirmed = new WeakSet();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const text = event.submitter?.dataset.confirm ?? form.dataset.confirm;
      if (!text || !dialog || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      dialog.querySelector("#confirm-text").textContent = text;
      dialog.querySelector("[data-confirm-yes]").onclick = () => {
        dialog.close();
        confirmed.add(form);
        form.requestSubmit(submitter);
      };
      dialog.querySelector("[data-confirm-no]").onclick = () => dialog.close();
      dialog.showModal();
    },
    true,
  );

  // A form is sent once. Forms that htmx sends, or that only ask, are left alone;
  // [data-resubmit] is for those whose answer is a download.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "resubmit" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const buttons = [...form.elements].filter((element) => element.type === "submit");
    event.submitter?.setAttribute("aria-busy", "true");
    // After the browser has read the values, or the pressed button's own would be lost.
    setTimeout(() => buttons.forEach((button) => (button.disabled = true)));
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      for (const element of form.elements) {
        if (element.type !== "submit") continue;
        element.disabled = false;
        element.removeAttribute("aria-busy");
      }
    });
  });

  // form[data-guard]: leaving the page with changes that were not sent asks first.
  const dirty = new Set();
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.form;
      // What is typed while a form is on its way must not hold it up.
      if (form && "guard" in form.dataset && !form.dataset.sent) dirty.add(form);
    });
  }
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty.delete(event.target);
  });
  // What the server gave back unsaved is as good as typed.
  document.querySelectorAll('form[data-draft="answered"]').forEach((form) => dirty.add(form));
  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });

  // form[data-draft]: what is sent outlives an expired sign-in. It is kept in this tab,
  // encrypted (see row-store.js), until an ordinary page answers; when the answer was the
  // sign-in, the form comes back empty after it, and asks the server to show what was
  // typed, which saves nothing.
  const DRAFT = "draft:";
  const SEALING = 1000; // sending never waits longer for it
  const account = document.body.dataset.account;
  const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;
  const draftKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));
  const forgetDrafts = () => draftKeys().forEach((key) => sessionStorage.removeItem(key));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (addressOf(form).endsWith("/logout/")) forgetDrafts();
    if (!("draft" in form.dataset) || !account || !window.RowStore) return;
    event.preventDefault();
    keepDraft(form).finally(() => send(form, event.submitter));
  });
  const keepDraft = (form) => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    const kept = window.RowStore.seal({ account, fields }).then(
      (sealed) => sessionStorage.setItem(DRAFT + addressOf(form), sealed),
      () => {}, // no safe store: then nothing is kept
    );
    return Promise.race([kept, new Promise((resolve) => setTimeout(resolve, SEALING))]);
  };
  // As the browser would have, with the button that was pressed, and to its own address.
  const send = (form, submitter) => {
    const pressed = document.createElement("input");
    pressed.type = "hidden";
    if (submitter?.name) {
      [pressed.name, pressed.value] = [submitter.name, submitter.value];
      form.append(pressed);
    }
    const action = form.getAttribute("action");
    form.setAttribute("action", submitter?.getAttribute("formaction") ?? action ?? "");
    HTMLFormElement.prototype.submit.call(form);
    if (action === null) form.removeAttribute("action");
    else form.setAttribute("action", action);
    pressed.remove();
  };
  const sendAgain = (form, fields) => {
    const again = document.createElement("form");
    again.method = "post";
    again.action = addressOf(form);
    const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
    for (const [name, value] of [...fields, ["restore", "1"], ["csrfmiddlewaretoken", token]]) {
      const field = document.createElement("input");
      field.type = "hidden";
      [field.name, field.value] = [name, value];
      again.append(field);
    }
    document.body.append(again);
    again.submit();
  };
  const draftForm = document.querySelector("form[data-draft]");
  if (account && document.querySelector(".site-nav")) {
    const sealed = draftForm && sessionStorage.getItem(DRAFT + addressOf(draftForm));
    forgetDrafts();
    if (sealed && draftForm.dataset.draft !== "answered") {
      window.RowStore?.unseal(sealed).then(
        (draft) => draft.account === account && sendAgain(draftForm, draft.fields),
        () => {}, // another's key, or signed out since: it stays unread
      );
    }
  }

  // Menus close on Escape and when one clicks or tabs elsewhere.
  const closeMenus = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(except)) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Signing out takes along what this browser keeps of letters (see row-store.js).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("signOut" in form.dataset) || !globalThis.indexedDB) return;
    event.preventDefault();
    window.RowStore?.close();
    const goOn = () => HTMLFormElement.prototype.submit.call(form);
    const timer = setTimeout(goOn, 1500); // signing out never waits for long
    const wiped = indexedDB.deleteDatabase("letters");
    wiped.onsuccess = wiped.onerror = () => {
      clearTimeout(timer);
      goOn();
    };
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const all = event.target.closest("[data-tick-all]");
    all?.form.querySelectorAll(`[type="checkbox"][name="${all.dataset.tickAll}"]`).forEach((box) => {
      box.checked = true;
    });
  });

  // After a refusal, the next key goes where the first mistake is.
  const mistake = document.querySelector("main [aria-invalid='true'], main .is-invalid");
  if (mistake && !document.querySelector("[autofocus]")) mistake.focus();
})();
