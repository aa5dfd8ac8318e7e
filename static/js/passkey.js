/* Passkeys: a button asks the browser's authenticator, and its answer is sent as a form.
   [data-passkey="create" | "get" | "login"], [data-passkey-field] names the field. */
(() => {
  "use strict";

  const options = async (button) => {
    if (button.dataset.passkey === "login") {
      const answer = await fetch(button.form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      return (await answer.json()).request_options;
    }
    const data = JSON.parse(document.getElementById("passkey-data").textContent);
    if (button.dataset.passkey === "get") return data.request_options;
    const wanted = data.creation_options;
    const alone = button.form.querySelector('[name="passwordless"]');
    if (alone) {
      const sel = wanted.publicKey.authenticatorSelection;
      sel.residentKey = alone.checked ? "required" : "discouraged";
      sel.requireResidentKey = alone.checked;
      if (alone.checked) sel.userVerification = "required";
    }
    return wanted;
  };

  document.querySelectorAll("[data-passkey]").forEach((button) => {
    const failed = document.querySelector("[data-passkey-failed]");
    button.addEventListener("click", async () => {
      failed.hidden = true;
      button.disabled = true;
      try {
        const asked = await options(button);
        const json = window.webauthnJSON;
        const answer = await (button.dataset.passkey === "create" ? json.create(asked) : json.get(asked));
        document.getElementById(button.dataset.passkeyField).value = JSON.stringify(answer);
        button.form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  });
})();
