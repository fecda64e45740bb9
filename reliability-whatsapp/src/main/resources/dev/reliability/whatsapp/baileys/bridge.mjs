// The bridge between a Java parent and the WhatsApp client library baileys. One process, at most one connection at a time.
//
// Promises: the parent speaks JSON lines to stdin and hears JSON lines, and nothing else, from stdout. No line can kill the bridge: what
// it does not understand it complains of. It ends, within 5 s and whatever hangs, when the parent says so or is gone (end of stdin, no
// more pings, stdout closed) or on a signal; it then closes the connection, saves the credentials and writes out all it has to say.
// It never decides to reconnect, and it never deletes credentials.
//
// How: this file holds the lines, the commands and the end; connection.mjs one connection; auth-dir.mjs the credentials' directory;
// signal.mjs what must be mended around the library's encryption.

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Connection, context } from './connection.mjs';

const MAX_LINE = 1 << 20;            // bytes, in both directions
const MAX_QUEUED_MESSAGES = 10_000;  // without credit
const MAX_QUEUED_BYTES = 32 << 20;
const MAX_BACKLOG = 1 << 20;         // bytes that the parent has not read, beyond which lines that may get lost are dropped
const MAX_SENT = 500;                // messages kept in case a receiver asks for one again
const MAX_KNOWN = 2_000;             // ids of messages received, to tell none twice
const END_MS = 4_500;
const MISSED_PINGS = 3;

// ---- Lines to the parent --------------------------------------------------------------------------------------------------------

const writeOut = process.stdout.write.bind(process.stdout);
process.stdout.write = (...args) => process.stderr.write(...args);
const MAY_GET_LOST = new Set(['activity', 'complaint', 'skipped']);
let linesOut = 0;

function lineOf(type, fields) {
  return JSON.stringify({ v: 1, type, seq: linesOut + 1, ...fields }) + '\n';
}

function writeLine(line) {
  linesOut++;
  writeOut(line);
}

function tell(type, fields) {
  if (MAY_GET_LOST.has(type) && process.stdout.writableLength > MAX_BACKLOG) return;
  writeLine(lineOf(type, fields));
}

function complain(what, detail) {
  tell('complaint', { what, detail: String(detail).slice(0, 1_000) });
}

// ---- Logs -----------------------------------------------------------------------------------------------------------------------
//
// Texts only, and never objects: libsignal logs its state with the private keys in it.

function log(...parts) {
  const text = parts.filter(part => typeof part === 'string').join(' ').slice(0, 2_000);
  if (text && process.stderr.writableLength < MAX_BACKLOG) process.stderr.write(`${text}\n`);
}

for (const level of ['log', 'info', 'debug', 'warn', 'error', 'trace']) console[level] = log;

/** A logger as baileys wants it. */
const logger = {
  level: 'warn', child: () => logger, trace() {}, debug() {}, info() {},
  warn: (...args) => logError(...args),
  error: (...args) => logError(...args),
};

function logError(subject, text) {
  if (typeof subject === 'string') return log(subject);
  const error = subject?.err ?? subject?.error ?? subject?.e ?? subject?.uploadError;
  log(text, String(error?.message ?? subject?.trace ?? error ?? ''));
}

// ---- Messages to the parent: one credit each --------------------------------------------------------------------------------------
//
// What waits for a credit outlives its connection (WhatsApp has been told that it was received): it is told with the generation of the
// next one, if that is of the same account.

let credit = 0;
let queued = [];
let queuedBytes = 0;
const known = new Set();
let dropped = 0;
let droppedTimer = null;

function offer(message) {
  // WhatsApp sends again what it has not been told of in time, for example because the connection broke just then.
  const key = `${message.jid} ${message.participant} ${message.id}`;
  if (known.has(key)) return;
  const size = 200 + 2 * (message.text?.length ?? 0);
  if (credit === 0 && (queued.length >= MAX_QUEUED_MESSAGES || queuedBytes + size > MAX_QUEUED_BYTES)) {
    dropped++;
    droppedTimer ??= setTimeout(tellDropped, 1_000);
    return;
  }
  known.add(key);
  if (known.size > MAX_KNOWN) known.delete(known.values().next().value);
  queued.push({ message, size });
  queuedBytes += size;
  tellMessages();
}

function tellMessages() {
  let told = 0;
  for (; told < queued.length && credit > 0 && connection && !connection.isClosed; told++, credit--) {
    const { message, size } = queued[told];
    queuedBytes -= size;
    writeLine(messageLine({ gen: connection.gen, ...message }));
  }
  if (told > 0) queued = queued.slice(told);
}

/** The message's line; its text is cut if the line would be too long. */
function messageLine(message) {
  let line = lineOf('message', message);
  for (let keep = message.text?.length ?? 0; Buffer.byteLength(line) > MAX_LINE && keep > 0;) {
    keep = Math.floor(keep * Math.min(0.9, MAX_LINE / Buffer.byteLength(line)));
    const text = message.text.slice(0, keep).replace(/[\ud800-\udbff]$/, '');
    line = lineOf('message', { ...message, text, truncated: true });
  }
  return line;
}

function tellDropped() {
  clearTimeout(droppedTimer);
  droppedTimer = null;
  if (dropped > 0) tell('dropped', { gen: connection.gen, count: dropped });
  dropped = 0;
}

function dropQueued() {
  dropped += queued.length;
  queued = [];
  queuedBytes = 0;
}

// ---- Commands -------------------------------------------------------------------------------------------------------------------

let library = null;
let connection = null;
let lastGen = 0;
let missedPings = 0;

/** The messages sent last: whoever could not decrypt one asks for it again, perhaps only after a reconnect. */
const sent = {
  messages: new Map(),
  get(id) { return this.messages.get(id); },
  set(id, message) {
    this.messages.set(id, message);
    if (this.messages.size > MAX_SENT) this.messages.delete(this.messages.keys().next().value);
  },
};

const host = {
  get library() { return library; },
  logger, tell, offer, complain, sent,
  /** The last lines of a generation. */
  beforeClosed() {
    if (ending) dropQueued();
    if (dropped > 0) tellDropped();
  },
};

const isText = value => typeof value === 'string' && value.length > 0;
const isCount = value => Number.isSafeInteger(value) && value > 0;
const isAmount = value => Number.isSafeInteger(value) && value >= 0;
const isMillis = value => isCount(value) && value < 2 ** 31;
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const isStrings = value => Array.isArray(value) && value.length === 3 && value.every(isText);

/** What each command must bring; a name that ends in ? may be missing. */
const COMMANDS = {
  hello: { needs: { baileys: isText, pingMs: isMillis, 'credit?': isAmount }, run: hello },
  ping: { needs: { n: Number.isSafeInteger }, run: ({ n }) => tell('pong', { n }) },
  credit: { needs: { n: isAmount }, run({ n }) { credit += n; tellMessages(); } },
  shutdown: { needs: {}, run({ graceMs }) { end('the parent asked for it', isAmount(graceMs) ? graceMs : END_MS); } },
  connect: {
    needs: {
      gen: isCount, authDir: isText, 'url?': isText, 'browser?': isStrings, 'connectMs?': isMillis, 'keepAliveMs?': isMillis,
      'queryMs?': isMillis, 'lockWaitMs?': isAmount,
    },
    run: connect,
  },
  close: { needs: { gen: isCount }, run() { connection.close(); } },
  logout: { needs: { gen: isCount }, run() { connection.logout(); } },
  pair: { needs: { gen: isCount, phone: value => /^\d{5,20}$/.test(value) }, run({ phone }) { connection.pair(phone); } },
  probe: { needs: { gen: isCount }, run() { connection.probe(); } },
  send: { needs: { gen: isCount, id: isText, jid: isText, content: isObject }, run(command) { connection.send(command); } },
};

/** Runs one line's command; a promise only if the next line must wait for it. */
function onLine(bytes) {
  missedPings = 0;
  let command;
  try {
    command = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return complain('line', `not JSON: ${error.message}`);
  }
  const known = isObject(command) && command.v === 1 && Object.hasOwn(COMMANDS, command.type) ? COMMANDS[command.type] : null;
  if (!known) return complain('line', `unknown type ${command?.type} or version ${command?.v}`);
  for (const [name, isValid] of Object.entries(known.needs)) {
    const value = command[name.replace('?', '')];
    const missing = value === undefined || value === null;
    if (missing ? !name.endsWith('?') : !isValid(value)) return complain(command.type, `${name.replace('?', '')} is missing or wrong`);
  }
  if ((library === null) !== (command.type === 'hello')) return complain(command.type, 'hello comes first, and once');
  const isOfConnection = 'gen' in known.needs && command.type !== 'connect';
  if (isOfConnection && (!connection || connection.isClosed || connection.gen !== command.gen)) {
    if (command.type === 'send') tell('nack', { gen: command.gen, id: command.id, reason: 'not connected', unknownDelivery: false });
    else complain(command.type, `no connection of generation ${command.gen}`);
    return;
  }
  return known.run(command);
}

async function hello({ baileys, pingMs, credit: firstCredit }) {
  let version;
  try {
    if (Number(process.versions.node.split('.')[0]) < 20) throw new Error(`Node ${process.versions.node} is too old: 20 is needed`);
    ({ library, version } = await load(resolve(baileys)));
  } catch (error) {
    tell('fatal', { reason: 'baileys cannot be loaded', detail: String(error?.message ?? error).slice(0, 1_000) });
    return exit(1);
  }
  credit += firstCredit ?? 0;
  // Counted in turns of the timer, not in time: after a sleep of the whole machine the parent gets its chance to be heard.
  missedPings = 0;
  setInterval(() => { if (++missedPings > MISSED_PINGS) end('no ping from the parent'); }, pingMs);
  tell('ready', { baileysVersion: version, pid: process.pid, node: process.versions.node });
}

/** Imports a package's directory, or a file that bundles it. */
async function load(path) {
  let entry = path;
  let version = 'unknown';
  if ((await stat(path)).isDirectory()) {
    const description = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    version = description.version;
    let exported = description.exports?.['.'] ?? description.exports;
    while (isObject(exported)) exported = exported.import ?? exported.node ?? exported.default;
    entry = join(path, exported ?? description.main ?? 'index.js');
  }
  const imported = await import(pathToFileURL(entry));
  const all = imported.initAuthCreds ? imported : imported.default ?? {};
  const loaded = { ...all, makeWASocket: all.makeWASocket ?? all.default };
  for (const name of ['makeWASocket', 'initAuthCreds', 'BufferJSON', 'proto', 'jidDecode', 'normalizeMessageContent', 'getContentType']) {
    if (!loaded[name]) throw new Error(`${entry} is not baileys as it is needed: it has no ${name}`);
  }
  return { library: loaded, version };
}

function connect({ gen, authDir, lockWaitMs = 6_000, ...options }) {
  if (gen <= lastGen) return complain('connect', `generation ${gen} is not after ${lastGen}`);
  lastGen = gen;
  const refusal = ending ? 'the bridge is ending'
    : connection && !connection.isClosed ? `generation ${connection.gen} is not closed yet`
    : null;
  if (refusal) return tell('closed', { gen, origin: 'bridge', message: refusal });
  const dir = resolve(authDir);
  if (connection && connection.authDir !== dir) dropQueued();
  connection = new Connection(gen, { ...options, authDir: dir, lockWaitMs }, host);
  tellMessages();
}

// ---- The end --------------------------------------------------------------------------------------------------------------------

let ending = false;

/** Ends the process; after graceMs, whatever hangs, with exit code 2: then not all that was to be said has been written. */
async function end(why, graceMs = END_MS) {
  if (ending) return;
  ending = true;
  log(`bridge: ending: ${why}`);
  setTimeout(() => process.exit(2), Math.min(graceMs, END_MS));
  if (connection && !connection.isClosed) await connection.close(`The bridge ends: ${why}`);
  await exit(0);
}

/** Exits once everything has been written out: an earlier exit would lose what the parent has not read. */
async function exit(code) {
  await new Promise(flushed => writeOut('', flushed));
  process.exit(code);
}

process.stdout.on('error', () => end('stdout is closed'));
process.stderr.on('error', () => {});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(signal));

function onStrayError(error) {
  const owner = context.getStore() ? context.getStore().connection : connection;
  if (owner && owner === connection && !owner.isClosed) owner.fail(error);
  else complain('exception', error?.message ?? error);
}

process.on('unhandledRejection', onStrayError);
process.on('uncaughtException', onStrayError);

// ---- Lines from the parent ------------------------------------------------------------------------------------------------------

/** Splits bytes into lines; a line over the cap is never gathered, only counted. */
class Lines {
  #parts = [];
  #size = 0;

  *split(chunk) {
    for (let start = 0; start < chunk.length;) {
      const newline = chunk.indexOf(10, start);
      const part = chunk.subarray(start, newline < 0 ? chunk.length : newline);
      this.#size += part.length;
      if (this.#size <= MAX_LINE) this.#parts.push(part);
      else this.#parts = [];
      if (newline < 0) return;
      const size = this.#size;
      const line = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#size = 0;
      if (size > MAX_LINE) tell('skipped', { bytes: size });
      else if (size > 0) yield line;
      start = newline + 1;
    }
  }
}

const lines = new Lines();
try {
  for await (const chunk of process.stdin) {
    for (const line of lines.split(chunk)) await onLine(line);
  }
} catch (error) {
  log(`bridge: stdin: ${error.message}`);
}
await end('stdin is closed');
