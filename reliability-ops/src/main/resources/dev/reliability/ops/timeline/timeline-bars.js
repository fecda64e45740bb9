// What stands in a row: runs, pauses, the time around runs without output, processes, marks.

function drawRow(c, row) {
  if (row.kind === "lane") drawLane(c, row);
  else if (row.kind === "incarnations") row.things.forEach((one) => drawIncarnation(c, row, one));
  else drawMarks(c, row);
}

function top(row, thing) {
  return row.y + 4 + (thing.track || 0) * (row.bar + row.pad);
}

function drawLane(c, row) {
  const { view, dims } = c;
  row.lane.pauses.forEach((pause) => drawPause(c, row, pause));
  row.lane.silences.forEach((silence) => drawSilence(c, row, silence));
  const failed = [];
  for (let i = firstFrom(row.things, view[0] - row.longest); i < row.things.length; i++) {
    const run = row.things[i];
    if (run.from > view[1]) break;
    if (run.to < view[0]) continue;
    if (run.ok || dims(run)) drawRun(c, row, run);
    else failed.push(run); // on top: none of them is hidden by what went well
  }
  failed.forEach((run) => drawRun(c, row, run));
}

function drawRun(c, row, run) {
  const { ctx, palette, x, gutter, width } = c;
  const look = run.look;
  const left = Math.max(x(run.from), gutter - 4);
  const right = Math.min(x(run.to), width + 4);
  const wide = Math.max(right - left, 2);
  const y = top(row, run);
  c.drawn++;
  ctx.globalAlpha = c.dims(run) ? 0.16 : 1;
  if (wide < 5) {
    ctx.fillStyle = look.family === "open" ? palette["open-edge"] : palette[look.family];
    ctx.fillRect(left, y, wide, row.bar);
  } else {
    const began = run.started === null ? (run.end === null ? run.to : run.from) : run.started;
    const body = Math.min(Math.max(x(began), left), right);
    if (body - left > 1) { // queued
      ctx.fillStyle = palette[look.family + "-edge"];
      ctx.fillRect(left, y + row.bar / 2 - 1, body - left, 2);
      ctx.fillRect(left, y + row.bar / 4, 1.5, row.bar / 2);
    }
    bar(c, row, run, body, right, y);
  }
  ctx.globalAlpha = 1;
  if (run === c.selected || run === c.hovered) ring(c, left, y, wide, row.bar, run === c.selected);
}

function bar(c, row, run, left, right, y) {
  const { ctx, palette, x } = c;
  const look = run.look;
  const wide = Math.max(right - left, 2);
  const text = palette[look.family + "-text"];
  ctx.beginPath();
  ctx.roundRect(left + 0.5, y + 0.5, wide - 1, row.bar - 1, Math.min(3, wide / 3));
  ctx.fillStyle = palette[look.family];
  ctx.fill();
  let used = 0;
  if (row.bar >= 12 && wide >= 14) {
    ctx.font = "700 11.5px " + palette.font;
    ctx.textAlign = "left";
    ctx.fillStyle = text;
    ctx.fillText(look.letter, left + 5, y + row.bar / 2 + 0.5);
    used = 18;
    if (wide >= 70) {
      ctx.font = "11.5px " + palette.font;
      const words = fit(ctx, run.item || run.id, wide - used - 10);
      ctx.fillText(words, left + used, y + row.bar / 2 + 0.5);
      used += words ? ctx.measureText(words).width + 6 : 0;
    }
  }
  if (look.pattern !== "solid" && wide - used > 5) {
    ctx.save();
    ctx.clip();
    ctx.fillStyle = fillOf(ctx, palette, look);
    ctx.fillRect(left + used, y, wide - used, row.bar);
    ctx.restore();
  }
  ctx.beginPath();
  ctx.roundRect(left + 0.5, y + 0.5, wide - 1, row.bar - 1, Math.min(3, wide / 3));
  ctx.strokeStyle = palette[look.family + "-edge"];
  ctx.setLineDash(run.end === null ? [4, 3] : []);
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.setLineDash([]);
  if (run.first !== null && row.bar >= 8 && wide >= 24) { // first output: a notch at the lower edge
    const at = Math.max(x(run.first), left + 5);
    if (at <= right - 5) {
      ctx.fillStyle = text;
      ctx.beginPath();
      ctx.moveTo(at - 4, y + row.bar);
      ctx.lineTo(at + 4, y + row.bar);
      ctx.lineTo(at, y + row.bar - 4);
      ctx.fill();
    }
  }
}

function ring({ ctx, palette }, left, y, wide, high, isSelected) {
  ctx.strokeStyle = palette.focus;
  ctx.lineWidth = isSelected ? 2.5 : 1.5;
  ctx.beginPath();
  ctx.roundRect(left - 2, y - 2, wide + 4, high + 4, 5);
  ctx.stroke();
  ctx.lineWidth = 1;
}

function drawPause(c, row, pause) {
  const { ctx, palette, x, gutter, width, model, view } = c;
  const from = pause.from === null ? model.since : pause.from;
  const to = pause.to === null ? model.until : pause.to;
  if (to < view[0] || from > view[1]) return;
  const left = Math.max(x(from), gutter - 4);
  const right = Math.max(Math.min(x(to), width + 4), left + 2);
  ctx.fillStyle = palette.pause;
  ctx.fillRect(left, row.y + 1, right - left, row.height - 2);
  ctx.fillStyle = palette["pause-line"];
  ctx.fillRect(left, row.y + 1, 2, row.height - 2);
  if (pause.to !== null) ctx.fillRect(right - 2, row.y + 1, 2, row.height - 2);
  if (right - left > 60 && row.height >= 20) {
    ctx.font = "italic 11px " + palette.font;
    ctx.textAlign = "right";
    ctx.fillText(fit(ctx, "paused" + (pause.reason ? ": " + pause.reason : ""), right - left - 14), right - 6, row.y + row.height - 9);
  }
  if (pause === c.selected || pause === c.hovered) ring(c, left + 2, row.y + 3, right - left - 4, row.height - 6, pause === c.selected);
}

/** The time around a run without output in which correlate looks for a close of the link. */
function drawSilence(c, row, silence) {
  const { ctx, palette, x, model, view, gutter, width } = c;
  if (silence.at + model.tolerance < view[0] || silence.at - model.tolerance > view[1]) return;
  const left = Math.max(x(silence.at - model.tolerance), gutter - 4);
  const right = Math.min(x(silence.at + model.tolerance), width + 4);
  if (right - left < 6) return;
  ctx.globalAlpha = 0.1;
  ctx.fillStyle = palette.near;
  ctx.fillRect(left, row.y + 1, right - left, row.height - 2);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = palette.near;
  ctx.setLineDash(silence.close ? [] : [3, 3]); // a bracket: whole if there was a close
  ctx.beginPath();
  ctx.moveTo(left + 0.5, row.y + row.height - 9);
  ctx.lineTo(left + 0.5, row.y + row.height - 2.5);
  ctx.lineTo(right - 0.5, row.y + row.height - 2.5);
  ctx.lineTo(right - 0.5, row.y + row.height - 9);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawIncarnation(c, row, one) {
  const { ctx, palette, x, view, gutter, width } = c;
  if (one.to < view[0] || one.from > view[1]) return;
  const left = Math.max(x(one.from), gutter - 4);
  const right = Math.max(Math.min(x(one.to), width + 4), left + 2);
  const y = top(row, one);
  ctx.fillStyle = palette.process;
  ctx.fillRect(left, y + row.bar / 2 - 1.5, right - left, 3);
  ctx.fillRect(left, y, 2, row.bar);
  if (one.stopped) ctx.fillRect(right - 2, y, 2, row.bar);
  if (one === c.selected || one === c.hovered) ring(c, left, y, right - left, row.bar, one === c.selected);
}

function drawMarks(c, row) {
  const { ctx, palette, x, view, gutter, width } = c;
  const middle = row.y + row.height / 2;
  for (const [from, to] of row.open || []) {
    if (to < view[0] || from > view[1]) continue;
    const left = Math.max(x(from), gutter);
    ctx.fillStyle = palette.good;
    ctx.globalAlpha = 0.75;
    ctx.fillRect(left, middle + 4, Math.max(1, Math.min(x(to), width) - left), 3);
    ctx.globalAlpha = 1;
  }
  let last = -99;
  for (let i = firstFrom(row.things, view[0] - row.longest); i < row.things.length; i++) {
    const mark = row.things[i];
    if (mark.from > view[1]) break;
    if (mark.to < view[0]) continue;
    const at = x(mark.from);
    if (mark.lasts) {
      ctx.fillStyle = palette.pause;
      const left = Math.max(at, gutter);
      ctx.fillRect(left, middle - 8, Math.max(2, Math.min(x(mark.to), width) - left), 16);
    }
    if (at - last < 0.7 && mark !== c.selected && mark !== c.hovered) continue;
    last = at;
    symbol(ctx, palette, mark, at, middle);
    if (mark === c.selected || mark === c.hovered) ring(c, at - 6, middle - 7, 12, 14, mark === c.selected);
  }
}

function symbol(ctx, palette, mark, at, y) {
  const family = familyOfMark(mark);
  ctx.fillStyle = ctx.strokeStyle = palette[family];
  ctx.lineWidth = 2;
  ctx.beginPath();
  const what = mark.what;
  if (what === "link_closed" || what === "link_stopped") {
    ctx.moveTo(at - 5, y - 7);
    ctx.lineTo(at + 5, y - 7);
    ctx.lineTo(at, y + 2);
    ctx.fill();
    if (what === "link_stopped") ctx.fillRect(at - 5, y + 3, 10, 2.5);
  } else if (what === "link_opened") {
    ctx.moveTo(at - 4, y + 2);
    ctx.lineTo(at + 4, y + 2);
    ctx.lineTo(at, y - 5);
    ctx.fill();
  } else if (what === "link_reconnect") {
    ctx.arc(at, y - 2, 3.2, 0, 7);
    ctx.stroke();
  } else if (what === "gate_judged" || what === "readiness") {
    ctx.arc(at, y, 7, 0, 7);
    ctx.fill();
    ctx.fillStyle = palette.letter;
    ctx.font = "700 10px " + palette.font;
    ctx.textAlign = "center";
    ctx.fillText(mark.word === "go" ? "✓" : mark.word === "no_go" ? "✕" : "?", at, y + 0.5);
  } else if (what.startsWith("incident_")) {
    ctx.moveTo(at, y - 7);
    ctx.lineTo(at + 7, y);
    ctx.lineTo(at, y + 7);
    ctx.lineTo(at - 7, y);
    ctx.closePath();
    what === "incident_resolved" ? ctx.stroke() : ctx.fill();
  } else {
    ctx.fillRect(at - 1, y - 8, 2, 16);
    ctx.fillRect(at - 1, y - 8, 8, 6);
  }
  ctx.lineWidth = 1;
}
