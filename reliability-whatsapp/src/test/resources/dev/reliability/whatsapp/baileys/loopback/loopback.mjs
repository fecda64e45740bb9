// A WhatsApp server on the loopback interface, for tests of an unmodified baileys client: `node loopback.mjs --baileys DIR [--state FILE]
// [--port N]`. DIR is the package's directory. With FILE, devices and contacts outlive the server. It ends at the end of stdin.
//
// Told on stdout, a JSON object a line (n counts the connections, from 1):
//   listening {url, port}         first, and after `listen`
//   connection {n}                a TCP connection
//   handshake {n}                 the Noise handshake is done
//   registered {n}                an unpaired client was given what its QR codes are made of
//   pairingCodeAsked {n, number}  an unpaired client showed a pairing code
//   paired {n, device}            a pairing is finished; the client is told to restart (515)
//   login {n, device}, loggedOut {n, device}
//   got {n, id, from, to, text?, error?, participants}  a message of the client; error: it could not be decrypted
//   receipt {n, id, from, kind}   kind: delivery, inactive, read, retry, ...
//   refused {n, id, error}        the client did not accept a message
//   iq {n, xmlns, kind, child}    with mode tellIqs
//   closed {n, code?}             the connection is gone
//   said {id, to}, counts {...}, device {jid, dir}   answers to commands
//   did {command}, error {detail} each command ends in one of these, with the `ref` of the command, if it had one
//
// Commands on stdin, a JSON object a line, each with `type`. Those for connections go to all that are logged in (drop, reset, closeAll,
// halfOpen, undecryptable: to all), or to connection `n`.
//   mode {...}                    changes what is named:
//     upgrade: "ok" | "httpNNN" | "silent-tcp" | "reset" | "close-at-once" | "ws-silent" | "garbage" | "garbage-tcp" | {closeAfterMs}
//     login: "ok" | "silent" | "silent-after-success" | {failure: N, attrs?} | {streamError: {...}}
//     acks: "ok" | "never" | {error: N} | {lateMs: N} | "close-before" | "close-after"
//     receipts: true | false      delivery receipts after acks
//     silentIqs: ["usync", ...]   namespaces of questions that stay unanswered
//     qrCodes: N                  how many QR codes an unpaired client gets (6)
//     tellIqs: true | false
//   scan {qr, number?, afterMs?}  the account's phone scans a QR code; enterCode {code, number?}: ... is given a pairing code
//   device {dir, number?}         writes the credentials of a newly paired device into a directory
//   forget {number?}              the account's devices are no longer known
//   say {text, id?, from?, to?, name?, addressing?: "lid", message?}   a message of a contact (a phone number) to a device (a jid; default:
//                                 the one logged in, or the last one); kept and sent again at each login until the client's receipt, and
//                                 encrypted anew when the client cannot decrypt it
//   big {bytes, ...}              the same with a text of so many bytes
//   streamError {code?, tag?, attrs?, child?}, failure {reason, attrs?}, streamEnd, node {node}
//   restrict {active?, kind?, until?}   tells of an account restriction; until in seconds since 1970
//   undecryptable, halfOpen, close, drop (FIN), reset (RST), closeAll (all, with a close frame)
//   stopListening, listen (same port), counts

import { createRequire } from 'node:module';
import { createServer as createHttpServer, STATUS_CODES } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { Accounts } from './accounts.mjs';
import { Client, messageNode } from './client.mjs';

const { values: options } = parseArgs({
  options: { baileys: { type: 'string' }, state: { type: 'string' }, port: { type: 'string', default: '0' } },
});

console.log = console.info = console.warn = console.error = () => {};  // libsignal's
const tell = (type, fields = {}) => process.stdout.write(`${JSON.stringify({ type, ...fields })}\n`);

const DEFAULT_NUMBER = '15550000001';
const DEFAULT_CONTACT = '15550000002';

const library = await loadLibrary(resolve(options.baileys));
const accounts = new Accounts(library, options.state);
const mode = { upgrade: 'ok', login: 'ok', acks: 'ok', receipts: true, silentIqs: [], qrCodes: 6, tellIqs: false };
const counts = { connections: 0, logins: 0, got: 0, pings: 0 };
const clients = new Map();     // n -> Client
const sockets = new Map();     // n -> TCP socket
const unreceived = new Map();  // device jid -> Map of messages by id: { node, message }
let messages = 0;

async function loadLibrary(dir) {
  const require = createRequire(join(dir, 'package.json'));
  const baileys = await import(pathToFileURL(require.resolve(dir)));
  const { WebSocketServer } = await import(pathToFileURL(require.resolve('ws')).href.replace('index.js', 'wrapper.mjs'));
  return { baileys, libsignal: require('libsignal'), WebSocketServer };
}

const server = {
  library, accounts, mode, tell, counts,
  loggedIn(client) {
    counts.logins++;
    for (const other of clients.values()) {
      if (other !== client && other.loggedIn && other.device.jid === client.device.jid) {
        other.streamError({ tag: 'conflict', attrs: { type: 'replaced' } });
      }
    }
  },
  closed(client) { clients.delete(client.n); },
  unreceived: device => [...(unreceived.get(device.jid)?.values() ?? [])].map(({ node }) => node),
  message: (device, id) => unreceived.get(device.jid)?.get(id)?.message,
  keep(device, id, node) { unreceived.get(device.jid).get(id).node = node; },
  received(device, id) { unreceived.get(device?.jid)?.delete(id); },
};

// ---- Connections ----

const webSockets = new library.WebSocketServer({ noServer: true, maxPayload: 64 << 20 });
const http = createHttpServer((request, response) => response.writeHead(404).end());
const tcp = createServer(onConnection);
let port = Number(options.port);

function onConnection(socket) {
  const n = ++counts.connections;
  socket.n = n;
  sockets.set(n, socket);
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(n);
    if (!socket.upgraded) tell('closed', { n });
  });
  tell('connection', { n });
  switch (mode.upgrade) {
    case 'reset': return socket.resetAndDestroy();
    case 'silent-tcp': return socket.resume();
    case 'garbage-tcp': return socket.resume().write('\x00\x01\x02 this is not HTTP\r\n\r\n');
    default: http.emit('connection', socket);
  }
}

http.on('upgrade', (request, socket, head) => {
  const { upgrade } = mode;
  const refusal = /^http(\d+)$/.exec(upgrade)?.[1];
  if (refusal) return socket.end(`HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.upgraded = true;
  webSockets.handleUpgrade(request, socket, head, webSocket => {
    const client = new Client(socket.n, server, webSocket, socket);
    clients.set(socket.n, client);
    if (upgrade === 'close-at-once') client.close();
    if (upgrade.closeAfterMs !== undefined) setTimeout(() => client.close(), upgrade.closeAfterMs);
  });
});

function listen() {
  return new Promise((listening, failed) => {
    tcp.once('error', failed);
    tcp.listen(port, '127.0.0.1', () => {
      port = tcp.address().port;
      tell('listening', { url: `ws://127.0.0.1:${port}/ws/chat`, port });
      listening();
    });
  });
}

// ---- Commands ----

const all = ({ n }) => [...clients.values()].filter(client => n === undefined || client.n === n);
const live = command => all(command).filter(client => client.loggedIn);

function clientShowing(qr) {
  const [ref, , , advSecret] = qr.split('#').at(-1).split(',');
  const client = [...clients.values()].find(candidate => candidate.hasShown(ref));
  if (!client) throw new Error('nobody shows this code');
  return { client, advSecret };
}

function deviceFor({ to }) {
  const devices = accounts.allDevices();
  const device = to ? devices.find(({ jid }) => jid === to) : (live({})[0]?.device ?? devices.at(-1));
  if (!device) throw new Error('there is no such device');
  return device;
}

async function say(command) {
  const device = deviceFor(command);
  const id = command.id ?? `LOOP${process.pid}X${++messages}`;
  const content = command.message ?? { conversation: command.text };
  const message = { id, from: command.from ?? DEFAULT_CONTACT, content, name: command.name, addressing: command.addressing };
  const node = await messageNode(server, device, message);
  if (!unreceived.has(device.jid)) unreceived.set(device.jid, new Map());
  unreceived.get(device.jid).set(id, { node, message });
  for (const client of live({}).filter(candidate => candidate.device === device)) client.sendNode(node);
  tell('said', { id, to: device.jid });
}

function makeDevice({ dir, number = DEFAULT_NUMBER }) {
  const { baileys } = library;
  const creds = baileys.initAuthCreds();
  const { keyId, keyPair, signature } = creds.signedPreKey;
  const device = accounts.addDevice(number, {
    noiseKey: creds.noiseKey.public,
    identityKey: creds.signedIdentityKey.public,
    registrationId: creds.registrationId,
    signedPreKey: { id: keyId, key: keyPair.public, signature: Buffer.from(signature) },
  });
  const { account } = accounts.deviceIdentity(device, creds.advSecretKey);
  const own = Buffer.concat([Buffer.from([6, 1]), account.details, device.identityKey, account.accountSignatureKey]);
  account.deviceSignature = baileys.Curve.sign(creds.signedIdentityKey.private, own);
  const signalIdentities = [baileys.createSignalIdentity(device.lid, account.accountSignatureKey)];
  Object.assign(creds, { me: { id: device.jid, lid: device.lid }, account, signalIdentities, platform: 'loopback' });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, 'creds.json'), JSON.stringify(creds, baileys.BufferJSON.replacer), { mode: 0o600 });
  tell('device', { jid: device.jid, dir });
}

function restrict({ active = true, kind = 'DEFAULT', until }) {
  const lock = { is_active: active, enforcement_type: kind, time_enforcement_ends: until === undefined ? undefined : String(until) };
  const content = Buffer.from(JSON.stringify({ data: { xwa2_notify_account_reachout_timelock: lock } }));
  const update = { tag: 'update', attrs: { op_name: 'NotificationUserReachoutTimelockUpdate' }, content };
  return { tag: 'notification', attrs: { from: 's.whatsapp.net', id: `lo-r${++messages}`, type: 'mex' }, content: [update] };
}

const COMMANDS = {
  mode: ({ type, ref, ...changes }) => Object.assign(mode, changes),
  scan({ qr, number = DEFAULT_NUMBER, afterMs = 0 }) {
    const { client, advSecret } = clientShowing(qr);
    setTimeout(() => client.scanned(number, advSecret), afterMs);
  },
  enterCode: ({ code, number = DEFAULT_NUMBER, n }) => all({ n }).at(-1).codeEntered(number, code),
  device: makeDevice,
  forget: ({ number = DEFAULT_NUMBER }) => accounts.devicesOf(number).forEach(device => accounts.removeDevice(device)),
  say,
  big: ({ bytes, ...command }) => say({ ...command, text: 'x'.repeat(bytes) }),
  streamError: command => live(command).forEach(client => client.streamError(command)),
  failure: command => live(command).forEach(client => client.failure(command)),
  streamEnd: command => live(command).forEach(client => client.streamEnd()),
  node: command => live(command).forEach(client => client.sendNode(command.node)),
  restrict: command => live(command).forEach(client => client.sendNode(restrict(command))),
  undecryptable: command => all(command).forEach(client => client.undecryptable()),
  halfOpen: command => all(command).forEach(client => client.halfOpen()),
  close: command => live(command).forEach(client => client.close()),
  closeAll: command => all(command).forEach(client => client.close()),
  drop: ({ n }) => [...sockets.values()].filter(socket => n === undefined || socket.n === n).forEach(socket => socket.destroy()),
  reset: ({ n }) => [...sockets.values()].filter(socket => n === undefined || socket.n === n).forEach(socket => socket.resetAndDestroy()),
  stopListening: () => tcp.close(),
  listen,
  counts: () => tell('counts', { ...counts, open: sockets.size, live: live({}).length }),
};

await listen();
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let command = {};
  try {
    command = JSON.parse(line);
    await COMMANDS[command.type](command);
    tell('did', { command: command.type, ref: command.ref });
  } catch (error) {
    tell('error', { command: command.type, ref: command.ref, detail: error.stack });
  }
}
process.exit(0);
