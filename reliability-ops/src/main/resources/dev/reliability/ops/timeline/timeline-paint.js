// Draws rows on a canvas: only what is within the view, by the colours that the style sheet gives.

const AXIS = 44;
const COLOURS = [
  "bg", "band", "line", "grid", "text", "muted", "focus", "pause", "pause-line", "good", "bad", "mark", "process", "near", "letter",
].concat(FAMILIES.flatMap((family) => [family, family + "-edge", family + "-text"]));

function paletteOf(element) {
  const style = getComputedStyle(element);
  const palette = {};
  for (const name of COLOURS) {
    palette[name] = style.getPropertyValue("--tl-" + name).trim();
  }
  palette.font = style.getPropertyValue("--tl-font").trim() || "sans-serif";
  palette.tiles = new Map();
  return palette;
}

/** A pattern over a colour, so that the colour is not the only sign. */
function fillOf(ctx, palette, look) {
  const key = look.family + look.pattern;
  if (!palette.tiles.has(key)) {
    palette.tiles.set(key, tile(ctx, palette[look.family], palette[look.family + "-text"], look.pattern));
  }
  return palette.tiles.get(key);
}

function tile(ctx, colour, ink, pattern) {
  if (pattern === "solid") return colour;
  const size = 8;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const t = canvas.getContext("2d");
  t.fillStyle = colour;
  t.fillRect(0, 0, size, size);
  t.strokeStyle = t.fillStyle = ink;
  t.globalAlpha = 0.5;
  t.lineWidth = 1.4;
  t.beginPath();
  const line = (a, b, c, d) => {
    t.moveTo(a, b);
    t.lineTo(c, d);
  };
  if (pattern === "rise" || pattern === "cross") [-size, 0, size].forEach((x) => line(x, size, x + size, 0));
  if (pattern === "fall" || pattern === "cross") [-size, 0, size].forEach((x) => line(x, 0, x + size, size));
  if (pattern === "bars") line(size / 2, 0, size / 2, size);
  if (pattern === "lines") line(0, size / 2, size, size / 2);
  if (pattern === "dots") t.arc(size / 2, size / 2, 1.5, 0, 7);
  pattern === "dots" ? t.fill() : t.stroke();
  return ctx.createPattern(canvas, "repeat");
}

/** A text that fits, cut at its end. */
function fit(ctx, text, room) {
  const short = text.length > 200 ? text.slice(0, 200) : text;
  if (ctx.measureText(short).width <= room) return short;
  let low = 0;
  let high = short.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(short.slice(0, middle) + "…").width <= room) low = middle;
    else high = middle - 1;
  }
  return low ? short.slice(0, low) + "…" : "";
}

/** The first of things, in the order of their beginnings, that may reach a time. */
function firstFrom(things, time) {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (things[middle].from < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * One picture: p has ctx, width, height, gutter, view [from, to], palette, model, rows with their y, selected, hovered, dims(run).
 * Gives back how many runs were drawn.
 */
function paint(p) {
  const { ctx, palette, width, height, gutter } = p;
  const x = (time) => gutter + ((time - p.view[0]) / (p.view[1] - p.view[0])) * (width - gutter);
  const c = { ...p, x, drawn: 0 };
  ctx.fillStyle = palette.bg;
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = "middle";
  const head = p.rows.filter((row) => row.pinned);
  const body = p.rows.filter((row) => !row.pinned && row.y + row.height > p.headEnd && row.y < height);
  const scale = ticksOf(p.view[0], p.view[1], width - gutter, 92);
  clip(ctx, 0, p.headEnd, width, height - p.headEnd, () => {
    body.forEach((row, i) => background(c, row, i));
    grid(c, scale, p.headEnd, height);
    clip(ctx, gutter, p.headEnd, width - gutter, height, () => {
      verticals(c, p.headEnd, height);
      body.forEach((row) => drawRow(c, row));
    });
    body.forEach((row) => label(c, row));
  });
  clip(ctx, 0, AXIS, width, p.headEnd - AXIS, () => {
    head.forEach((row) => background(c, row, 0));
    grid(c, scale, AXIS, p.headEnd);
    clip(ctx, gutter, AXIS, width - gutter, p.headEnd, () => {
      verticals(c, AXIS, p.headEnd);
      head.forEach((row) => drawRow(c, row));
    });
    head.forEach((row) => label(c, row));
  });
  axis(c, scale);
  return c.drawn;
}

function clip(ctx, x, y, w, h, draw) {
  if (h <= 0 || w <= 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  draw();
  ctx.restore();
}

function background({ ctx, palette, width }, row) {
  if (row.index % 2 || row.pinned) {
    ctx.fillStyle = palette.band;
    ctx.fillRect(0, row.y, width, row.height);
  }
}

function grid({ ctx, palette, x, gutter, model, width }, scale, top, bottom) {
  ctx.fillStyle = palette.grid;
  for (const tick of scale.ticks) {
    const at = Math.round(x(tick.at));
    if (at > gutter) ctx.fillRect(at, top, 1, bottom - top);
  }
  ctx.fillStyle = palette.band;
  const since = x(model.since);
  const until = x(model.until);
  if (since > gutter) ctx.fillRect(gutter, top, Math.min(width, since) - gutter, bottom - top);
  if (until < width) ctx.fillRect(Math.max(gutter, until), top, width - Math.max(gutter, until), bottom - top);
}

/** Closes of links, versions and jumps of the clock go through all lanes; where they are too many, their row has them. */
function verticals({ ctx, palette, x, view, model, width, gutter }, top, bottom) {
  const all = model.across;
  const from = firstFrom(all, view[0]);
  const to = firstFrom(all, view[1]);
  if (to - from > 150) return;
  let last = -9;
  for (let i = from; i < to; i++) {
    const at = Math.round(x(all[i].from)) + 0.5;
    if (at - last < 2 || at < gutter || at > width) continue;
    last = at;
    const isLink = all[i].what.startsWith("link_");
    ctx.strokeStyle = isLink ? palette.bad : palette.mark;
    ctx.globalAlpha = isLink ? 0.5 : 0.8;
    ctx.setLineDash(isLink ? [2, 3] : [6, 3]);
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, bottom);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function label({ ctx, palette, gutter, hoveredRow, selectedRow }, row) {
  const strong = row === hoveredRow || row === selectedRow;
  ctx.fillStyle = palette.line;
  ctx.fillRect(0, row.y + row.height - 1, gutter, 1);
  ctx.fillRect(gutter - 1, row.y, 1, row.height);
  if (row.height < 9) return;
  ctx.font = (strong ? "600 " : row.pinned ? "italic " : "") + Math.min(12.5, row.height - 1) + "px " + palette.font;
  ctx.fillStyle = strong || !row.pinned ? palette.text : palette.muted;
  const middle = row.y + Math.min(row.height / 2, 4 + row.bar / 2 + 3);
  const failed = row.lane && row.lane.failed ? count(row.lane.failed) : "";
  let room = gutter - 22;
  if (failed) {
    const bold = "600 " + Math.min(11, row.height - 1) + "px " + palette.font;
    const font = ctx.font;
    ctx.font = bold;
    const w = ctx.measureText(failed).width;
    ctx.fillStyle = palette.bad;
    ctx.textAlign = "right";
    ctx.fillText(failed, gutter - 9, middle);
    room -= w + 6;
    ctx.font = font;
    ctx.fillStyle = palette.text;
  }
  ctx.textAlign = "left";
  ctx.fillText(fit(ctx, row.label, room), 10, middle);
}

function axis({ ctx, palette, width, gutter, x, view, headEnd, cursor, model }, scale) {
  ctx.fillStyle = palette.bg;
  ctx.fillRect(0, 0, width, AXIS);
  ctx.fillStyle = palette.line;
  ctx.fillRect(0, AXIS - 1, width, 1);
  if (headEnd > AXIS) ctx.fillRect(0, headEnd - 1, width, 1);
  ctx.textAlign = "left";
  ctx.font = "600 12px " + palette.font;
  ctx.fillStyle = palette.text;
  ctx.fillText("UTC", 10, AXIS - 14);
  const ofDays = scale.step >= DAY;
  const first = Math.min(Math.max(view[0], model.since), view[1]);
  const label = ofDays ? String(new Date(first).getUTCFullYear()) : dayOf(first);
  ctx.fillText(fit(ctx, label, width - gutter - 8), gutter + 4, 13);
  ctx.font = "12px " + palette.font;
  ctx.textAlign = "center";
  for (const tick of scale.ticks) {
    const at = Math.round(x(tick.at));
    const half = ctx.measureText(tick.label).width / 2;
    if (at < gutter || at + half > width) continue;
    ctx.fillStyle = palette.line;
    ctx.fillRect(at, AXIS - 7, 1, 6);
    ctx.fillStyle = tick.at % DAY === 0 && !ofDays ? palette.text : palette.muted;
    if (at - half > gutter) ctx.fillText(tick.label, at, AXIS - 16);
  }
  if (cursor !== null && cursor > gutter) {
    const text = scale.step >= DAY ? stamp(view[0] + ((cursor - gutter) / (width - gutter)) * (view[1] - view[0])).slice(0, 16)
      : clockOf(view[0] + ((cursor - gutter) / (width - gutter)) * (view[1] - view[0]), scale.step < 10 * SECOND);
    ctx.font = "600 12px " + palette.font;
    const w = ctx.measureText(text).width + 12;
    const left = Math.min(Math.max(gutter, cursor - w / 2), width - w);
    ctx.fillStyle = palette.text;
    ctx.fillRect(left, AXIS - 25, w, 18);
    ctx.fillStyle = palette.bg;
    ctx.textAlign = "left";
    ctx.fillText(text, left + 6, AXIS - 16);
  }
}
