// One connection (generation) to WhatsApp through baileys: made once, closed once.
//
// Promises: `closed` is told exactly once and is the last line of its generation; before it every send that is still open is nacked
// and what was being written to the credentials' directory is on the disk. A close that was asked for is told within a second,
// whatever the other side does. `unknownDelivery` is false only if the message certainly never reached the server.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { AuthDir } from './auth-dir.mjs';
import { guardSignal } from './signal.mjs';

const CLOSE_HANDSHAKE_MS = 300;  // for the WebSocket's closing handshake, before the TCP connection is cut
const CLOSE_MS = 500;            // for baileys to say that it has closed, before we say so ourselves
const LAST_SAVE_MS = 3_000;      // for writes of credentials and keys that go on when the server closed,
const LAST_SAVE_ASKED_MS = 300;  // and when the close was asked for
const MAX_OPEN_SENDS = 10_000;
const REVOKE = 0;                // of a protocolMessage's types those that say something about a message
const EDIT = 14;

/** Says which connection, and which send of it, the code that is running belongs to. */
export const context = new AsyncLocalStorage();

export class Connection {
  /** Resolves when `closed` has been told. */
  done;

  #gen;
  #options;
  #host;
  #auth = null;
  #socket = null;
  #open = false;
  #sawQr = false;
  #stop = null;             // { fields, error } once we asked for the end; fields go into `closed`
  #finished = false;
  #told = false;            // `closed` has been told
  #resolveDone;
  #sends = new Map();       // id -> send, until it is acked or nacked
  #waiting = [];            // sends that have not been begun
  #sending = null;          // the promise of the one send that is being made
  #canWatch = true;         // whether we see what is written for a send; if not, every send may have been written
  #lastDecryption = 0;
  #activityTimer = null;
  #activityMissed = false;
  #server = null;           // tag and attributes of the stream error or failure

  /** host: { library, logger, tell(type, fields), offer(message), complain(what, detail) } */
  constructor(gen, options, host) {
    this.#gen = gen;
    this.#options = options;
    this.#host = host;
    this.done = new Promise(resolve => { this.#resolveDone = resolve; });
    this.#within(() => this.#start());
  }

  /** Runs work, and all that it sets off, as this connection's. */
  #within(work, more = {}) {
    return context.run({ connection: this, ...more }, work);
  }

  get gen() { return this.#gen; }
  get authDir() { return this.#options.authDir; }
  get isClosed() { return this.#told; }

  // ---- What the parent asks for ----

  close(message = 'Closed on request') {
    return this.#end({ origin: 'local', message });
  }

  async logout() {
    const fields = { origin: 'local', code: 401, message: 'Intentional Logout' };
    if (!this.#open) {
      this.#host.complain('logout', 'not connected: the server could not be told');
      return this.#end(fields);
    }
    const told = this.#within(() => this.#socket.logout()).catch(error => this.#host.complain('logout', error.message));
    await Promise.race([told, delay(CLOSE_MS)]);
    return this.#end(fields);
  }

  async pair(phone) {
    // Before the first QR the handshake is not done, and anything sent would break it.
    if (!this.#sawQr || this.#stop) return this.#host.complain('pair', 'only while a QR code is shown');
    try {
      this.#tell('pairingCode', { code: await this.#within(() => this.#socket.requestPairingCode(phone)) });
    } catch (error) {
      this.#host.complain('pair', error.message);
    }
  }

  /** Has the server answer something; the answer shows as activity. */
  async probe() {
    if (!this.#open || this.#stop) return this.#host.complain('probe', 'not connected');
    const attrs = { id: this.#socket.generateMessageTag(), to: 's.whatsapp.net', type: 'get', xmlns: 'w:p' };
    await this.#within(() => this.#socket.sendNode({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] }))
      .catch(error => this.#host.complain('probe', error.message));
  }

  send({ id, jid, content }) {
    const refusal = !this.#open || this.#stop ? 'not connected'
      : this.#sends.size >= MAX_OPEN_SENDS ? 'too many open sends'
      : !this.#host.library.jidDecode(jid)?.user ? 'not a jid'
      : null;
    if (this.#sends.has(id)) return this.#host.complain('send', `a message with the id ${id} is open already`);
    if (refusal) return this.#tell('nack', { id, reason: refusal, unknownDelivery: false, final: refusal === 'not a jid' });
    const send = { id, jid, content, encrypted: !this.#canWatch || jid.endsWith('@newsletter'), written: !this.#canWatch };
    this.#sends.set(id, send);
    this.#waiting.push(send);
    this.#sending ??= this.#sendWaiting().finally(() => { this.#sending = null; });
  }

  /** An exception that nobody caught, in code that belongs to this connection: baileys may be half dead after it, so close. */
  fail(error) {
    this.#host.logger.error(error?.stack ?? String(error));
    this.#end({ origin: 'bridge', message: String(error?.message ?? error) });
  }

  // ---- The socket ----

  async #start() {
    try {
      const auth = await AuthDir.open(this.#options.authDir, {
        library: this.#host.library,
        lockWaitMs: this.#options.lockWaitMs,
        isStopped: () => this.#stop !== null,
        // A message that is being decrypted when the connection goes cannot be receipted; WhatsApp sends it again, and with keys that
        // had moved on it could not be decrypted again.
        isVain: () => Boolean(context.getStore()?.decrypting) && !this.#socket.ws.isOpen,
        onSaved: () => this.#tell('credsSaved'),
        complain: this.#host.complain,
      });
      if (this.#finished) return await auth.release();
      this.#auth = auth;
      if (!this.#stop) this.#makeSocket();
    } catch (error) {
      this.#end({ origin: 'bridge', message: error.message, final: !error.isTransient });
    }
  }

  #makeSocket() {
    const { library, logger } = this.#host;
    const makeRepository = library.DEFAULT_CONNECTION_CONFIG?.makeSignalRepository;
    const { url, browser, connectMs, keepAliveMs, queryMs, qrMs } = this.#options;
    const given = options => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const socket = this.#socket = library.makeWASocket({
      auth: this.#auth.state,
      logger,
      emitOwnEvents: false,
      getMessage: async key => this.#host.sent.get(key.id),
      ...given({
        makeSignalRepository: makeRepository && ((auth, ...rest) => this.#guardSignal(makeRepository(auth, ...rest), auth.keys)),
        waWebSocketUrl: url, browser, connectTimeoutMs: connectMs, keepAliveIntervalMs: keepAliveMs, defaultQueryTimeoutMs: queryMs,
        qrTimeout: qrMs,
      }),
    });
    this.#canWatch = Boolean(makeRepository && socket.ws.socket);
    this.#watchWebSocket(socket.ws);
    socket.registerSocketEndHandler?.(() => this.#messagesTold());
    socket.ev.on('creds.update', () => this.#auth.saveCreds());
    socket.ev.on('connection.update', update => this.#onUpdate(update));
    // Not by a listener: baileys would keep what it has receipted for up to 30 s, and drop it when the connection closes meanwhile.
    const emit = socket.ev.emit.bind(socket.ev);
    socket.ev.emit = (event, data) => {
      if (event === 'messages.upsert') data.messages.forEach(message => this.#onMessage(message, data.type));
      return emit(event, data);
    };
  }

  #watchWebSocket(ws) {
    const raw = ws.socket ?? { send() {}, terminate() {} };
    // baileys waits for the closing handshake, for which a half-open connection would take ws's 30 s.
    const close = ws.close.bind(ws);
    ws.close = () => {
      setTimeout(() => raw.terminate(), CLOSE_HANDSHAKE_MS);
      return close();
    };
    // The only way to learn what has really been handed to the network; see "Sending".
    const write = raw.send.bind(raw);
    raw.send = (data, ...rest) => {
      const send = context.getStore()?.send;
      if (send?.encrypted) send.written = true;
      return write(data, ...rest);
    };
    // baileys does not notice an answer other than 101 and would wait for ever.
    ws.on('unexpected-response', (request, response) => {
      response.destroy();
      request.destroy();
      this.#end({ origin: 'server', httpStatus: response.statusCode, message: `The server answered HTTP ${response.statusCode}` });
    });
    // baileys works on messages side by side up to their decryption, which puts the first ones of a contact out of order.
    for (const handle of ws.listeners('CB:message')) {
      let last = Promise.resolve();
      ws.off('CB:message', handle);
      ws.on('CB:message', node => {
        const turn = last.then(() => ws.isOpen && handle(node));
        last = turn.catch(() => {});
      });
    }
    ws.on('frame', () => this.#onActivity());
    ws.prependListener('CB:stream:error', node => this.#onServerError(node));
    ws.prependListener('CB:failure', node => this.#onServerError(node));
    ws.on('CB:ack,class:message', node => this.#onAck(node.attrs));
  }

  #onUpdate({ connection, qr, isNewLogin, lastDisconnect, reachoutTimeLock }) {
    const me = this.#auth.state.creds.me;
    if (connection === 'connecting') this.#tell('state', { state: 'connecting' });
    if (qr) {
      this.#sawQr = true;
      this.#tell('qr', { qr });
    }
    if (isNewLogin) this.#tell('paired', { me: { id: me.id, name: me.name } });
    if (connection === 'open') {
      this.#open = true;
      this.#tell('state', { state: 'open', me: { id: me.id, name: me.name } });
    }
    if (reachoutTimeLock) {
      const { isActive, enforcementType, timeEnforcementEnds } = reachoutTimeLock;
      this.#tell('restriction', { kind: isActive ? String(enforcementType) : 'NONE', until: timeEnforcementEnds?.getTime() });
    }
    if (connection === 'close') this.#finish(lastDisconnect?.error);
  }

  /** At most one line a second, but always one after the last frame. */
  #onActivity() {
    if (this.#activityTimer) {
      this.#activityMissed = true;
      return;
    }
    this.#tell('activity');
    this.#activityMissed = false;
    this.#activityTimer = setTimeout(() => {
      this.#activityTimer = null;
      if (this.#activityMissed) this.#onActivity();
    }, 1_000);
  }

  #onServerError(node) {
    const child = Array.isArray(node.content) ? node.content[0] : null;
    const attrs = Object.entries({ ...node.attrs, ...child?.attrs }).slice(0, 20);
    this.#server = {
      tag: child?.tag ?? node.tag,
      attrs: Object.fromEntries(attrs.map(([key, value]) => [key, String(value).slice(0, 1_000)])),
    };
  }

  #onMessage(message, upsert) {
    if (this.#told) return;
    const { library, complain, offer } = this.#host;
    const { id, remoteJid, participant, fromMe } = message.key;
    if (!message.message) {
      if (message.messageStubType === library.proto.WebMessageInfo.StubType.CIPHERTEXT) {
        complain('message', `${id} from ${remoteJid} could not be decrypted: ${message.messageStubParameters?.[0]}`);
      }
      return;
    }
    const content = library.normalizeMessageContent(message.message) ?? {};
    const kind = library.getContentType(content) ?? Object.keys(content)[0];
    if (!kind || kind === 'protocolMessage' && ![REVOKE, EDIT].includes(content.protocolMessage.type)) return;
    const body = content[kind];
    offer({
      id, jid: remoteJid, participant: participant || undefined, fromMe: Boolean(fromMe), pushName: message.pushName ?? undefined,
      timestamp: Number(message.messageTimestamp) * 1_000 || undefined,
      text: (typeof body === 'string' ? body : body?.text ?? body?.caption) ?? undefined,
      kind, upsert,
    });
  }

  /** A message that has just been decrypted is about to be receipted and told: give it the time. */
  async #messagesTold() {
    for (let i = 0; i < 10 && Date.now() - this.#lastDecryption < 30; i++) await delay(10);
  }

  // ---- Sending ----
  //
  // One send at a time is made: baileys would queue them too, but a queue of ours can be dropped at a close, and what waits in it has
  // certainly not been sent. Encryption is the last step before the message is written; so a frame that is written for a send after its
  // encryption may hold the message, and one before (a question for devices, keys) cannot.

  #guardSignal(repository, keys) {
    return guardSignal(repository, keys, {
      keyUsedText: this.#host.library.MISSING_KEYS_ERROR_TEXT,
      encrypting: () => {
        const send = context.getStore()?.send;
        return () => { if (send) send.encrypted = true; };
      },
      decrypting: work => this.#within(work, { decrypting: true }).finally(() => { this.#lastDecryption = Date.now(); }),
    });
  }

  async #sendWaiting() {
    while (this.#waiting.length > 0 && !this.#stop && !this.#finished) {
      const send = this.#waiting.shift();
      await this.#within(() => this.#sendOne(send), { send });
    }
  }

  async #sendOne(send) {
    try {
      const message = await this.#socket.sendMessage(send.jid, send.content, { messageId: send.id });
      if (!message) {
        this.#settle(send.id, 'ack', {});  // what is no message has been answered by now
      } else if (!send.encrypted) {
        // If the server does not say which devices there are, baileys sends a message that has no content.
        this.#settle(send.id, 'nack', { reason: 'no device of the receiver could be found', unknownDelivery: false });
      } else if (message.message) {
        this.#host.sent.set(send.id, message.message);
      }
    } catch (error) {
      this.#settle(send.id, 'nack', { reason: String(error?.message ?? error), unknownDelivery: send.written });
    }
  }

  #onAck({ id, error }) {
    if (error === undefined) this.#settle(id, 'ack', {});
    else this.#settle(id, 'nack', { reason: `the server refused it: ${error}`, unknownDelivery: false, final: true });
  }

  #settle(id, type, fields) {
    if (this.#sends.delete(id)) this.#tell(type, { id, ...fields });
  }

  // ---- The end ----

  /** Ends the connection for a reason of ours; if baileys already ends it for another one, that is what will be told. */
  #end(fields) {
    if (this.#stop || this.#finished) return this.done;
    const error = new Error(fields.message);
    this.#stop = { fields, error };
    if (!this.#socket) {
      this.#finish(error);
    } else {
      this.#within(() => this.#socket.end(error)).catch(failure => this.#host.logger.error(failure.stack));
      setTimeout(() => this.#finish(error), CLOSE_MS);
    }
    return this.done;
  }

  async #finish(error) {
    if (this.#finished) return;
    this.#finished = true;
    this.#open = false;
    const ours = error === this.#stop?.error;
    clearTimeout(this.#activityTimer);
    if (this.#auth) {
      await Promise.race([this.#auth.settled(), delay(ours ? LAST_SAVE_ASKED_MS : LAST_SAVE_MS)]);
      await this.#auth.release();
    }
    for (const { id, written } of this.#sends.values()) {
      this.#settle(id, 'nack', { reason: 'the connection closed', unknownDelivery: written });
    }
    this.#host.beforeClosed();
    const fields = ours ? this.#stop.fields : this.#describe(error);
    this.#tell('closed', { ...fields, message: fields.message.slice(0, 1_000) });
    this.#told = true;
    this.#resolveDone();
  }

  #describe(error) {
    const data = error?.data;
    const cause = data instanceof Error ? data.message || data.errors?.[0]?.message || data.code : undefined;
    const message = String(error?.message ?? 'Closed').replace('()', `(${cause})`);
    const intentional = message === 'Intentional Logout';
    return {
      code: error?.output?.statusCode,
      message,
      ...this.#server,
      origin: intentional ? 'local' : 'server',
    };
  }

  #tell(type, fields = {}) {
    if (!this.#told) this.#host.tell(type, { gen: this.#gen, ...fields });
  }
}
