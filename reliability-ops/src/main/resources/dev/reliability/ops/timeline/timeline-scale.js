// Times and lengths as words, and where an axis has its ticks. All times are UTC.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE,
  5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const two = (n) => String(n).padStart(2, "0");
const three = (n) => String(n).padStart(3, "0");
const count = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const many = (n, one, more) => count(n) + " " + (n === 1 ? one : more || one + "s");

function dayOf(ms) {
  const d = new Date(ms);
  return WEEKDAYS[d.getUTCDay()] + " " + d.getUTCDate() + " " + MONTHS[d.getUTCMonth()] + " " + d.getUTCFullYear();
}

function isoDay(ms) {
  return new Date(ms).toISOString().replace(/T.*/, "");
}

function clockOf(ms, exact) {
  const d = new Date(ms);
  const time = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
  return exact ? time + "." + three(d.getUTCMilliseconds()) : time;
}

const stamp = (ms) => isoDay(ms) + " " + clockOf(ms, true);

/** A length in two units at most: 1.5 s, 2 min 3 s, 4 h 5 min, 3 d 2 h. */
function lengthOf(ms) {
  const sign = ms < 0 ? "-" : "";
  const abs = Math.abs(ms);
  if (abs < SECOND) return sign + Math.round(abs) + " ms";
  if (abs < 10 * SECOND) return sign + (Math.floor(abs / 10) / 100).toFixed(2) + " s";
  if (abs < MINUTE) return sign + (Math.floor(abs / 100) / 10).toFixed(1) + " s";
  const pair = (unit, name, small, less) => {
    const whole = Math.floor(abs / unit);
    const rest = Math.floor((abs - whole * unit) / small);
    return sign + count(whole) + " " + name + (rest ? " " + rest + " " + less : "");
  };
  if (abs < HOUR) return pair(MINUTE, "min", SECOND, "s");
  return abs < DAY ? pair(HOUR, "h", MINUTE, "min") : pair(DAY, "d", HOUR, "h");
}

function tickLabel(ms, step) {
  const d = new Date(ms);
  if (step >= DAY || ms % DAY === 0) {
    return step > 300 * DAY ? String(d.getUTCFullYear()) : d.getUTCDate() + " " + MONTHS[d.getUTCMonth()];
  }
  if (step >= MINUTE) return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
  return clockOf(ms, step < SECOND);
}

/** Ticks at round times, no closer than so many pixels. */
function ticksOf(from, to, width, apart) {
  const least = ((to - from) / Math.max(width, apart)) * apart;
  const step = STEPS.find((one) => one >= least);
  const ticks = [];
  if (step) {
    const first = step >= 7 * DAY ? Math.ceil((from - 4 * DAY) / step) * step + 4 * DAY : Math.ceil(from / step) * step;
    for (let at = first; at <= to; at += step) {
      ticks.push({ at, label: tickLabel(at, step) });
    }
    return { ticks, step };
  }
  const months = [1, 3, 6, 12, 24, 60, 120, 600, 1200, 12000, 120000, 1200000].find((one) => one * 30 * DAY >= least) || 12000000;
  const begin = new Date(from);
  let month = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
  month = Math.ceil(month / months) * months;
  for (let i = 0; i < 1000; i++, month += months) {
    const at = new Date(0).setUTCFullYear(Math.floor(month / 12), ((month % 12) + 12) % 12, 1);
    if (!(at <= to)) break;
    if (at >= from) {
      const label = months < 12 ? MONTHS[((month % 12) + 12) % 12] + " " + Math.floor(month / 12) : String(Math.floor(month / 12));
      ticks.push({ at, label });
    }
  }
  return { ticks, step: months * 30 * DAY };
}
