"use strict";
// What is known, section by section: what the server sends changes it, and render() shows it.
const known = { lanes: {}, locks: {}, readiness: {}, incidents: {}, runs: {}, facts: {} };
const MOST_ROWS = 500;
const SILENT_MS = 15000;
const MOST_CHARACTERS = 300;
let asOf = null;
let trouble = "connecting";
let lastHeard = 0;
let token = takeToken();

// ---- the token stands in the address once, behind the #, which no server is sent ----

function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return given || sessionStorage.getItem("token") || "";
}

function headers(more) {
  return token ? { ...more, Authorization: "Bearer " + token } : { ...more };
}

// ---- the stream ----

async function watch() {
  let pause = 1000;
  for (;;) {
    try {
      const response = await fetch("/api/live", { headers: headers({ Accept: "text/event-stream" }), cache: "no-store" });
      if (response.status === 401) {
        old("the token is missing or wrong: open the address that serve printed");
      } else if (!response.ok) {
        old((await response.text()).trim());
      } else {
        pause = 1000;
        await read(response.body.getReader());
        old("the connection ended");
      }
    } catch (error) {
      old("the server does not answer");
    }
    await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    pause = Math.min(pause * 2, 10000);
  }
}

async function read(reader) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop();
    events.forEach(heard);
  }
}

function heard(event) {
  const lines = event.split("\n");
  const name = lines[0].slice("event: ".length);
  const data = JSON.parse(lines[1].slice("data: ".length));
  lastHeard = performance.now();
  if (name === "at") {
    asOf = data.asOf;
    trouble = data.trouble;
    freshness();
    return;
  }
  for (const section of Object.keys(known)) {
    if (data.whole) {
      known[section] = data.sections[section] || {};
    } else {
      for (const [key, value] of Object.entries(data.sections[section] || {})) {
        if (value === null) {
          delete known[section][key];
        } else {
          known[section][key] = value;
        }
      }
    }
  }
  render();
}

function old(why) {
  trouble = why;
  freshness();
}

// ---- what is shown ----

const by = (id) => document.getElementById(id);

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }
  if (kind) {
    made.className = kind;
  }
  return made;
}

function badge(text, kind) {
  return element("span", text, "badge " + kind);
}

/** Not more than fits; the whole is what the server has. */
function short(words) {
  return words.length > MOST_CHARACTERS ? words.slice(0, MOST_CHARACTERS) + "…" : words;
}

function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) {
    return "0 s";
  }
  const [size, unit] = parts[first];
  const next = parts[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return Math.floor(seconds / size) + " " + unit + (rest ? " " + rest + " " + next[1] : "");
}

function since(time) {
  return time ? span(Date.now() - Date.parse(time)) : "";
}

/** A time that goes on by itself. */
function clock(time, words) {
  const made = element("time");
  if (time) {
    made.dateTime = time;
    made.title = time;
    made.dataset.words = words || "";
    made.textContent = since(time) + (words || "");
  }
  return made;
}

/** Replaces rows only where something is different, so that focus and selection stay. */
function rows(id, entries, cells, none) {
  const body = by(id).tBodies[0];
  const there = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  let at = body.firstElementChild;
  for (const [key, value] of entries.slice(0, MOST_ROWS)) {
    const text = JSON.stringify(value);
    let row = there.get(key);
    there.delete(key);
    if (!row || row.dataset.text !== text) {
      const next = document.createElement("tr");
      next.dataset.key = key;
      next.dataset.text = text;
      for (const content of cells(key, value)) {
        const cell = document.createElement("td");
        cell.append(content);
        next.append(cell);
      }
      if (row) {
        const hadFocus = row.contains(document.activeElement);
        at = row === at ? next : at;
        row.replaceWith(next);
        if (hadFocus) {
          next.querySelector("button")?.focus();
        }
      }
      row = next;
    }
    if (row === at) {
      at = at.nextElementSibling;
    } else {
      body.insertBefore(row, at);
    }
  }
  there.forEach((row) => row.remove());
  const left = entries.length - MOST_ROWS;
  by(id + "-more").textContent = left > 0 ? "and " + left + " more: narrow them down above" : entries.length ? "" : none;
}

function lanes() {
  const wanted = by("filter").value.trim().toLowerCase();
  return Object.entries(known.lanes)
    .filter(([lane]) => !wanted || lane.toLowerCase().includes(wanted))
    .sort(([a, x], [b, y]) => y.paused - x.paused || (y.working > 0) - (x.working > 0) || (a < b ? -1 : 1));
}

function laneCells(lane, it) {
  const state = it.paused ? badge("lane_paused", "amber") : badge(it.working ? "working" : "idle", it.working ? "good" : "");
  let action = "";
  if (it.paused) {
    action = element("button", "Resume");
    action.type = "button";
    action.setAttribute("aria-label", "Resume " + lane);
    action.addEventListener("click", () => ask(lane));
  }
  const why = it.paused ? short(it.reason) + "\nby " + it.actor : "";
  return [lane, state, String(it.working), clock(it.since), why, action];
}

const LOCK_KINDS = { running: "good", over_budget: "amber", orphaned: "bad" };

function lockCells(key, it) {
  return [key, badge(it.state, LOCK_KINDS[it.state] || ""), clock(it.claimedAt),
    it.budgetMs === null ? "none" : span(it.budgetMs), String(it.attempt), it.holder];
}

const VERDICT_KINDS = { go: "good", open: "good", no_go: "bad", shut: "bad", inconclusive: "amber" };

function readinessCells(gate, it) {
  const not = it.lines.filter((line) => line.verdict !== "go");
  const shown = not.length ? not : it.lines;
  const words = (field) => shown.map((line) => line.name + ": " + short(line[field])).join("\n");
  return [gate, badge(it.verdict.toUpperCase(), VERDICT_KINDS[it.verdict] || ""), clock(it.at, " ago"), words("why"), words("nextChangeIf")];
}

function incidentCells(id, it) {
  return [id, badge(it.status, it.status === "open" ? "bad" : "good"), it.title, it.fingerprint];
}

const RUN_KINDS = { done: "good", review_requested: "good", failed: "bad", cancelled: "amber" };

function runCells(run, it) {
  return [run, it.lane + " / " + it.item, badge(it.state, RUN_KINDS[it.state] || ""), it.reason, clock(it.at, " ago")];
}

function tiles() {
  const locks = Object.values(known.locks);
  const count = (all, test) => all.filter(test).length;
  const paused = count(Object.values(known.lanes), (lane) => lane.paused);
  const over = count(locks, (lock) => lock.state === "over_budget");
  const orphaned = count(locks, (lock) => lock.state === "orphaned");
  const open = count(Object.values(known.incidents), (one) => one.status === "open");
  const shut = count(Object.values(known.readiness), (one) => one.verdict !== "go" && one.verdict !== "open");
  const all = [
    [Object.keys(known.lanes).length, "lanes", ""], [paused, "lane_paused", paused ? "amber" : ""],
    [locks.length, "run locks", ""], [over, "over budget", over ? "amber" : ""], [orphaned, "orphaned", orphaned ? "bad" : ""],
    [shut, "gates not open", shut ? "bad" : ""], [open, "incidents open", open ? "bad" : ""],
  ];
  const text = JSON.stringify(all);
  if (by("tiles").dataset.text !== text) {
    by("tiles").dataset.text = text;
    by("tiles").replaceChildren(...all.map(([number, words, kind]) => {
      const tile = element("div", undefined, "tile " + kind);
      tile.append(element("b", String(number)), element("span", words));
      return tile;
    }));
  }
  document.title = (paused ? "(" + paused + " paused) " : "") + "Reliability";
}

let isDue = false;

/** Once for all that arrives in one frame. */
function render() {
  if (isDue) {
    return;
  }
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    tiles();
    rows("lanes", lanes(), laneCells, by("filter").value ? "no such lane" : "no lane was told of yet");
    rows("locks", Object.entries(known.locks).sort(([, a], [, b]) => (a.claimedAt < b.claimedAt ? -1 : 1)), lockCells, "nobody works on anything");
    rows("readiness", Object.entries(known.readiness), readinessCells, "no gate was judged yet");
    rows("incidents", Object.entries(known.incidents).sort(([, a], [, b]) => (a.status === "open" ? 0 : 1) - (b.status === "open" ? 0 : 1)), incidentCells, "none");
    rows("runs", Object.entries(known.runs).sort(([, a], [, b]) => (a.at < b.at ? 1 : -1)), runCells, "no run has ended yet");
    by("where").textContent = (known.facts.where || "")
      + (known.facts.unreadable ? " · " + known.facts.unreadable + " lines of the journal cannot be read" : "");
  });
}

function freshness() {
  const isSilent = lastHeard && performance.now() - lastHeard > SILENT_MS;
  const why = trouble || (isSilent ? "nothing was heard for " + span(performance.now() - lastHeard) : "");
  by("live").className = why ? "old" : "";
  const words = why ? (asOf ? "old, as of " + since(asOf) + " ago: " : "") + why : "live";
  if (by("live-words").textContent !== words) {
    by("live-words").textContent = words;
  }
}

setInterval(() => {
  freshness();
  document.querySelectorAll("td time[datetime]").forEach((time) => {
    const text = since(time.dateTime) + time.dataset.words;
    if (time.textContent !== text) {
      time.textContent = text;
    }
  });
}, 1000);

// ---- a lane is resumed ----

let asked = null;

function ask(lane) {
  const it = known.lanes[lane];
  asked = { lane, episode: it.episode };
  by("resume-lane").textContent = lane;
  by("resume-why").textContent = "Paused " + since(it.since) + " ago by " + it.actor + ": " + it.reason;
  by("resume-error").textContent = "";
  by("reason").value = "";
  by("token").value = "";
  by("token-label").hidden = Boolean(token);
  by("token").required = !token;
  by("resume").showModal();
  by("actor").focus();
}

async function post(path, body, ticket) {
  const more = ticket ? { "Content-Type": "application/json", "X-Ticket": ticket } : {};
  const response = await fetch(path, { method: "POST", headers: headers(more), body, cache: "no-store" });
  const text = await response.text();
  if (!response.ok) {
    throw Object.assign(new Error(text.trim()), { status: response.status });
  }
  return JSON.parse(text);
}

async function resume() {
  const given = by("token").value.trim();
  token = given || token;
  by("confirm").disabled = true;
  by("resume-error").textContent = "";
  try {
    const { ticket } = await post("/api/tickets");
    const what = { action: "resume_lane", assignee: asked.lane, episode: asked.episode, actor: by("actor").value, reason: by("reason").value };
    await post("/api/actions", JSON.stringify(what), ticket);
    sessionStorage.setItem("token", token);
    by("resume").close();
  } catch (error) {
    if (error.status === 401) {
      token = "";
      sessionStorage.removeItem("token");
      by("token-label").hidden = false;
      by("token").required = true;
    }
    by("resume-error").textContent = error.message;
  } finally {
    by("confirm").disabled = false;
  }
}

by("resume").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  resume();
});
by("cancel").addEventListener("click", () => by("resume").close());
by("filter").addEventListener("input", render);
by("draw").addEventListener("click", async () => {
  const ticket = token ? "&ticket=" + (await post("/api/tickets")).ticket : "";
  by("timeline").hidden = false;
  by("timeline").src = "/timeline?hours=" + by("hours").value + ticket;
});
watch();
