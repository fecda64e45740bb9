// What is drawn, as TimelineData.java writes it: read into rows of things with a beginning and an end.

const REASONS = {
  completed: ["ok", "C", "solid"],
  idle_cleanup: ["ok", "I", "rise"],
  linger_cleanup: ["ok", "L", "fall"],
  no_output_timeout: ["timeout", "N", "cross"],
  hard_timeout: ["timeout", "H", "rise"],
  run_deadline_exceeded: ["timeout", "D", "fall"],
  container_spawn_failed_before_running: ["start", "F", "dots"],
  spawn_unknown: ["start", "U", "bars"],
  start_deadline_exceeded: ["start", "S", "rise"],
  queued_stale_before_spawn: ["start", "Q", "fall"],
  exit_nonzero: ["died", "X", "fall"],
  killed_by_signal: ["died", "K", "rise"],
  worker_lost: ["died", "W", "dots"],
  running_without_container: ["died", "R", "bars"],
  store_failed: ["store", "B", "rise"],
  lease_lost: ["store", "E", "fall"],
  internal_error: ["store", "!", "cross"],
  cancelled: ["stopped", "A", "lines"],
  shutdown: ["stopped", "Z", "bars"],
  open: ["open", "…", "solid"],
};
const OTHERS = { done: "ok", review_requested: "ok", cancelled: "stopped" };
const FAMILIES = ["ok", "timeout", "start", "died", "store", "stopped", "open"];
const BAR = 18;
const GAP = 3;

/** How a reason looks: its family, which has a colour, its letter and its pattern. */
function lookOf(reason, state) {
  const known = Object.hasOwn(REASONS, reason) && REASONS[reason];
  if (known) {
    return { family: known[0], letter: known[1], pattern: known[2] };
  }
  return { family: OTHERS[state] || "died", letter: "O", pattern: "lines" };
}

function eventName(epoch, seq) {
  return seq ? epoch + "#" + seq : "";
}

/** The data, read. Times stay numbers: milliseconds since 1970, UTC. */
function readTimeline(data) {
  const text = (place) => data.texts[place];
  const model = {
    now: data.now, since: data.since, until: data.until, asked: data.asked, notes: data.notes, left: data.left,
    ends: data.ends.map(([reason, count]) => [text(reason), count]),
    tolerance: data.together[0],
    together: { events: data.together[1], matched: data.together[2], verdict: text(data.together[3]), why: text(data.together[4]) },
    runs: [], marks: [], silences: [], incarnations: [], lanes: [], failed: 0,
  };
  model.lanes = data.lanes.map((row) => ({ name: text(row[0]), runs: [], pauses: readPauses(row, text), silences: [], failed: 0 }));
  let before = 0;
  for (const row of data.runs) {
    const run = readRun(row, before, text);
    before = run.from;
    run.lane = model.lanes[row[0]];
    run.lane.runs.push(run);
    if (!run.ok) {
      run.lane.failed += run.failed ? 1 : 0;
      model.failed += run.failed ? 1 : 0;
    }
    model.runs.push(run);
  }
  model.marks = data.marks.map((row) => ({
    kind: "mark", what: text(row[0]), from: row[1], to: row[1] + row[7], id: eventName(text(row[2]), row[3]),
    about: text(row[4]), word: text(row[5]), detail: text(row[6]), lasts: row[7], actor: text(row[8]),
  }));
  const lanes = new Map(model.lanes.map((lane) => [lane.name, lane]));
  const runs = new Map(model.runs.map((run) => [run.id, run]));
  for (const row of data.silences) {
    const silence = {
      at: row[0], id: eventName(text(row[1]), row[2]), run: text(row[4]), close: eventName(text(row[5]), row[6]), offset: row[7],
    };
    model.silences.push(silence);
    const lane = lanes.get(text(row[3]));
    if (lane) {
      lane.silences.push(silence);
      const run = runs.get(silence.run);
      if (run) {
        run.silence = silence;
      }
    }
  }
  model.incarnations = data.incarnations.map((row) => ({
    kind: "incarnation", epoch: text(row[0]), node: text(row[1]), pid: row[2], from: row[3], started: eventName(text(row[0]), row[4]),
    to: row[6] === null ? row[5] : row[6], stopped: row[6] !== null, stop: eventName(text(row[0]), row[7]), reason: text(row[8]),
  }));
  return model;
}

function readPauses(row, text) {
  const pauses = [];
  for (let i = 1; i < row.length; i += 8) {
    pauses.push({
      kind: "pause", from: row[i], paused: eventName(text(row[i + 1]), row[i + 2]), to: row[i + 3],
      resumed: eventName(text(row[i + 4]), row[i + 5]), reason: text(row[i + 6]), after: text(row[i + 7]),
    });
  }
  return pauses;
}

function readRun(row, before, text) {
  const from = before + row[3];
  const at = (offset) => (offset === null ? null : from + offset);
  const epoch = text(row[11]);
  const state = text(row[8]);
  const reason = text(row[9]);
  const run = {
    kind: "run", id: typeof row[1] === "number" ? epoch + "-" + row[1] : row[1], item: text(row[2]), from,
    started: at(row[4]), first: at(row[5]), end: at(row[6]), to: from + row[7], state, reason, detail: text(row[10]),
    look: lookOf(reason, state), ok: state === "done" || state === "review_requested", failed: state === "failed", silence: null, row,
  };
  return run;
}

/** The events that show a run: read when somebody asks, since few are looked at. */
function proofOf(run, texts) {
  const row = run.row;
  const proof = [];
  let epoch = texts[row[11]];
  let seq = 0;
  let at = run.from;
  for (let i = 12; i < row.length; ) {
    if (row[i] === -1) {
      epoch = texts[row[i + 1]];
      seq = 0;
      i += 2;
      continue;
    }
    seq += row[i + 1];
    at += row[i + 2];
    proof.push({ id: epoch + "#" + seq, type: texts[row[i]], at });
    i += 3;
  }
  return proof;
}

/** Puts what overlaps into tracks of their own, each the first that is free; gives back how many there are. */
function stack(things) {
  const ends = [];
  for (const one of things) {
    let track = 0;
    while (track < ends.length && ends[track] > one.from) {
      track++;
    }
    ends[track] = Math.max(one.to, one.from + 1);
    one.track = track;
  }
  return Math.max(1, ends.length);
}

const byTime = (a, b) => a.from - b.from;

function rowOf(kind, label, things, height) {
  things.sort(byTime);
  const tracks = kind === "marks" ? 1 : stack(things);
  const bar = height || Math.max(5, Math.min(BAR, Math.floor(150 / tracks)));
  const row = { kind, label, things, tracks, bar, pad: bar > 8 ? GAP : 1, all: things };
  row.longest = things.reduce((most, one) => Math.max(most, one.to - one.from), 0);
  row.height = tracks * (bar + (bar > 8 ? GAP : 1)) + 8;
  return row;
}

/** The rows above the lanes: processes, links, gates, incidents. */
function headRows(model) {
  const rows = [];
  const link = new Map();
  const gates = [];
  const incidents = [];
  const machine = [];
  for (const mark of model.marks) {
    if (mark.what.startsWith("link_")) {
      if (!link.has(mark.about)) {
        link.set(mark.about, []);
      }
      link.get(mark.about).push(mark);
    } else if (mark.what === "gate_judged" || mark.what === "readiness") {
      gates.push(mark);
    } else if (mark.what.startsWith("incident_")) {
      incidents.push(mark);
    } else {
      machine.push(mark);
    }
  }
  if (model.incarnations.length) {
    rows.push(rowOf("incarnations", "processes", model.incarnations, model.incarnations.length > 40 ? 5 : 10));
  }
  if (machine.length) {
    rows.push(rowOf("marks", "clocks, versions", machine, BAR));
  }
  for (const name of [...link.keys()].sort()) {
    const row = rowOf("marks", "link " + name, link.get(name), BAR);
    row.open = openSpans(row.things, model);
    rows.push(row);
  }
  if (gates.length) {
    rows.push(rowOf("marks", "gates", gates, BAR));
  }
  if (incidents.length) {
    rows.push(rowOf("marks", "incidents", incidents, BAR));
  }
  return rows;
}

/** From each opening of a link to its next close. */
function openSpans(marks, model) {
  const spans = [];
  let open = null;
  for (const mark of marks) {
    if (mark.what === "link_opened") {
      open = mark.from;
    } else if (open !== null && (mark.what === "link_closed" || mark.what === "link_stopped")) {
      spans.push([open, mark.from]);
      open = null;
    }
  }
  if (open !== null) {
    spans.push([open, Math.min(model.until, Math.max(model.now, open))]);
  }
  return spans;
}

function laneRow(lane) {
  const row = rowOf("lane", lane.name === "" ? "(no lane)" : lane.name, lane.runs.slice());
  row.lane = lane;
  row.all = lane.runs.concat(lane.pauses.filter((pause) => pause.from !== null || pause.to !== null)).sort(byTime);
  return row;
}

/** From the first to the last that is there to be seen, with a little room. */
function extentOf(model) {
  let from = Infinity;
  let to = -Infinity;
  const take = (a, b) => {
    from = Math.min(from, a);
    to = Math.max(to, b);
  };
  model.runs.forEach((run) => take(run.from, run.to));
  model.marks.forEach((mark) => take(mark.from, mark.to));
  model.incarnations.forEach((one) => take(one.from, one.to));
  model.lanes.forEach((lane) =>
    lane.pauses.forEach((pause) => {
      if (pause.from !== null) take(pause.from, pause.from);
      if (pause.to !== null) take(pause.to, pause.to);
    }));
  if (from > to) {
    return [model.since, Math.max(model.until, model.since + 1)];
  }
  from = Math.max(from, model.since);
  to = Math.max(Math.min(to, model.until), from);
  const room = Math.max(50, (to - from) * 0.03);
  return [from - room, to + room];
}
