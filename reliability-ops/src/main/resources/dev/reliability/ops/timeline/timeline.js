// The chart as a whole: what it consists of, what it shows, and what was chosen.

/**
 * Draws a timeline into an element that is empty or was drawn into before.
 * Gives back { update(data), destroy() }: an update keeps the view, the filters and what is selected.
 */
export function drawTimeline(element, data) {
  let model;
  let texts;
  let rows = [];
  let view = null;
  let touched = false;
  let palette = null;
  let asked = 0;
  let hovered = { row: null, thing: null };
  let selected = { row: null, thing: null };
  let cursor = null;
  let gutter = 150;
  let headEnd = AXIS;
  const filter = { lane: "", bad: false, reasons: new Set(), order: "name" };

  const canvas = el("canvas", { "aria-hidden": "true" });
  const space = el("div", { class: "tl-space" });
  const scroller = el("div", { class: "tl-scroller" }, canvas, space);
  const tip = el("div", { class: "tl-tip", hidden: true, "aria-hidden": "true" });
  const nothing = el("p", { class: "tl-nothing", hidden: true });
  const chart = el("div", {
    class: "tl-chart", tabindex: "0", role: "application", "aria-roledescription": "timeline", "aria-label": "Timeline of runs", "aria-describedby": "tl-keys",
  }, scroller, tip, nothing);
  const live = el("div", { class: "tl-live", "aria-live": "polite", role: "status" });
  const details = el("section", { class: "tl-details", hidden: true, "aria-label": "Details", tabindex: "-1" });
  const head = el("header", { class: "tl-head" });
  const legends = el("div", { class: "tl-legends" });
  const paper = el("div", { class: "tl-paper" });
  const table = runTable((run) => {
    select(rows.find((row) => row.lane === run.lane), run);
    openDetails();
    chart.scrollIntoView({ block: "nearest" });
    chart.focus({ preventScroll: true });
  }, () => texts);
  const tools = el("div", { class: "tl-tools" },
    el("label", {}, "Lane ", el("input", { type: "search", placeholder: "part of its name", oninput: (e) => refilter({ lane: e.target.value }) })),
    el("label", {}, "Order ", el("select", { onchange: (e) => refilter({ order: e.target.value }) },
      el("option", { value: "name" }, "by name"), el("option", { value: "failed" }, "most failed first"))),
    el("label", { class: "tl-check" }, el("input", { type: "checkbox", onchange: (e) => refilter({ bad: e.target.checked }) }), "not ok only"),
    el("span", { class: "tl-zoom", role: "group", "aria-label": "Zoom" },
      button("−", "Zoom out", () => zoom(1.6, focusTime())), button("+", "Zoom in", () => zoom(1 / 1.6, focusTime())),
      button("Fit", "Show all that happened", () => fitAll()), button("Window", "Show the whole window", () => setView(model.since, Math.max(model.until, model.since + 1), true))));
  element.replaceChildren(head, legends, tools, chart, live, details,
    el("ul", { class: "tl-signs", "aria-label": "Signs" }, ...SIGNS.map(([sign, words]) => el("li", {}, el("span", { "aria-hidden": "true" }, sign), " ", words))),
    el("p", { class: "tl-keys", id: "tl-keys" }, KEYS), paper, table.element);

  function button(text, label, act) {
    return el("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
  }

  // ---- what is there ----

  function take(next) {
    const chosen = selected.thing;
    model = readTimeline(next);
    texts = next.texts;
    model.across = model.marks.filter((mark) => ["link_closed", "deployed", "clock_jumped"].includes(mark.what));
    headline();
    legends.replaceChildren(legend(model, filter.reasons, () => refilter({})));
    layout();
    if (!view || !touched) view = extentOf(model);
    selected = { row: null, thing: null };
    if (chosen) again(chosen);
    nothing.hidden = Boolean(model.runs.length || model.marks.length || model.incarnations.length || model.lanes.length);
    chart.classList.toggle("tl-empty", !nothing.hidden);
    nothing.textContent = "Nothing happened from " + stamp(model.since) + " to " + stamp(model.until) + " UTC" +
      (model.asked.length ? " in " + model.asked.join(", ") : "") + ".";
    resize();
  }

  function again(chosen) {
    for (const row of rows) {
      const thing = row.all.find((one) => one.kind === chosen.kind && one.from === chosen.from && (one.id || one.epoch) === (chosen.id || chosen.epoch));
      if (thing) {
        selected = { row, thing };
        return;
      }
    }
  }

  function headline() {
    const sum = summaryOf(model);
    const chip = (n, name, kind) => el("li", { class: kind || null }, el("b", {}, count(n)), " ", name);
    const words = togetherWords(model);
    head.replaceChildren(
      el("h1", {}, "Timeline"),
      el("p", { class: "tl-window" }, stamp(model.since) + " – " + stamp(model.until) + " UTC", model.asked.length ? el("bdi", {}, " · " + model.asked.join(", ")) : ""),
      el("ul", { class: "tl-sum" }, chip(sum.total, sum.total === 1 ? "run" : "runs"), chip(sum.good, "ok"), chip(sum.failed, "failed", sum.failed ? "tl-is-bad" : ""),
        chip(sum.open, "without an end"), chip(model.lanes.length, model.lanes.length === 1 ? "lane" : "lanes")),
      words ? el("p", { class: "tl-together" }, words) : "",
      model.left ? el("p", { class: "tl-note", role: "note" }, "Not all is drawn: " + model.left + ", the oldest, were left out. Ask for a shorter window.") : "",
      ...model.notes.map((note) => el("p", { class: "tl-note", role: "note" }, el("bdi", {}, note))));
  }

  function fits(run) {
    return (!filter.bad || !run.ok) && (!filter.reasons.size || filter.reasons.has(run.reason));
  }

  function layout() {
    const word = filter.lane.trim().toLowerCase();
    let lanes = model.lanes.filter((lane) => !word || lane.name.toLowerCase().includes(word));
    if (filter.bad || filter.reasons.size) lanes = lanes.filter((lane) => lane.runs.some(fits));
    if (filter.order === "failed") lanes = lanes.slice().sort((a, b) => b.failed - a.failed);
    const heads = headRows(model);
    rows = heads.concat(lanes.map(laneRow));
    rows.forEach((row, i) => (row.index = i));
    const high = heads.reduce((sum, row) => sum + row.height, 0);
    heads.forEach((row) => (row.pinned = high <= 190));
    let at = AXIS;
    for (const row of rows) {
      row.at = at;
      at += row.height;
    }
    headEnd = AXIS + (high <= 190 ? high : 0);
    space.style.height = at + "px";
    scroller.style.height = Math.min(at + 2, Math.max(320, Math.round(window.innerHeight * 0.66))) + "px";
    table.set(model.runs.filter((run) => fits(run) && (!word || run.lane.name.toLowerCase().includes(word))));
  }

  function refilter(change) {
    Object.assign(filter, change);
    const chosen = selected.thing;
    selected = { row: null, thing: null };
    layout();
    if (chosen) again(chosen);
    resize();
  }

  // ---- drawing ----

  function soon() {
    if (!asked) {
      asked = requestAnimationFrame(() => {
        asked = 0;
        draw();
      });
    }
  }

  function resize() {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const width = scroller.clientWidth;
    const height = scroller.clientHeight;
    if (!width) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    space.style.marginTop = -height + "px";
    palette = paletteOf(element);
    gutter = gutterOf(width);
    draw();
  }

  function gutterOf(width) {
    const ctx = canvas.getContext("2d");
    ctx.font = "600 12.5px " + palette.font;
    const widest = rows.slice(0, 2000).reduce((most, row) => Math.max(most, ctx.measureText(row.label.slice(0, 40)).width), 60);
    return Math.round(Math.max(96, Math.min(widest + 52, 250, width * 0.3)));
  }

  function place() {
    const by = scroller.scrollTop;
    rows.forEach((row) => (row.y = row.pinned ? row.at : row.at - by));
  }

  function draw() {
    if (!model || !palette || scroller.clientWidth < gutter + 20) return; // on paper there is no chart
    place();
    const ratio = canvas.width / Math.max(1, scroller.clientWidth);
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const drawn = paint({
      ctx, width: scroller.clientWidth, height: scroller.clientHeight, gutter, view, palette, model, rows, headEnd, cursor,
      selected: selected.thing, hovered: hovered.thing, hoveredRow: hovered.row, selectedRow: selected.row, dims: (run) => !fits(run),
    });
    element.dataset.drawn = drawn;
    element.dataset.view = view.join(" ");
  }

  // ---- the view ----

  function setView(from, to, isWish) {
    const all = extentOf(model);
    const low = Math.min(all[0], model.since);
    const high = Math.max(all[1], model.until);
    const span = Math.max(10, Math.min(to - from, high - low));
    const begin = Math.min(Math.max(from, low), high - span);
    view = [begin, begin + span];
    touched = isWish;
    soon();
    return true;
  }

  function zoom(by, around) {
    return setView(around - (around - view[0]) * by, around + (view[1] - around) * by, true);
  }

  function pan(by) {
    const span = view[1] - view[0];
    return setView(view[0] + span * by, view[1] + span * by, true);
  }

  function fitAll() {
    return setView(...extentOf(model), false);
  }

  function focusTime() {
    const { thing } = selected;
    const middle = thing && thing.from !== null ? (thing.from + (thing.to === null ? thing.from : thing.to)) / 2 : NaN;
    return middle >= view[0] && middle <= view[1] ? middle : (view[0] + view[1]) / 2;
  }

  const timeAt = (px) => view[0] + ((px - gutter) / (scroller.clientWidth - gutter)) * (view[1] - view[0]);
  const xOf = (time) => gutter + ((time - view[0]) / (view[1] - view[0])) * (scroller.clientWidth - gutter);

  function rowAt(py) {
    if (py < AXIS) return null;
    const pinned = py < headEnd;
    return rows.find((row) => Boolean(row.pinned) === pinned && py >= row.y && py < row.y + row.height) || null;
  }

  // ---- what is chosen ----

  function select(row, thing) {
    selected = { row, thing };
    reveal(row, thing);
    const words = sentence(thing, row, model, texts);
    live.textContent = words;
    element.dataset.selected = thing.id || thing.epoch || thing.paused || thing.resumed || "";
    if (!details.hidden) fillDetails();
    tell(thing, row, Math.max(gutter, Math.min(xOf(Math.max(thing.from === null ? model.since : thing.from, view[0])), scroller.clientWidth)));
    soon();
    return true;
  }

  function reveal(row, thing) {
    if (!row.pinned) {
      const high = scroller.clientHeight;
      const fits = row.height <= high - headEnd; // else it is the bar that has to be seen
      const top = fits ? row.at : row.at + 4 + (thing.track || 0) * (row.bar + row.pad);
      const bottom = fits ? row.at + row.height : top + row.bar;
      if (top - scroller.scrollTop < headEnd) scroller.scrollTop = top - headEnd;
      else if (bottom - scroller.scrollTop > high) scroller.scrollTop = bottom - high;
    }
    const from = thing.from === null ? model.since : thing.from;
    const to = thing.to === null ? from : thing.to;
    if (to < view[0] || from > view[1]) {
      const half = (view[1] - view[0]) / 2;
      setView(from - half, from + half, true);
    }
    place();
  }

  function tell(thing, row, px) {
    tip.replaceChildren(...card(describe(thing, model, texts), true));
    tip.hidden = false;
    const wide = tip.offsetWidth;
    const below = row.y + row.height + 6;
    const fitsBelow = below + tip.offsetHeight < scroller.clientHeight + 180;
    tip.style.left = Math.max(4, Math.min(px + 10, scroller.clientWidth - wide - 8)) + "px";
    tip.style.top = (fitsBelow ? below : Math.max(4, row.y - tip.offsetHeight - 6)) + "px";
  }

  function fillDetails() {
    details.replaceChildren(el("h2", {}, "Details"), button("×", "Close the details", () => closeDetails()), ...card(describe(selected.thing, model, texts), false));
  }

  function openDetails() {
    if (selected.thing) {
      fillDetails();
      details.hidden = false;
      tip.hidden = true;
      details.scrollIntoView({ block: "nearest" });
    }
    return Boolean(selected.thing);
  }

  function closeDetails() {
    if (tip.hidden && details.hidden && !selected.thing) return false;
    if (details.hidden && tip.hidden) {
      selected = { row: null, thing: null };
      delete element.dataset.selected;
      live.textContent = "Nothing is selected.";
    }
    if (details.contains(document.activeElement)) {
      chart.focus({ preventScroll: true });
    }
    details.hidden = true;
    tip.hidden = true;
    soon();
    return true;
  }

  // ---- pointer ----

  const ui = {
    zoom, pan, fitAll, focusTime, timeAt, rowAt, select, openDetails, closeDetails,
    rows: () => rows,
    selection: () => selected,
    drag: (by) => setView(view[0] - (by / (scroller.clientWidth - gutter)) * (view[1] - view[0]), view[1] - (by / (scroller.clientWidth - gutter)) * (view[1] - view[0]), true),
    hover(px, py) {
      cursor = px;
      hovered = under(ui, px, py);
      if (hovered.thing) tell(hovered.thing, hovered.row, px);
      else tip.hidden = true;
      scroller.classList.toggle("tl-hit", Boolean(hovered.thing));
      soon();
    },
    leave() {
      cursor = null;
      hovered = { row: null, thing: null };
      tip.hidden = true;
      soon();
    },
  };
  listen(ui, chart, scroller);
  scroller.addEventListener("scroll", soon);

  // ---- colours, paper ----

  function onPaper(isPrinted) {
    element.classList.toggle("tl-printing", isPrinted);
    paper.replaceChildren();
    if (isPrinted) {
      const ink = paletteOf(element);
      paper.append(...pages(ink), table.printed(model.runs));
    } else {
      resize();
    }
  }

  /** All rows over all of the time, cut into pieces that a sheet takes. */
  function pages(ink) {
    const most = 900;
    const all = extentOf(model);
    const pieces = [];
    let piece = null;
    for (const row of rows) {
      if (!piece || piece.height + row.height > most) {
        piece = { rows: [], height: AXIS };
        pieces.push(piece);
      }
      piece.rows.push({ ...row, pinned: false, y: piece.height });
      piece.height += row.height;
    }
    return pieces.map((one) => {
      const sheet = el("canvas", { class: "tl-sheet", role: "img", "aria-label": "Timeline, printed" });
      const width = 1000;
      sheet.width = width * 2;
      sheet.height = one.height * 2;
      const ctx = sheet.getContext("2d");
      ctx.scale(2, 2);
      paint({
        ctx, width, height: one.height, gutter: Math.min(gutter, 260), view: all, palette: ink, model, rows: one.rows, headEnd: AXIS, cursor: null,
        selected: null, hovered: null, hoveredRow: null, selectedRow: null, dims: () => false,
      });
      return sheet;
    });
  }

  const sizes = new ResizeObserver(() => resize());
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const print = matchMedia("print");
  const contrast = matchMedia("(prefers-contrast: more)");
  const recolour = () => resize();
  const printing = () => onPaper(print.matches);
  take(data);
  sizes.observe(chart);
  dark.addEventListener("change", recolour);
  contrast.addEventListener("change", recolour);
  print.addEventListener("change", printing);
  element.dataset.runs = model.runs.length;

  return {
    update(next) {
      take(next);
      element.dataset.runs = model.runs.length;
    },
    destroy() {
      sizes.disconnect();
      dark.removeEventListener("change", recolour);
      contrast.removeEventListener("change", recolour);
      print.removeEventListener("change", printing);
      element.replaceChildren();
    },
  };
}
