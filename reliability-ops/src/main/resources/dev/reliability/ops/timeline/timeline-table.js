// The elements around the chart: everything gets into the page as text.

/** An element with its attributes and children; a text child becomes a text, never markup. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** The colour, pattern and letter of a reason. */
function swatch(look) {
  return el("span", { class: "tl-swatch tl-" + look.family + " tl-p-" + look.pattern, "aria-hidden": "true" }, look.letter);
}

/** A word that may go on in the next line after each of its underscores; copied, it is as it was. */
function breakable(word) {
  return word.split(/(?<=_)/).flatMap((part, i) => (i ? [el("wbr"), part] : [part]));
}

/** How long it took from the start of the worker. */
function firstOutput(run) {
  return run.first - (run.started === null ? run.from : run.started);
}

const PAGE = 50;
const PRINTED = 1000;
const COLUMNS = [
  ["Began (UTC)", (run) => run.from], ["Lane", (run) => run.lane.name], ["Item", (run) => run.item || run.id], ["State", (run) => run.state],
  ["Reason", (run) => run.reason], ["Length", (run) => run.to - run.from], ["First output", (run) => (run.first === null ? Infinity : firstOutput(run))],
  ["Detail", (run) => run.detail], ["Last event", null],
];

/** The runs as a table, a page at a time. choose(run) is called when one is picked. */
function runTable(choose, textsOf) {
  let runs = [];
  let page = 0;
  let order = 0;
  let down = false;
  const heads = COLUMNS.map(([name, key], i) =>
    el("th", { scope: "col" }, key ? el("button", { type: "button", onclick: () => sort(i) }, name) : name));
  const body = el("tbody");
  const said = el("p", { class: "tl-pages", role: "status" });
  const before = el("button", { type: "button", onclick: () => show(page - 1) }, "Earlier page");
  const after = el("button", { type: "button", onclick: () => show(page + 1) }, "Next page");
  const caption = el("caption", {}, "Runs");
  const table = el("table", { class: "tl-table" }, caption, el("thead", {}, el("tr", {}, ...heads)), body);
  const element = el("section", { class: "tl-runs", "aria-label": "Runs" },
    el("div", { class: "tl-scroll", tabindex: "0", role: "region", "aria-label": "Table of runs" }, table),
    el("div", { class: "tl-pager" }, before, said, after));

  function sort(column) {
    down = order === column ? !down : false;
    order = column;
    arrange();
    show(0);
  }

  function arrange() {
    const key = COLUMNS[order][1];
    const sign = down ? -1 : 1;
    runs.sort((a, b) => {
      const one = key(a);
      const other = key(b);
      return sign * (one < other ? -1 : one > other ? 1 : a.from - b.from);
    });
    heads.forEach((head, i) => {
      if (i === order) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  function show(which) {
    const pages = Math.max(1, Math.ceil(runs.length / PAGE));
    page = Math.max(0, Math.min(which, pages - 1));
    body.replaceChildren(...runs.slice(page * PAGE, page * PAGE + PAGE).map((run) => line(run, choose)));
    said.textContent = runs.length ? count(page * PAGE + 1) + "–" + count(Math.min(runs.length, page * PAGE + PAGE)) + " of " + many(runs.length, "run")
      : "No run to show.";
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  }

  function line(run, pick) {
    const proof = proofOf(run, textsOf());
    const last = proof.length ? proof[proof.length - 1].id : "";
    const name = run.item || run.id;
    return el("tr", { class: run.ok ? "" : "tl-not-ok" },
      el("td", { class: "tl-num" }, stamp(run.from)), el("td", {}, el("bdi", {}, run.lane.name)),
      el("td", {}, pick ? el("button", { type: "button", class: "tl-link", onclick: () => pick(run) }, el("bdi", {}, name)) : el("bdi", {}, name)),
      el("td", {}, run.state.replace("_", " ")),
      el("td", { class: "tl-reason" }, swatch(run.look), " ", el("bdi", {}, ...breakable(run.reason))), el("td", { class: "tl-num" }, lengthOf(run.to - run.from)),
      el("td", { class: "tl-num" }, run.first === null ? "none" : lengthOf(firstOutput(run))),
      el("td", { class: "tl-words" }, el("bdi", {}, run.detail)), el("td", { class: "tl-id" }, last));
  }

  /** What is printed: every run that did not end well, up to a number that is said. */
  function printed(all) {
    const bad = all.filter((run) => !run.ok);
    const rows = bad.slice(0, PRINTED).map((run) => line(run, null));
    const words = !bad.length ? "Every run that is drawn ended well."
      : "Runs that did not end well: " + count(bad.length) + (bad.length > PRINTED ? ", the first " + count(PRINTED) + " of them here" : "");
    return el("section", { class: "tl-printed" }, el("h2", {}, words),
      bad.length ? el("table", { class: "tl-table" }, el("thead", {}, el("tr", {}, ...COLUMNS.map(([name]) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, ...rows)) : "");
  }

  return {
    element, printed,
    set(list) {
      runs = list.slice();
      arrange();
      show(page);
    },
  };
}

/** The reasons with their numbers; each may be switched on, and then only those count. */
function legend(model, chosen, changed) {
  const states = new Map(model.runs.map((run) => [run.reason, run.state]));
  const order = (reason) => FAMILIES.indexOf(lookOf(reason, states.get(reason)).family);
  const ends = model.ends.slice().sort((a, b) => order(a[0]) - order(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return el("ul", { class: "tl-legend", "aria-label": "Reasons: press one to see only its runs" },
    ...ends.map(([reason, n]) => el("li", {},
      el("button", {
        type: "button", "aria-pressed": String(chosen.has(reason)),
        onclick: (event) => {
          chosen.has(reason) ? chosen.delete(reason) : chosen.add(reason);
          event.currentTarget.setAttribute("aria-pressed", String(chosen.has(reason)));
          changed();
        },
      }, swatch(lookOf(reason, states.get(reason))), el("bdi", {}, reason === "open" ? "no end told" : reason.replace(/_/g, " ")),
      el("b", {}, count(n))))));
}

/** The facts of a thing, for the panel and the tip. */
function card(said, shortly) {
  const facts = said.facts.filter(([name, value]) => value && !(shortly && (name === "Item" || name === "Process id")));
  const head = el("p", { class: "tl-card-title" },
    said.letter ? swatch({ family: said.family, letter: said.letter, pattern: "solid" }) : "", el("bdi", {}, said.title));
  const list = el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, el("bdi", {}, value))]));
  const shown = shortly ? said.events.slice(-3) : said.events;
  const ids = el("ul", { class: "tl-events" }, ...shown.map((event) =>
    el("li", {}, el("span", { class: "tl-type" }, event.type), el("code", {}, event.id),
      shortly || event.at === null ? "" : el("span", { class: "tl-num" }, clockOf(event.at, true)))));
  return [head, list, said.events.length ? ids : el("p", {}, "No event is known.")];
}
