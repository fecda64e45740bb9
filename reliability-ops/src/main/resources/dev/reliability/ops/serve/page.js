"use strict";
// What is known, section by section: what the server sends changes it, and render() shows it.
const known = {};
for (const section of ["lanes", "locks", "readiness", "incidents", "runs", "facts"]) {
  known[section] = new Map(); // whatever a lane is called
}
const MOST_ROWS = 500;
const SILENT_MS = 15000;
const MOST_CHARACTERS = 300;
let asOf = null;
let trouble = "connecting";
let lastHeard = 0;
let watching = null;
let token = takeToken();

// ---- the token stands in the address once, behind the #, which no server is sent ----

function takeToken() {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (given) {
    keep(given);
    history.replaceState(null, "", location.pathname);
  }
  return given || kept();
}

/** Storage may be shut off: the token is then good until the page is left. */
function keep(value) {
  try {
    sessionStorage.setItem("token", value);
  } catch (error) {
    // it is kept in the variable alone
  }
}

function kept() {
  try {
    return sessionStorage.getItem("token") || "";
  } catch (error) {
    return "";
  }
}

addEventListener("hashchange", () => {
  token = takeToken();
  watching?.abort();
});

function headers(more) {
  return token ? { ...more, Authorization: "Bearer " + token } : { ...more };
}

// ---- the stream ----

async function watch() {
  let pause = 1000;
  for (;;) {
    try {
      watching = new AbortController();
      lastHeard = performance.now();
      const response = await fetch("/api/live", { headers: headers({ Accept: "text/event-stream" }), cache: "no-store", signal: watching.signal });
      if (response.status === 401) {
        old("the token is missing or wrong: open this address with #token=TOKEN behind it");
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
    if (!asOf && data.asOf) {
      render();
    }
    asOf = data.asOf;
    trouble = data.trouble;
    freshness();
    return;
  }
  for (const section of Object.keys(known)) {
    if (data.whole) {
      known[section].clear();
    }
    for (const [key, value] of Object.entries(data.sections[section] || {})) {
      if (value === null) {
        known[section].delete(key);
      } else {
        known[section].set(key, value);
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
  const shown = entries.slice(0, MOST_ROWS);
  const wanted = new Set(shown.map(([key]) => key));
  const there = new Map();
  for (const row of [...body.rows]) {
    if (wanted.has(row.dataset.key)) {
      there.set(row.dataset.key, row);
    } else {
      row.remove();
    }
  }
  let at = body.firstElementChild;
  for (const [key, value] of shown) {
    const text = JSON.stringify(value);
    let row = there.get(key);
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
  const left = entries.length - MOST_ROWS;
  by(id + "-more").textContent = left > 0 ? "and " + left + " more" : entries.length ? "" : none;
}

function lanes() {
  const wanted = by("filter").value.trim().toLowerCase();
  return [...known.lanes]
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
  const locks = [...known.locks.values()];
  const count = (all, test) => all.filter(test).length;
  const paused = count([...known.lanes.values()], (lane) => lane.paused);
  const over = count(locks, (lock) => lock.state === "over_budget");
  const orphaned = count(locks, (lock) => lock.state === "orphaned");
  const open = count([...known.incidents.values()], (one) => one.status === "open");
  const shut = count([...known.readiness.values()], (one) => one.verdict !== "go" && one.verdict !== "open");
  const all = [
    [known.lanes.size, "lanes", ""], [paused, "lane_paused", paused ? "amber" : ""],
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
  const draw = () => {
    isDue = false;
    if (!asOf) {
      return; // nobody knows yet that there is nothing
    }
    tiles();
    rows("lanes", lanes(), laneCells, by("filter").value ? "no such lane" : "no lane was told of yet");
    rows("locks", [...known.locks].sort(([, a], [, b]) => (a.claimedAt < b.claimedAt ? -1 : 1)), lockCells, "nobody works on anything");
    rows("readiness", [...known.readiness], readinessCells, "no gate was judged yet");
    rows("incidents", [...known.incidents].sort(([, a], [, b]) => (a.status === "open" ? 0 : 1) - (b.status === "open" ? 0 : 1)), incidentCells, "none");
    rows("runs", [...known.runs].sort(([, a], [, b]) => (a.at < b.at ? 1 : -1)), runCells, "no run has ended yet");
    by("where").textContent = (known.facts.get("where") || "")
      + (known.facts.get("unreadable") ? " · " + known.facts.get("unreadable") + " lines of the journal cannot be read" : "");
  };
  if (document.hidden) {
    setTimeout(draw, 0); // a hidden page has no frames, and its title is seen all the same
  } else {
    requestAnimationFrame(draw);
  }
}

function freshness() {
  const isSilent = lastHeard && performance.now() - lastHeard > SILENT_MS;
  if (isSilent) {
    watching?.abort(); // it may be half open, and would never end by itself
  }
  const why = trouble || (isSilent ? "nothing is heard any more" : "");
  by("live").className = why ? "old" : "";
  const words = why ? (asOf ? "old: " : "") + why : "live";
  if (by("live-words").textContent !== words) {
    by("live-words").textContent = words;
  }
  by("live-age").textContent = why && asOf ? "as of " + since(asOf) + " ago" : ""; // not read out each second
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
  const it = known.lanes.get(lane);
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
  const about = asked;
  const what = { action: "resume_lane", assignee: about.lane, episode: about.episode, actor: by("actor").value, reason: by("reason").value };
  token = given || token;
  by("confirm").disabled = true;
  by("resume-error").textContent = "";
  try {
    const { ticket } = await post("/api/tickets");
    await post("/api/actions", JSON.stringify(what), ticket);
    keep(token);
    if (asked === about) {
      by("resume").close();
    }
  } catch (error) {
    if (error.status === 401) {
      token = "";
      keep("");
      by("token-label").hidden = false;
      by("token").required = true;
    }
    if (asked === about) {
      by("resume-error").textContent = error.message;
    }
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
/** A frame sends no headers of ours. Where looking takes no token, one of another server does no harm. */
async function frameTicket() {
  try {
    return token ? "&ticket=" + (await post("/api/tickets")).ticket : "";
  } catch (error) {
    if (error.status !== 401) {
      throw error;
    }
    token = "";
    keep("");
    return "";
  }
}

by("draw").addEventListener("click", async () => {
  by("timeline-error").textContent = "";
  try {
    const ticket = await frameTicket();
    by("timeline").hidden = false;
    by("timeline").src = "/timeline?hours=" + by("hours").value + ticket;
  } catch (error) {
    by("timeline-error").textContent = error.message;
  }
});
watch();
