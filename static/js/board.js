/* The board of who goes where: drag over free half-days to plan, drag a visit to move it,
   or take it by its Move button and use the arrow keys. Every cell has a link and every
   visit a form that do the same without this file. The server decides; before a drop it
   is asked what stands there, and its answer is shown in the cell. */
(() => {
  "use strict";

  const board = document.querySelector("[data-board]");
  const drop = document.getElementById("board-drop");
  const live = document.getElementById("board-live");
  if (!board || !drop) return;
  const isMonth = board.dataset.board === "month";
  const FAR = 6; // pixels before a press becomes a drag
  const WAIT = 160; // milliseconds on a cell before the server is asked

  const slotAt = (x, y) => document.elementFromPoint(x, y)?.closest("[data-board] [data-slot]");
  const rowOf = (slot) => slot.closest("tr");
  const rows = () =>
    [...board.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-slot]")]);
  const officialOf = (slot) => rowOf(slot).dataset.row ?? "";

  // --- What the server says of a cell, before anything is dropped there.
  let asking = null;
  let timer = 0;
  const forget = () => {
    clearTimeout(timer);
    asking?.abort();
    board.querySelectorAll(".look-note").forEach((note) => note.remove());
  };
  const say = (text) => {
    live.textContent = text;
  };
  const look = (slot, parameters, label) => {
    forget();
    say(label);
    const note = document.createElement("div");
    note.className = "look-note";
    slot.append(note);
    timer = setTimeout(async () => {
      asking = new AbortController();
      try {
        const query = new URLSearchParams(parameters);
        const answer = await fetch(`${board.dataset.look}?${query}`, {
          signal: asking.signal,
          headers: { "HX-Request": "true" },
        });
        const text = await answer.text();
        if (answer.redirected || !text.includes('class="look')) throw new Error("no answer");
        note.innerHTML = text;
      } catch (error) {
        if (error.name === "AbortError") return;
        note.textContent = board.dataset.unknown;
      }
      say(`${label}: ${note.textContent.replace(/\s+/g, " ").trim()}`);
    }, WAIT);
  };

  // --- A visit that is held, by the pointer or by the keys.
  let held = null;
  const hold = (entry) => {
    const slot = entry.closest("[data-slot]");
    held = { entry, home: slot, target: slot, words: entry.dataset.words };
    entry.classList.add("is-held");
    board.classList.add("is-moving");
  };
  const parametersOf = ({ entry, home, target }) => {
    const leaves = officialOf(home);
    const comes = officialOf(target);
    const found = {
      visit: entry.dataset.entry,
      position: entry.dataset.position,
      version: entry.dataset.version,
      day: target.dataset.slot,
      half: target.dataset.half ?? "",
    };
    return leaves === comes ? found : { ...found, leaves, comes };
  };
  const aim = (slot) => {
    if (!slot || slot === held.target) return;
    held.target.classList.remove("is-drop");
    held.target = slot;
    if (slot === held.home) {
      forget();
      say(slot.dataset.label);
      return;
    }
    slot.classList.add("is-drop");
    look(slot, parametersOf(held), slot.dataset.label);
  };
  const letGo = () => {
    if (!held) return;
    forget();
    held.entry.classList.remove("is-held");
    held.target.classList.remove("is-drop");
    board.classList.remove("is-moving");
    held = null;
  };
  const dropIt = () => {
    if (held.target === held.home) {
      letGo();
      return;
    }
    const { visit, ...fields } = parametersOf(held);
    drop.action = held.entry.dataset.move;
    for (const name of ["day", "half", "position", "version", "leaves", "comes"]) {
      drop.elements[name].value = fields[name] ?? "";
    }
    drop.requestSubmit();
  };

  // --- By keys: arrows from the Move button, Enter drops, Escape leaves it.
  const step = (slot, key) => {
    const grid = rows();
    let row = grid.findIndex((cells) => cells.includes(slot));
    let column = grid[row].indexOf(slot);
    if (key === "ArrowUp") row -= 1;
    if (key === "ArrowDown") row += 1;
    if (key === "ArrowLeft") column -= 1;
    if (key === "ArrowRight") column += 1;
    // In a month the days go on in the next line; a week ends where it ends.
    if (isMonth && column < 0 && grid[row - 1]) [row, column] = [row - 1, grid[row - 1].length - 1];
    if (isMonth && column >= grid[row]?.length) [row, column] = [row + 1, 0];
    return grid[row]?.[column];
  };
  board.addEventListener("keydown", (event) => {
    const entry = event.target.closest("[data-grip]")?.closest("[data-entry]");
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (!held) hold(entry);
      const next = step(held.target, event.key);
      aim(next);
      next?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (held && event.key === "Enter") {
      event.preventDefault();
      dropIt();
    } else if (held && event.key === "Escape") {
      event.preventDefault();
      letGo();
      say(board.dataset.left);
    }
  });
  board.addEventListener("focusout", () => {
    if (held && !pressed) letGo();
  });

  // --- By pointer: press, and move further than a hand trembles.
  let pressed = null;
  let ghost = null;
  let swallow = false;

  const lift = (event) => {
    hold(pressed.entry);
    ghost = pressed.entry.cloneNode(true);
    ghost.removeAttribute("data-entry");
    ghost.classList.add("board-ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${pressed.entry.offsetWidth}px`;
    document.body.append(ghost);
    carry(event);
  };
  const carry = (event) => {
    // Above the pointer: below it the cell says what stands there.
    const up = event.clientY - ghost.offsetHeight - 10;
    ghost.style.transform = `translate(${event.clientX + 10}px, ${Math.max(up, 0)}px)`;
    aim(slotAt(event.clientX, event.clientY));
  };

  // Free half-days of one row, from where the pointer went down to where it is.
  const swept = (from, to) => {
    const cells = isMonth ? rows().flat() : rows().find((row) => row.includes(from));
    const [first, last] = [cells.indexOf(from), cells.indexOf(to)].sort((a, b) => a - b);
    return first < 0 ? [from] : cells.slice(first, last + 1);
  };
  const spanOf = (cells) => {
    const [first, last] = [cells[0], cells[cells.length - 1]];
    const given = new URLSearchParams(board.dataset.given ?? "");
    if (officialOf(first)) given.set("official", officialOf(first));
    if (first.dataset.half) given.set("half", first.dataset.half);
    if (last !== first) {
      given.set("last", last.dataset.slot);
      if (last.dataset.half) given.set("last_half", last.dataset.half);
    }
    return [given, first.dataset.slot];
  };
  const sweep = (slot) => {
    if (!slot || slot === pressed.to || (!isMonth && rowOf(slot) !== rowOf(pressed.slot))) return;
    pressed.to = slot;
    const cells = swept(pressed.slot, slot);
    board.querySelectorAll(".is-swept").forEach((it) => it.classList.remove("is-swept"));
    cells.forEach((it) => it.classList.add("is-swept"));
    const [given, day] = spanOf(cells);
    const ends = [cells[0], cells[cells.length - 1]].map((it) => it.dataset.label);
    look(slot, { ...Object.fromEntries(given), day }, ends.join(" – "));
  };
  const stop = () => {
    letGo();
    forget();
    ghost?.remove();
    board.querySelectorAll(".is-swept").forEach((it) => it.classList.remove("is-swept"));
    board.classList.remove("is-moving");
    pressed = ghost = null;
  };

  board.addEventListener("pointerdown", (event) => {
    swallow = false;
    if (event.button !== 0 || event.pointerType === "touch") return;
    const slot = event.target.closest("[data-slot]");
    const entry = event.target.closest("[data-entry]");
    if (entry && slot) pressed = { entry, slot, x: event.clientX, y: event.clientY };
    else if (slot && "free" in slot.dataset && !event.target.closest(".entry"))
      pressed = { slot, x: event.clientX, y: event.clientY };
  });
  document.addEventListener("pointermove", (event) => {
    if (!pressed) return;
    if (event.buttons === 0) {
      stop();
      return;
    }
    if (!pressed.isOn) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
      pressed.isOn = true;
      board.classList.add("is-moving");
      if (pressed.entry) lift(event);
    }
    if (pressed.entry) carry(event);
    else sweep(slotAt(event.clientX, event.clientY));
  });
  document.addEventListener("pointerup", () => {
    if (!pressed) return;
    const { isOn, entry, slot, to } = pressed;
    swallow = Boolean(isOn);
    if (isOn && entry) {
      const isOver = held && held.target !== held.home;
      if (isOver) dropIt();
      stop();
    } else if (isOn && to) {
      const [given, day] = spanOf(swept(slot, to));
      given.set("date", day);
      stop();
      location.href = `${board.dataset.plan}?${given}`;
    } else stop();
  });
  // The click that ends a drag opens nothing, and links are not dragged as links.
  board.addEventListener("click", (event) => swallow && event.preventDefault(), true);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !pressed?.isOn) return;
    stop();
    say(board.dataset.left);
  });
})();
