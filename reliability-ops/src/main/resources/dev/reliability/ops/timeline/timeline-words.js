// What is said of one thing: for the tip, the panel below the chart, and for who listens.

const WORDS = {
  link_opened: "Link opened", link_closed: "Link closed", link_reconnect: "Link connects again", link_cooldown: "Link left alone",
  link_stopped: "Link stopped", gate_judged: "Gate judged", readiness: "Readiness changed", incident_opened: "Incident opened",
  incident_fixed: "Incident: fix in place", incident_refused: "Incident: closing refused", incident_resolved: "Incident resolved",
  incident_reopened: "Incident open again", clock_jumped: "Clock jumped", clock_paused: "Process stood still", deployed: "Version in service",
  events_dropped: "Events were lost",
};

const SIGNS = [
  ["⊢", "queued"], ["▴", "first output"], ["┄", "no end told"], ["▒", "paused, or left alone"], ["⎵", "time around a run without output"],
  ["▼", "link closed"], ["▲", "opened"], ["○", "connects again"], ["●", "gate"], ["◆", "incident"], ["◇", "resolved"], ["⚑", "clock or version"],
];

const TYPES = {
  link_reconnect: "link.connecting", readiness: "health.verdict", incident_fixed: "incident.fix_marked",
  incident_refused: "incident.resolve_refused", deployed: "deploy.marked", events_dropped: "process.events_dropped",
};

/** Title, facts and events of a thing. */
function describe(thing, model, texts) {
  if (thing.kind === "run") return describeRun(thing, model, texts);
  if (thing.kind === "pause") {
    return {
      title: "Lane paused", letter: "", family: "paused",
      facts: [
        ["From", thing.from === null ? "before what was read" : stamp(thing.from)],
        ["Until", thing.to === null ? "it still is" : stamp(thing.to)],
        ["Length", thing.from === null || thing.to === null ? "" : lengthOf(thing.to - thing.from)],
        ["Reason", thing.reason], ["Went on", thing.after],
      ],
      events: events([["lane.paused", thing.paused, thing.from], ["lane.resumed", thing.resumed, thing.to]]),
    };
  }
  if (thing.kind === "incarnation") {
    return {
      title: "Process on " + thing.node, letter: "", family: "process",
      facts: [
        ["Incarnation", thing.epoch], ["Process id", thing.pid ? String(thing.pid) : ""], ["Began", stamp(thing.from)],
        [thing.stopped ? "Stopped" : "Last told something", stamp(thing.to)],
        ["Why", thing.stopped ? thing.reason : "nobody told of an end: it lives, or was cut off"],
      ],
      events: events([["process.started", thing.started, thing.from], ["process.stopped", thing.stop, thing.to]]),
    };
  }
  return {
    title: WORDS[thing.what] + (thing.about ? ": " + thing.about : ""), letter: "", family: familyOfMark(thing),
    facts: [
      ["At", stamp(thing.from)], ["What", thing.word], ["Lasts", thing.lasts ? lengthOf(thing.lasts) : ""], ["Detail", thing.detail],
      ["By", thing.actor],
    ],
    events: events([[TYPES[thing.what] || thing.what.replace("_", "."), thing.id, thing.from]]),
  };
}

function describeRun(run, model, texts) {
  const silence = run.silence;
  return {
    title: run.item || run.id, letter: run.look.letter, family: run.look.family,
    facts: [
      ["Lane", run.lane.name || "(none)"], ["Run", run.id], ["Item", run.item],
      ["State", run.state.replace("_", " ") + (run.end === null ? ", nobody told of an end" : "")],
      ["Reason", run.end === null ? "" : run.reason], ["Detail", run.detail], ["Began", stamp(run.from)],
      ["Started", run.started === null ? "never, as far as is known" : stamp(run.started) + ", after " + lengthOf(run.started - run.from)],
      ["First output", run.first === null ? "none" : stamp(run.first) + ", after " + lengthOf(run.first - (run.started === null ? run.from : run.started))],
      [run.end === null ? "Last told something" : "Ended", stamp(run.to)], ["Length", lengthOf(run.to - run.from)],
      ["Link", silence ? closeWords(silence, model) : ""],
    ],
    events: proofOf(run, texts),
  };
}

function closeWords(silence, model) {
  if (!silence.close) {
    return "no close known within ±" + lengthOf(model.tolerance);
  }
  const when = silence.offset === 0 ? "at the same time" : lengthOf(Math.abs(silence.offset)) + (silence.offset < 0 ? " before" : " after");
  return "nearest close or reconnect " + when + ", " + silence.close;
}

function events(list) {
  return list.filter(([, id]) => id).map(([type, id, at]) => ({ type, id, at }));
}

function familyOfMark(mark) {
  if (mark.what === "link_closed" || mark.what === "link_stopped" || mark.word === "no_go" || mark.what === "incident_opened") return "bad";
  if (mark.what === "link_opened" || mark.word === "go" || mark.what === "incident_resolved") return "good";
  return "mark";
}

/** One sentence, for who listens. */
function sentence(thing, row, model, texts) {
  const said = describe(thing, model, texts);
  const place = row.all.indexOf(thing) + 1;
  const facts = said.facts.filter(([name, value]) => value && name !== "Lane" && name !== "Item").map(([name, value]) => name + " " + value);
  const ids = said.events.map((event) => event.id);
  return row.label + ", " + place + " of " + row.all.length + ": " + said.title + ". " + facts.join(". ") + ". " +
    (ids.length ? "Events " + ids.join(", ") + "." : "No event is known.");
}

/** What the page as a whole says, line by line. */
function summaryOf(model) {
  const open = model.runs.filter((run) => run.end === null).length;
  const total = model.ends.reduce((sum, [, n]) => sum + n, 0);
  const good = model.runs.filter((run) => run.ok).length;
  return { total, open, good, failed: model.failed, drawn: model.runs.length };
}

function togetherWords(model) {
  const { events: n, matched, verdict, why } = model.together;
  if (!n) return "";
  return many(n, "run") + " without output, " + count(matched) + " with a close of the link within ±" + lengthOf(model.tolerance) + ": " +
    verdict.replace(/_/g, " ") + (why ? " (" + why + ")" : "");
}
