/* What was typed and not yet acknowledged, kept in this browser: encrypted with a key
   that no script can read out, and that goes at sign-out. Rows of a reception day, for
   one account, for 72 hours, until the server says it has them; and what app.js keeps of
   a form that was just sent. Sealed rows never come here. Without a safe connection (https or this
   machine) there is no encryption, and then nothing is kept. */
window.RowStore = (() => {
  "use strict";

  const NAME = "letters";
  const LONGEST = 72 * 3600 * 1000;
  let opened = null;
  let connection = null;
  let isClosed = false;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  async function open() {
    if (isClosed || !globalThis.crypto?.subtle || !globalThis.indexedDB) throw new Error("no safe store");
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("rows", { keyPath: "key" });
    };
    const db = await done(request);
    db.onversionchange = () => {
      db.close(); // another window signs out and takes it away
      opened = null;
    };
    connection = db;
    let key = await done(db.transaction("keys").objectStore("keys").get("aes"));
    if (!key) {
      key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      await done(db.transaction("keys", "readwrite").objectStore("keys").put(key, "aes"));
    }
    return { db, key };
  }

  const ready = () => (opened ??= open());
  const rows = (db, mode) => db.transaction("rows", mode).objectStore("rows");

  async function encrypted(aes, values) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(values));
    return { iv, body: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, plain) };
  }

  async function decrypted(aes, { iv, body }) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, aes, body);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  async function put(key, account, at, values) {
    const { db, key: aes } = await ready();
    const { iv, body } = await encrypted(aes, values);
    await done(rows(db, "readwrite").put({ key, account, at, iv, body }));
  }

  /* As text, for the tab's own store. */
  async function seal(values) {
    const { key } = await ready();
    const { iv, body } = await encrypted(key, values);
    return [iv, new Uint8Array(body)].map((bytes) => Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("")).join(":");
  }

  async function unseal(text) {
    const { key } = await ready();
    const [iv, body] = text.split(":").map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (it) => parseInt(it, 16)));
    return decrypted(key, { iv, body });
  }

  async function drop(key) {
    const { db } = await ready();
    await done(rows(db, "readwrite").delete(key));
  }

  /* What is kept of this account; what is another's or too old goes. */
  async function all(account) {
    const { db, key: aes } = await ready();
    const found = [];
    for (const row of await done(rows(db, "readonly").getAll())) {
      if (row.account !== account || Date.now() - row.at > LONGEST) {
        await drop(row.key);
        continue;
      }
      try {
        found.push({ key: row.key, at: row.at, values: await decrypted(aes, row) });
      } catch {
        await drop(row.key);
      }
    }
    return found.sort((one, other) => one.at - other.at);
  }

  /* For good: this window is signing out. */
  function close() {
    isClosed = true;
    opened = null;
    connection?.close();
  }

  return { close, ready, put, drop, all, seal, unseal };
})();
