/* The board of who goes where: drag over free half-days to plan, drag a visit to move it
   (a finger rests on it first), or take it by its Move button and use the arrow keys, which
   go on from week to week. Every cell has a link and every
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
  const REST = 400; // milliseconds a finger rests before it drags instead of scrolling
  const EDGE = 70; // pixels from the top or bottom where the page goes on under a finger
  const CARRIED = "board-carried";

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
    held = { entry, home: slot, target: slot, from: officialOf(slot) };
    entry.classList.add("is-held");
    board.classList.add("is-moving");
  };
  const parametersOf = ({ entry, from: leaves, target }) => {
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
    const { entry, carried } = held;
    held = null; // first: a removed element loses the focus, which lets go
    if (carried) entry.remove();
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
    // In a month the days go on in the next line.
    if (isMonth && column < 0 && grid[row - 1]) [row, column] = [row - 1, grid[row - 1].length - 1];
    if (isMonth && column >= grid[row]?.length && grid[row + 1]) [row, column] = [row + 1, 0];
    return grid[row]?.[column];
  };

  // Past the end of the week (or month) a held visit is carried to the board of the next.
  const isHere = ({ reference, position }) =>
    [...board.querySelectorAll("[data-entry]")].find(
      (it) => it.dataset.entry === reference && it.dataset.position === position,
    );
  const carryOn = (key) => {
    const address = { ArrowLeft: board.dataset.before, ArrowRight: board.dataset.after }[key];
    if (!address) return;
    const { entry, from, target, carried } = held;
    const { entry: reference, position, version, move, words } = entry.dataset;
    const row = rows().findIndex((cells) => cells.includes(target));
    const passed = { reference, position, version, move, words, from, key, row, to: officialOf(target) };
    passed.origin = carried ? carried.origin : location.href;
    passed.address = new URL(address, location.href).href;
    sessionStorage.setItem(CARRIED, JSON.stringify(passed));
    location.href = address;
  };
  // What comes from another week stands where it arrives, until it is dropped or left.
  const stranger = (passed, slot) => {
    const entry = document.createElement("div");
    entry.className = "slot-entry is-carried";
    const { reference, position, version, move, words } = passed;
    Object.assign(entry.dataset, { entry: reference, position, version, move, words });
    const grip = document.createElement("a");
    grip.className = "entry";
    grip.href = move;
    grip.dataset.grip = "";
    grip.setAttribute("aria-describedby", "board-keys");
    grip.textContent = words;
    entry.append(grip);
    slot.append(entry);
    return entry;
  };
  const arrive = () => {
    const passed = JSON.parse(sessionStorage.getItem(CARRIED) ?? "null");
    sessionStorage.removeItem(CARRIED);
    const grid = rows();
    if (!passed || passed.address !== location.href || !grid.length) return;
    const same = grid.find((cells) => officialOf(cells[0]) === passed.to);
    const cells = isMonth
      ? grid[passed.key === "ArrowLeft" ? grid.length - 1 : 0]
      : (same ?? grid[Math.min(Math.max(passed.row, 0), grid.length - 1)]);
    const slot = cells[passed.key === "ArrowLeft" ? cells.length - 1 : 0];
    const here = isHere(passed);
    if (here) hold(here);
    else {
      held = { entry: stranger(passed, slot), home: null, target: slot, from: passed.from };
      held.carried = passed;
      board.classList.add("is-moving");
      slot.classList.add("is-drop");
      look(slot, parametersOf(held), slot.dataset.label);
    }
    held.entry.querySelector("[data-grip]").focus();
    aim(slot);
    slot.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  board.addEventListener("keydown", (event) => {
    const entry = event.target.closest("[data-grip]")?.closest("[data-entry]");
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (!held) hold(entry);
      const next = step(held.target, event.key);
      if (!next) {
        carryOn(event.key);
        return;
      }
      aim(next);
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (held && event.key === "Enter") {
      event.preventDefault();
      dropIt();
    } else if (held && event.key === "Escape") {
      event.preventDefault();
      const origin = held.carried?.origin;
      letGo();
      say(board.dataset.left);
      if (origin) location.href = origin;
    }
  });
  board.addEventListener("focusout", () => {
    if (held && !pressed) letGo();
  });

  // --- By pointer: press, and move further than a hand trembles; a finger rests first.
  let pressed = null;
  let ghost = null;
  let swallow = false;

  const lift = (event) => {
    pressed.isOn = true;
    board.classList.add("is-moving");
    if (!pressed.entry) return;
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
    clearTimeout(pressed?.resting);
    clearInterval(pressed?.going);
    pressed = ghost = null;
  };
  // A finger cannot scroll while it drags: near an edge the page goes on by itself.
  const follow = () => {
    const { clientY } = pressed.last;
    const beyond = Math.min(clientY - EDGE, 0) || Math.max(clientY - (innerHeight - EDGE), 0);
    if (!beyond) return;
    window.scrollBy({ top: Math.sign(beyond) * 12, behavior: "instant" });
    over(pressed.last);
  };
  const over = (event) => {
    if (pressed.entry) carry(event);
    else sweep(slotAt(event.clientX, event.clientY));
  };

  board.addEventListener("pointerdown", (event) => {
    swallow = false;
    if (pressed || event.button !== 0) return;
    const slot = event.target.closest("[data-slot]");
    const entry = event.target.closest("[data-entry]");
    if (entry && slot) pressed = { entry, slot, x: event.clientX, y: event.clientY };
    else if (slot && "free" in slot.dataset && !event.target.closest(".entry"))
      pressed = { slot, x: event.clientX, y: event.clientY };
    if (!pressed) return;
    pressed.id = event.pointerId;
    if (event.pointerType !== "touch") return;
    pressed.isTouch = true;
    pressed.last = event;
    pressed.resting = setTimeout(() => {
      lift(event);
      navigator.vibrate?.(15);
      if (!pressed.entry) sweep(pressed.slot);
      pressed.going = setInterval(follow, 30);
    }, REST);
  });
  document.addEventListener("pointermove", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    pressed.last = event;
    if (event.buttons === 0) {
      stop();
      return;
    }
    if (!pressed.isOn) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
      if (pressed.isTouch) {
        stop(); // the finger scrolls
        return;
      }
      lift(event);
    }
    over(event);
  });
  document.addEventListener("pointercancel", () => pressed && stop());
  // What a resting finger would else do: scroll, select, open the menu of a link.
  board.addEventListener("touchmove", (event) => pressed?.isOn && event.preventDefault(), {
    passive: false,
  });
  board.addEventListener("contextmenu", (event) => pressed?.isTouch && event.preventDefault());
  document.addEventListener("pointerup", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
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

  arrive();
})();
