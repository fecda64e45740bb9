// What keys, pointer and wheel do to the view and to what is selected.

const KEYS =
  "Arrow keys go from run to run and from lane to lane, Home and End to the first and the last of a lane, Page Up and Page Down ten lanes on; " +
  "plus and minus zoom, Shift with an arrow moves, 0 shows all, Enter opens the details, Escape closes them.";

/** The thing of a row whose beginning is nearest to a time. */
function nearest(row, time) {
  const i = firstFrom(row.all, time);
  const before = row.all[i - 1];
  const after = row.all[i];
  if (!before || !after) return before || after || null;
  return time - before.from <= after.from - time ? before : after;
}

/** What a key does; true if it did something. ui is what drawTimeline made. */
function press(ui, event) {
  const key = event.key;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.shiftKey && (key === "ArrowLeft" || key === "ArrowRight")) return ui.pan(key === "ArrowLeft" ? -0.2 : 0.2);
  switch (key) {
    case "+": case "=": return ui.zoom(1 / 1.6, ui.focusTime());
    case "-": case "_": return ui.zoom(1.6, ui.focusTime());
    case "0": return ui.fitAll();
    case "ArrowRight": return along(ui, 1);
    case "ArrowLeft": return along(ui, -1);
    case "ArrowDown": return across(ui, 1);
    case "ArrowUp": return across(ui, -1);
    case "PageDown": return across(ui, 10);
    case "PageUp": return across(ui, -10);
    case "Home": return edge(ui, 0);
    case "End": return edge(ui, -1);
    case "Enter": case " ": return ui.openDetails();
    case "Escape": return ui.closeDetails();
    default: return false;
  }
}

function begin(ui) {
  const rows = ui.rows();
  const row = rows.find((one) => one.lane && one.all.length) || rows.find((one) => one.all.length);
  return row ? ui.select(row, row.all[0]) : true;
}

function along(ui, step) {
  const { row, thing } = ui.selection();
  if (!thing) return begin(ui);
  const at = row.all.indexOf(thing) + step;
  return at < 0 || at >= row.all.length ? true : ui.select(row, row.all[at]);
}

function across(ui, step) {
  const { row, thing } = ui.selection();
  if (!thing) return begin(ui);
  const rows = ui.rows().filter((one) => one.all.length);
  const at = Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + step));
  return rows[at] === row ? true : ui.select(rows[at], nearest(rows[at], thing.from));
}

function edge(ui, which) {
  const { row, thing } = ui.selection();
  return thing ? ui.select(row, row.all.at(which)) : begin(ui);
}

/** The thing under a place of the chart, and its row. */
function under(ui, px, py) {
  const row = ui.rowAt(py);
  if (!row) return { row: null, thing: null };
  const at = ui.timeAt(px);
  const near = ui.timeAt(px + 4) - at;
  let best = null;
  const from = Math.max(0, firstFrom(row.things, at - row.longest - near * 2));
  for (let i = from; i < row.things.length && row.things[i].from <= at + near * 2; i++) {
    const one = row.things[i];
    const y = top(row, one) - 2;
    if (row.kind !== "marks" && (py < y || py > y + row.bar + row.pad)) continue;
    const off = Math.max(one.from - at, at - one.to, 0);
    if (off <= near * (row.kind === "marks" ? 2 : 1) && (!best || off <= best.off)) best = { one, off };
  }
  if (best) return { row, thing: best.one };
  const pause = row.lane && row.lane.pauses.find((one) =>
    (one.from === null || one.from <= at) && (one.to === null || one.to >= at) && row.all.includes(one));
  return { row, thing: pause || null };
}

function listen(ui, chart, scroller) {
  const place = (event) => {
    const box = scroller.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let drag = null;
  chart.addEventListener("keydown", (event) => {
    if (press(ui, event)) event.preventDefault();
  });
  scroller.addEventListener("wheel", (event) => {
    const [px] = place(event);
    if (event.ctrlKey || event.metaKey) {
      ui.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.008), ui.timeAt(px));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      ui.pan((event.deltaX || event.deltaY) / 900);
    } else {
      return;
    }
    event.preventDefault();
  }, { passive: false });
  scroller.addEventListener("pointerdown", (event) => {
    if (event.button === 0) drag = { x: event.clientX, moved: false };
  });
  scroller.addEventListener("pointermove", (event) => {
    const [px, py] = place(event);
    if (drag && event.buttons & 1) {
      const by = event.clientX - drag.x;
      if (event.pointerType === "touch") { // a tap chooses; the browser scrolls
        drag.moved = drag.moved || Math.abs(by) > 8;
        return;
      }
      if (drag.moved || Math.abs(by) > 4) {
        if (!drag.moved) scroller.setPointerCapture(event.pointerId);
        drag.moved = true;
        drag.x = event.clientX;
        ui.drag(by);
      }
      return;
    }
    ui.hover(px, py);
  });
  scroller.addEventListener("pointerup", (event) => {
    const [px, py] = place(event);
    const hit = drag && !drag.moved ? under(ui, px, py) : null;
    drag = null;
    if (hit && hit.thing) {
      ui.select(hit.row, hit.thing);
      ui.openDetails();
    } else if (hit) {
      ui.closeDetails();
    }
  });
  scroller.addEventListener("pointerleave", () => ui.leave());
  scroller.addEventListener("dblclick", (event) => ui.zoom(0.4, ui.timeAt(place(event)[0])));
}
