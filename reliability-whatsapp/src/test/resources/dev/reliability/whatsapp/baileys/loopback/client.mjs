// One client on the server's side: its handshake, its pairing or login, its questions, its messages.

import { randomBytes } from 'node:crypto';

import { Noise } from './noise.mjs';

const SERVER = 's.whatsapp.net';

/** An unsigned number in so many bytes. */
function uint(value, length) {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

const node = (tag, attrs = {}, content = undefined) => ({ tag, attrs, content });
const now = () => String(Math.floor(Date.now() / 1_000));

export class Client {
  #server;
  #webSocket;
  #socket;
  #noise;
  #work = Promise.resolve();
  #refs = [];
  #registration = null;
  #companion = null;
  #shaken = false;
  #mute = false;
  #ids = 0;
  device = null;
  loggedIn = false;

  /** server: { library, accounts, mode, tell, loggedIn(client), closed(client) } */
  constructor(n, server, webSocket, socket) {
    this.n = n;
    this.#server = server;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#noise = new Noise(server.library.baileys);
    webSocket.on('message', data => {
      this.#work = this.#work.then(() => this.#onData(data)).catch(error => this.#tell('error', { detail: error.stack }));
    });
    webSocket.on('error', () => {});
    webSocket.on('close', code => {
      this.loggedIn = false;
      this.#tell('closed', { code });
      server.closed(this);
    });
  }

  #tell(type, fields = {}) { this.#server.tell(type, { n: this.n, ...fields }); }

  // ---- Bytes ----

  sendNode(what) {
    if (this.#noise.isReady) this.sendBytes(this.#noise.encrypt(this.#server.library.baileys.encodeBinaryNode(what)));
  }

  /** One frame, whatever is in it. */
  sendBytes(bytes) {
    if (!this.#mute && this.#webSocket.readyState === 1) this.#webSocket.send(Noise.frame(bytes));
  }

  undecryptable() { this.sendBytes(randomBytes(64)); }

  /** The TCP connection stays, but nothing is read or answered any more. */
  halfOpen() {
    this.#mute = true;
    this.#socket.pause();
  }

  close() { this.#webSocket.close(); }

  /** FIN without a WebSocket close frame. */
  drop() { this.#socket.destroy(); }

  /** Sends a last node; the server closes its side soon after, as WhatsApp does. */
  #last(what) {
    this.sendNode(what);
    this.loggedIn = false;
    setTimeout(() => this.close(), 100);
  }

  streamError({ code, tag, attrs, child }) {
    const children = tag ? [node(tag, attrs ?? {}, child && [node(child.tag, child.attrs ?? {})])] : undefined;
    this.#last(node('stream:error', code === undefined ? {} : { code: String(code) }, children));
  }

  failure({ reason, attrs }) { this.#last(node('failure', { reason: String(reason), ...attrs })); }

  streamEnd() { this.#last(node('xmlstreamend')); }

  async #onData(data) {
    const { mode, library } = this.#server;
    if (mode.upgrade === 'ws-silent' || this.#mute) return;
    if (mode.upgrade === 'garbage') return this.undecryptable();
    for (const frame of this.#noise.frames(data)) {
      if (this.#noise.isReady) {
        await this.#onNode(await library.baileys.decodeBinaryNode(this.#noise.decrypt(frame)));
      } else if (!this.#shaken) {
        this.#shaken = true;
        this.sendBytes(this.#noise.hello(frame));
      } else {
        const { clientKey, payload } = this.#noise.finish(frame);
        this.#tell('handshake');
        if (payload.devicePairingData) this.#register(clientKey, payload.devicePairingData);
        else await this.#login(clientKey, String(payload.username), payload.device);
      }
    }
  }

  // ---- Pairing ----

  #register(noiseKey, data) {
    const number = bytes => Buffer.from(bytes).readUIntBE(0, bytes.length);
    this.#registration = {
      noiseKey,
      identityKey: Buffer.from(data.eIdent),
      registrationId: number(data.eRegid),
      signedPreKey: { id: number(data.eSkeyId), key: Buffer.from(data.eSkeyVal), signature: Buffer.from(data.eSkeySig) },
    };
    this.#refs = Array.from({ length: this.#server.mode.qrCodes }, () => `2@${randomBytes(24).toString('base64')}`);
    const refs = this.#refs.map(ref => node('ref', {}, Buffer.from(ref)));
    this.sendNode(node('iq', { from: SERVER, type: 'set', id: this.#nextId(), xmlns: 'md' }, [node('pair-device', {}, refs)]));
    this.#tell('registered');
  }

  hasShown(ref) { return this.#refs.includes(ref); }

  /** The account's phone has scanned the code, and so knows advSecret. */
  scanned(number, advSecret) {
    const { accounts } = this.#server;
    this.device = accounts.addDevice(number, this.#registration);
    const { forClient } = accounts.deviceIdentity(this.device, advSecret);
    const { jid, lid } = this.device;
    this.sendNode(node('iq', { from: SERVER, type: 'set', id: 'pair-success' }, [node('pair-success', {}, [
      node('device-identity', {}, forClient), node('device', { jid, lid }), node('platform', { name: 'loopback' }),
    ])]));
  }

  /** The account's phone has been given the code that the device shows: both sides prove to know it, and agree on advSecret. */
  async codeEntered(number, code) {
    const { accounts, library: { baileys } } = this.#server;
    const { Curve, derivePairingCodeKey, aesDecryptCTR, aesEncryptCTR } = baileys;
    const identity = accounts.identity(number);
    const key = async salt => derivePairingCodeKey(code, salt);
    const { wrapped } = this.#companion;
    const companionKey = aesDecryptCTR(wrapped.subarray(48, 80), await key(wrapped.subarray(0, 32)), wrapped.subarray(32, 48));
    const ephemeral = Curve.generateKeyPair();
    const [salt, iv] = [randomBytes(32), randomBytes(16)];
    const answer = Buffer.concat([salt, iv, aesEncryptCTR(ephemeral.public, await key(salt), iv)]);
    Object.assign(this.#companion, { number, companionKey, ephemeral, identity });
    const attrs = { from: SERVER, id: this.#nextId(), type: 'link_code_companion_reg', t: now() };
    this.sendNode(node('notification', attrs, [node('link_code_companion_reg', { stage: 'primary_hello' }, [
      node('link_code_pairing_ref', {}, Buffer.from('loopback')),
      node('primary_identity_pub', {}, identity.public.subarray(1)),
      node('link_code_pairing_wrapped_primary_ephemeral_pub', {}, answer),
    ])]));
  }

  #onCompanion(registration) {
    const { library: { baileys } } = this.#server;
    const bytes = tag => Buffer.from(baileys.getBinaryNodeChild(registration, tag).content);
    if (registration.attrs.stage === 'companion_hello') {
      this.#companion = { wrapped: bytes('link_code_pairing_wrapped_companion_ephemeral_pub') };
      return this.#tell('pairingCodeAsked', { number: this.#server.accounts.numberOf(registration.attrs.jid) });
    }
    const { number, companionKey, ephemeral, identity } = this.#companion;
    const bundle = bytes('link_code_pairing_wrapped_key_bundle');
    const shared = baileys.Curve.sharedKey(ephemeral.private, companionKey);
    const bundleKey = baileys.hkdf(shared, 32, { salt: bundle.subarray(0, 32), info: 'link_code_pairing_key_bundle_encryption_key' });
    const keys = baileys.aesDecryptGCM(bundle.subarray(44), bundleKey, bundle.subarray(32, 44), Buffer.alloc(0));
    const identityShared = baileys.Curve.sharedKey(identity.private, keys.subarray(0, 32));
    const secret = Buffer.concat([shared, identityShared, keys.subarray(64)]);
    const advSecret = Buffer.from(baileys.hkdf(secret, 32, { info: 'adv_secret' })).toString('base64');
    this.scanned(number, advSecret);
  }

  // ---- Login ----

  async #login(noiseKey, number, id) {
    const { accounts, mode } = this.#server;
    const { login } = mode;
    this.device = accounts.device(number, id) ?? null;
    if (login === 'silent') return;
    if (login.failure !== undefined) return this.failure({ reason: login.failure, attrs: login.attrs });
    if (login.streamError !== undefined) return this.streamError(login.streamError);
    if (!this.device || !noiseKey.equals(this.device.noiseKey)) return this.failure({ reason: 401 });
    this.loggedIn = true;
    this.#tell('login', { device: this.device.jid });
    this.#server.loggedIn(this);
    this.sendNode(node('success', { t: now(), lid: this.device.lid, location: 'lo', props: '1' }));
    if (login === 'silent-after-success') {
      this.#mute = true;
      return;
    }
    this.sendNode(node('ib', { from: SERVER }, [node('edge_routing', {}, [node('routing_info', {}, Buffer.from([8, 13]))])]));
    const waiting = this.#server.unreceived(this.device);
    for (const waits of waiting) this.sendNode({ ...waits, attrs: { ...waits.attrs, offline: '0' } });
    this.sendNode(node('ib', { from: SERVER }, [node('offline', { count: String(waiting.length) })]));
  }

  // ---- Nodes from the client ----

  async #onNode(received) {
    const { tag, attrs } = received;
    if (tag === 'iq') return this.#onIq(received);
    if (tag === 'message') return this.#onMessage(received);
    if (tag === 'receipt') return this.#onReceipt(received);
    if (tag === 'ack' && attrs.class === 'message') {
      this.#server.received(this.device, attrs.id);
      if (attrs.error) this.#tell('refused', { id: attrs.id, error: attrs.error });
    }
  }

  #nextId() { return `lo-${this.n}-${++this.#ids}`; }

  async #onIq({ attrs, content }) {
    const { mode } = this.#server;
    const children = Array.isArray(content) ? content : [];
    const first = children[0]?.tag;
    if (mode.tellIqs) this.#tell('iq', { xmlns: attrs.xmlns, kind: attrs.type, child: first });
    if (attrs.xmlns === 'w:p') this.#server.counts.pings++;
    if (attrs.type === 'result') {
      if (first === 'pair-device-sign') {
        this.#tell('paired', { device: this.device.jid });
        this.streamError({ code: 515 });
      }
      return;
    }
    if (mode.silentIqs.includes(attrs.xmlns)) return;
    const answer = this.#answer(attrs.xmlns, attrs.type, first, children);
    this.sendNode(node('iq', { from: SERVER, type: 'result', id: attrs.id }, answer));
    if (first === 'link_code_companion_reg') this.#onCompanion(children[0]);
    if (first === 'remove-companion-device') {
      this.#tell('loggedOut', { device: this.device.jid });
      this.#server.accounts.removeDevice(this.device);
      this.streamError({ code: 401, tag: 'conflict', attrs: { type: 'device_removed' } });
    }
  }

  /** The content of the answer to a question. What is not named here gets an empty one. */
  #answer(xmlns, type, first, children) {
    const { accounts, library: { baileys } } = this.#server;
    const child = (of, tag) => baileys.getBinaryNodeChild(of, tag);
    switch (`${xmlns} ${type} ${first}`) {
      case 'encrypt get count': return [node('count', { value: String(Object.keys(this.device.preKeys).length) })];
      case 'encrypt get digest': return [node('digest')];
      case 'encrypt get key': return [node('list', {}, children[0].content.map(user => this.#bundle(user.attrs.jid)))];
      case 'abt get props': return [node('props', { hash: '1' })];
      case 'blocklist get undefined': return [node('list')];
      case 'privacy get privacy': return [node('privacy', {}, [node('category', { name: 'readreceipts', value: 'all' })])];
      case 'usync get usync': return [this.#usync(children[0])];
      default:
    }
    if (xmlns === 'encrypt' && type === 'set' && children.some(({ tag }) => tag === 'list')) {
      const list = children.find(({ tag }) => tag === 'list').content ?? [];
      const keys = list.map(key => [Buffer.from(child(key, 'id').content).readUIntBE(0, 3), Buffer.from(child(key, 'value').content)]);
      accounts.setPreKeys(this.device, Object.fromEntries(keys));
    }
    return undefined;
  }

  #bundle(jid) {
    const { identityKey, registrationId, signedPreKey, preKey } = this.#server.accounts.bundle(this.#server.accounts.numberOf(jid));
    return node('user', { jid }, [
      node('registration', {}, uint(registrationId, 4)),
      node('type', {}, Buffer.from([5])),
      node('identity', {}, identityKey),
      node('skey', {}, [
        node('id', {}, uint(signedPreKey.id, 3)),
        node('value', {}, signedPreKey.public.subarray(1)),
        node('signature', {}, signedPreKey.signature),
      ]),
      node('key', {}, [node('id', {}, uint(preKey.id, 3)), node('value', {}, preKey.public.subarray(1))]),
    ]);
  }

  /** Which devices people have: their phones, and for the account itself also what has been paired. */
  #usync(question) {
    const { accounts, library: { baileys } } = this.#server;
    const users = baileys.getBinaryNodeChild(question, 'list').content ?? [];
    const answers = users.map(user => {
      const contact = baileys.getBinaryNodeChildString(user, 'contact');
      const number = user.attrs.jid ? accounts.numberOf(user.attrs.jid) : contact.replace('+', '');
      const device = (id, attrs) => node('device', { id: String(id), ...attrs });
      const devices = [device(0), ...accounts.devicesOf(number).map(({ id }) => device(id, { 'key-index': String(id) }))];
      return node('user', { jid: user.attrs.jid ?? accounts.phoneJid(number) }, [
        node('devices', {}, [node('device-list', {}, devices)]),
        node('lid', { val: accounts.lidJid(number) }),
        node('contact', { type: 'in' }),
      ]);
    });
    return node('usync', { ...question.attrs }, [node('list', {}, answers)]);
  }

  // ---- Messages ----

  async #onMessage({ attrs, content }) {
    const { accounts, library: { baileys }, mode, counts } = this.#server;
    const { id, to } = attrs;
    const { acks } = mode;
    const child = tag => (content ?? []).find(candidate => candidate.tag === tag);
    const participants = child('participants')?.content ?? [];
    const receiver = participants.find(({ attrs: { jid } }) => baileys.areJidsSameUser(jid, to));
    const enc = child('enc') ?? receiver?.content[0];  // alone if the message is sent once more
    let text;
    let error;
    if (enc) {
      try {
        const message = await accounts.decrypt(accounts.numberOf(to), this.device, enc.attrs.type, enc.content);
        const { conversation, extendedTextMessage } = baileys.normalizeMessageContent(message);
        text = conversation || extendedTextMessage?.text;
      } catch (failure) {
        error = failure.message;
      }
    }
    if (acks === 'close-before') {
      this.#tell('got', { id, from: this.device.jid, to, text, error });
      return this.drop();
    }
    counts.got++;
    this.#tell('got', { id, from: this.device.jid, to, text, error, participants: participants.length });
    const ack = refusal => {
      this.sendNode(node('ack', { class: 'message', id, from: to, t: now(), ...refusal }));
      if (error) this.#askAgain(to, id, Number(enc.attrs.count ?? 0) + 1);
      else if (!refusal && mode.receipts) this.sendNode(node('receipt', { from: to, id, t: now() }));
    };
    if (acks === 'never') return;
    if (acks.error !== undefined) return ack({ error: String(acks.error) });
    if (acks.lateMs !== undefined) return void setTimeout(ack, acks.lateMs);
    ack();
    if (acks === 'close-after') this.drop();
  }

  /** What a receiver does that could not decrypt a message. */
  #askAgain(from, id, count) {
    const { registrationId } = this.#server.accounts.bundle(this.#server.accounts.numberOf(from));
    this.sendNode(node('receipt', { from, id, type: 'retry', t: now() }, [
      node('retry', { count: String(count), id, t: now(), v: '1' }), node('registration', {}, uint(registrationId, 4)),
    ]));
  }

  async #onReceipt({ attrs: { id, to, type }, content }) {
    this.sendNode(node('ack', { class: 'receipt', id, from: to }));
    this.#tell('receipt', { id, from: to, kind: type ?? 'delivery' });
    if (type === 'retry') await this.#sayAgain(id, content);
    else this.#server.received(this.device, id);
  }

  /** The device could not decrypt a message: a new session, with the keys that it sent along or those that it had uploaded. */
  async #sayAgain(id, content) {
    const { accounts, library: { baileys } } = this.#server;
    const message = this.#server.message(this.device, id);
    const count = Number(content.find(({ tag }) => tag === 'retry').attrs.count);
    if (!message || count > 5) return;
    const keys = content.find(({ tag }) => tag === 'keys');
    const key = tag => {
      const bytes = name => Buffer.from(baileys.getBinaryNodeChild(baileys.getBinaryNodeChild(keys, tag), name)?.content ?? []);
      return { id: bytes('id').readUIntBE(0, 3), key: bytes('value'), signature: bytes('signature') };
    };
    if (keys) await accounts.newSession(message.from, this.device, key('skey'), key('key'));
    else await accounts.newSession(message.from, this.device, this.device.signedPreKey);
    const again = await messageNode(this.#server, this.device, message, count);
    this.#server.keep(this.device, id, again);
    this.sendNode(again);
  }
}

/** A message of a person to a device, as a node; count: how often it has been asked for again. */
export async function messageNode(server, device, { id, from, content, name, addressing }, count = 0) {
  const { accounts } = server;
  const { type, ciphertext } = await accounts.encrypt(from, device, content);
  const names = addressing === 'lid' ? { from: accounts.lidJid(from), sender_pn: accounts.phoneJid(from) }
    : { from: accounts.phoneJid(from), sender_lid: accounts.lidJid(from) };
  const enc = node('enc', { v: '2', type, ...(count > 0 ? { count: String(count) } : {}) }, ciphertext);
  return node('message', { id, type: 'text', t: now(), notify: name ?? 'Contact', ...names }, [enc]);
}
