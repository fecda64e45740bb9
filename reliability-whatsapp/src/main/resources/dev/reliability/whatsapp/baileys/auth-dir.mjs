// The directory that holds the credentials of one WhatsApp device.
//
// Promises: one process at a time uses a directory; a lock left by a dead process never stands in the way. A file that was written
// is whole and on the disk (temporary file, fsync, rename), readable by the owner only. Nothing is deleted here but used-up keys, at
// the library's wish; credentials that cannot be read are an error that names the file, never a fresh start.
// File names and JSON are those of baileys' own useMultiFileAuthState, so that existing directories work.

import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// ---- The lock -------------------------------------------------------------------------------------------------------------------
//
// Who wants the directory puts down a claim: a file whose name is used once only (world, pid, start time, number), and only then looks
// for the claims of others. So of two that come at once at least one sees the other, and who sees a live one withdraws. A dead
// process's claim is just passed over (and removed): nobody takes a lock over, so no two can take over the same one.

const CLAIM = /^\.lock-reliability-([0-9a-z]+)-(\d+)-(\d+)-\d+$/;
const TOUCH_MS = 2_000;
const FRESH_MS = 10_000;

/** What pids and start times are relative to: this boot and this pid namespace; 'x' where there is no /proc. */
const WORLD = (() => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return createHash('sha256').update(boot + readlinkSync('/proc/self/ns/pid')).digest('hex').slice(0, 12);
  } catch {
    return 'x';
  }
})();

/** The start time of a process as the kernel counts it, which tells it from a later one with the same pid; undefined if it is dead. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 'ZX'.includes(fields[0]) ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const MY_CLAIMS = `.lock-reliability-${WORLD}-${process.pid}-${WORLD === 'x' ? 0 : startTime(process.pid)}`;
let claims = 0;

async function isAlive(dir, name) {
  const [, world, pid, start] = CLAIM.exec(name);
  if (world === WORLD && world !== 'x') return startTime(pid) === start;
  // A claim from another container, another machine, or a system without /proc: alive as long as its owner touches it.
  const seen = await stat(join(dir, name)).catch(() => null);
  return seen !== null && Date.now() - seen.mtimeMs < FRESH_MS;
}

/** The pid in some live claim other than mine, or undefined; claims of the dead are removed. */
async function otherOwner(dir, mine) {
  for (const name of await readdir(dir)) {
    if (name === mine || !CLAIM.test(name)) continue;
    if (await isAlive(dir, name)) return CLAIM.exec(name)[2];
    await unlink(join(dir, name)).catch(() => {});
  }
  return undefined;
}

/** An error that may be gone the next time. */
const transient = message => Object.assign(new Error(message), { isTransient: true });

/** Waits up to waitMs for the directory; resolves to the function that gives it back. */
async function lock(dir, waitMs, isStopped) {
  const name = `${MY_CLAIMS}-${++claims}`;
  const mine = join(dir, name);
  const deadline = Date.now() + waitMs;
  for (;;) {
    let owner = await otherOwner(dir, name);
    if (owner === undefined) {
      await writeFile(mine, '', { mode: 0o600 });
      owner = await otherOwner(dir, name);
      if (owner === undefined) break;
      await unlink(mine);
    }
    if (isStopped()) throw transient('stopped while waiting for the lock');
    if (Date.now() >= deadline) throw transient(`${dir} is in use by process ${owner}`);
    await delay(50 + Math.random() * 150);
  }
  const touch = setInterval(() => { const now = new Date(); utimes(mine, now, now).catch(() => {}); }, TOUCH_MS);
  return async () => {
    clearInterval(touch);
    await unlink(mine).catch(() => {});
  };
}

// ---- The files ------------------------------------------------------------------------------------------------------------------

const AT_ONCE = 16;  // files; baileys makes 812 keys in one go

/** Writes to a directory go one after the other, even those of two generations of a connection; reads see all that began before. */
const lastWrite = new Map();

const afterWrites = (dir, work) => (lastWrite.get(dir) ?? Promise.resolve()).then(work, work);

function write(dir, work) {
  const turn = afterWrites(dir, work);
  lastWrite.set(dir, turn);
  const done = () => { if (lastWrite.get(dir) === turn) lastWrite.delete(dir); };
  turn.then(done, done);
  return turn;
}

async function inBatches(items, work) {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}

/** Node's own recursive mkdir never ends where nothing can be made, such as in /proc. */
async function makeDirectory(dir) {
  const make = () => mkdir(dir, { mode: 0o700 }).catch(async error => {
    if (error.code !== 'EEXIST' || !(await stat(dir)).isDirectory()) throw error;
  });
  await make().catch(async error => {
    if (error.code !== 'ENOENT') throw error;
    await makeDirectory(dirname(dir));
    await make();
  });
}

async function writeTemporary(path, text) {
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(dir) {
  const handle = await open(dir, 'r');
  await handle.sync().catch(() => {}).finally(() => handle.close());
}

export class AuthDir {
  #dir;
  #library;
  #onSaved;
  #complain;
  #isVain;
  #unlock;
  #credsChanged = false;
  #savingCreds = null;
  #released = false;
  #running = new Set();

  /** What baileys wants as `auth`. */
  state;

  /**
   * isStopped(): the lock is no longer wanted. isVain(): asked just before a key is written, which is then left as it is.
   * onSaved(): the credentials are on the disk. complain(what, detail): something could not be read or written.
   */
  static async open(dir, { library, lockWaitMs, isStopped, isVain, onSaved, complain }) {
    const it = new AuthDir();
    it.#dir = dir;
    it.#library = library;
    it.#onSaved = onSaved;
    it.#complain = complain;
    it.#isVain = isVain;
    await makeDirectory(dir);
    it.#unlock = await lock(dir, lockWaitMs, isStopped);
    try {
      await it.#removeLeftovers();
      const keys = { get: (type, ids) => it.#getKeys(type, ids), set: data => it.#setKeys(data) };
      it.state = { creds: await it.#loadCreds(), keys };
      return it;
    } catch (error) {
      await it.#unlock();
      throw error;
    }
  }

  /** Temporary files of a write that was cut off. */
  #removeLeftovers() {
    return write(this.#dir, async () => {
      for (const name of await readdir(this.#dir)) if (name.endsWith('.json.tmp')) rmSync(join(this.#dir, name), { force: true });
    });
  }

  /** Writes the credentials as they are now; calls that come while a write goes on share the next one. */
  saveCreds() {
    if (this.#released) return;
    this.#credsChanged = true;
    this.#savingCreds ??= this.#track(this.#writeCreds()).finally(() => { this.#savingCreds = null; });
  }

  /** Resolves when the writes that go on are done. */
  async settled() {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Gives the directory back; what an ended connection still works on is not written any more. */
  release() {
    this.#released = true;
    return this.#unlock();
  }

  #track(promise) {
    this.#running.add(promise);
    const done = () => this.#running.delete(promise);
    promise.then(done, done);
    return promise;
  }

  async #loadCreds() {
    const path = join(this.#dir, 'creds.json');
    const text = await afterWrites(this.#dir, () => readFile(path, 'utf8')).catch(error => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return this.#library.initAuthCreds();
    try {
      const creds = JSON.parse(text, this.#library.BufferJSON.reviver);
      for (const key of ['noiseKey', 'signedIdentityKey', 'signedPreKey']) {
        if (!(creds[key]?.private ?? creds[key]?.keyPair?.private)) throw new Error(`no ${key}`);
      }
      // A pairing by code that was not finished: with `me` baileys would log in as a device that does not exist.
      if (!creds.account) delete creds.me;
      return creds;
    } catch (error) {
      throw new Error(`${path} does not hold credentials (${error.message}); restore it, or remove it to pair anew`);
    }
  }

  async #writeCreds() {
    const path = join(this.#dir, 'creds.json');
    while (this.#credsChanged) {
      this.#credsChanged = false;
      try {
        await write(this.#dir, async () => {
          await writeTemporary(path, this.#textOf(this.state.creds));
          renameSync(`${path}.tmp`, path);
          await syncDirectory(this.#dir);
        });
        this.#onSaved();
      } catch (error) {
        this.#complain('credentials not saved', error.message);
      }
    }
  }

  #pathOf(type, id) {
    return join(this.#dir, `${type}-${id}.json`.replace(/\//g, '__').replace(/:/g, '-'));
  }

  #textOf(value) {
    return JSON.stringify(value, this.#library.BufferJSON.replacer);
  }

  async #getKeys(type, ids) {
    const found = {};
    await inBatches(ids, async id => { found[id] = await this.#readKey(type, id); });
    return found;
  }

  /** A key that cannot be read counts as absent, as for baileys: the library and the other side then agree on a new one. */
  async #readKey(type, id) {
    const path = this.#pathOf(type, id);
    try {
      const value = JSON.parse(await afterWrites(this.#dir, () => readFile(path, 'utf8')), this.#library.BufferJSON.reviver);
      return type === 'app-state-sync-key' && value ? this.#library.proto.Message.AppStateSyncKeyData.fromObject(value) : value;
    } catch (error) {
      if (error.code !== 'ENOENT') this.#complain('key not read', `${path}: ${error.message}`);
      return null;
    }
  }

  /** All or nothing, unless the process is killed: what takes time comes first, then all files change in one turn of the event loop. */
  async #setKeys(data) {
    const changes = Object.entries(data).flatMap(([type, values]) => Object.entries(values)
      .map(([id, value]) => ({ path: this.#pathOf(type, id), text: value ? this.#textOf(value) : null })));
    const isVain = () => this.#released || this.#isVain();
    await this.#track(write(this.#dir, async () => {
      if (isVain()) return;
      await inBatches(changes.filter(({ text }) => text !== null), ({ path, text }) => writeTemporary(path, text));
      if (isVain()) return;
      for (const { path, text } of changes) {
        if (text !== null) renameSync(`${path}.tmp`, path);
        else rmSync(path, { force: true });
      }
    }));
  }
}
