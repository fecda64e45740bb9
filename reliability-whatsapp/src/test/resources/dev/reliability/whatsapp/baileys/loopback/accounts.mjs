// What the server remembers: the paired devices with their keys, and the people (accounts and contacts) with the state of their encryption.
// With a file it outlives the server: each change is on the disk before anybody hears of it.
//
// A person is made when first named. LIDs are made from phone numbers: 77 and the number.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const LID = '77';

export class Accounts {
  #b;
  #signal;
  #file;
  #data = { devices: {}, people: {} };

  constructor({ baileys, libsignal }, file) {
    this.#b = baileys;
    this.#signal = libsignal;
    this.#file = file;
    if (!file) return;
    try {
      this.#data = JSON.parse(readFileSync(file, 'utf8'), baileys.BufferJSON.reviver);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }

  save() {
    if (!this.#file) return;
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(this.#data, this.#b.BufferJSON.replacer));
    renameSync(`${this.#file}.tmp`, this.#file);
  }

  // ---- Names ----

  /** The phone number in a jid of either kind. */
  numberOf(jid) {
    const { user, server } = this.#b.jidDecode(jid);
    return server === 'lid' && user.startsWith(LID) ? user.slice(LID.length) : user;
  }

  phoneJid(number, device = 0) { return `${number}${device ? `:${device}` : ''}@s.whatsapp.net`; }

  lidJid(number, device = 0) { return `${LID}${number}${device ? `:${device}` : ''}@lid`; }

  // ---- Devices ----

  device(number, id) { return this.#data.devices[`${number}:${id}`]; }

  allDevices() { return Object.values(this.#data.devices); }

  devicesOf(number) { return Object.values(this.#data.devices).filter(device => device.number === number); }

  /** keys: noiseKey, identityKey, registrationId, signedPreKey { id, key, signature }. */
  addDevice(number, keys) {
    const id = 1 + Math.max(0, ...this.devicesOf(number).map(device => device.id));
    const device = { number, id, jid: this.phoneJid(number, id), lid: this.lidJid(number, id), preKeys: {}, ...keys };
    this.#data.devices[`${number}:${id}`] = device;
    this.save();
    return device;
  }

  removeDevice({ number, id }) {
    delete this.#data.devices[`${number}:${id}`];
    this.save();
  }

  setPreKeys(device, preKeys) {
    Object.assign(device.preKeys, preKeys);
    this.save();
  }

  /** What the account's phone signs for a new device; the device proves with advSecret that it has shown it to the phone. */
  deviceIdentity(device, advSecret) {
    const { proto, Curve, hmacSign } = this.#b;
    const identity = this.#person(device.number).identity;
    const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: 1, keyIndex: device.id }).finish();
    const accountSignatureKey = identity.public.subarray(1);
    const accountSignature = Curve.sign(identity.private, Buffer.concat([Buffer.from([6, 0]), details, device.identityKey]));
    const account = { details, accountSignatureKey, accountSignature };
    const signed = proto.ADVSignedDeviceIdentity.encode(account).finish();
    const hmac = hmacSign(signed, Buffer.from(advSecret, 'base64'));
    return { account, forClient: proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish() };
  }

  // ---- People ----

  /** The keys with which others begin a session with a person's phone. */
  bundle(number) {
    const { identity, registrationId, signedPreKey, preKey } = this.#person(number);
    return { identityKey: identity.public.subarray(1), registrationId, signedPreKey, preKey };
  }

  identity(number) { return this.#person(number).identity; }

  #person(number) {
    if (!this.#data.people[number]) {
      const keys = () => {
        const { pubKey, privKey } = this.#signal.curve.generateKeyPair();
        return { public: Buffer.from(pubKey), private: Buffer.from(privKey) };
      };
      const identity = keys();
      const signedPreKey = { id: 1, ...keys() };
      signedPreKey.signature = Buffer.from(this.#signal.curve.calculateSignature(identity.private, signedPreKey.public));
      const registrationId = this.#signal.keyhelper.generateRegistrationId();
      this.#data.people[number] = { identity, registrationId, signedPreKey, preKey: { id: 1, ...keys() }, ratchets: {} };
      this.save();
    }
    return this.#data.people[number];
  }

  #storage(person) {
    const pair = keys => ({ pubKey: keys.public, privKey: keys.private });
    return {
      loadSession: async id => person.ratchets[id] && this.#signal.SessionRecord.deserialize(person.ratchets[id]),
      storeSession: async (id, record) => { person.ratchets[id] = record.serialize(); },
      isTrustedIdentity: () => true,
      loadPreKey: async () => pair(person.preKey),
      removePreKey: async () => {},
      loadSignedPreKey: async () => pair(person.signedPreKey),
      getOurRegistrationId: () => person.registrationId,
      getOurIdentity: () => pair(person.identity),
    };
  }

  #address(device) { return new this.#signal.ProtocolAddress(device.number, device.id); }

  /** Encrypts a message of a person for a device; resolves to { type, ciphertext }. */
  async encrypt(number, device, message) {
    const storage = this.#storage(this.#person(number));
    const address = this.#address(device);
    if (!(await storage.loadSession(address.toString()))?.haveOpenSession()) {
      const [preKeyId] = Object.keys(device.preKeys);
      await this.newSession(number, device, device.signedPreKey, preKeyId && { id: Number(preKeyId), key: device.preKeys[preKeyId] });
      delete device.preKeys[preKeyId];
    }
    const encrypted = await new this.#signal.SessionCipher(storage, address).encrypt(this.#b.encodeWAMessage(message));
    this.save();
    return { type: encrypted.type === 3 ? 'pkmsg' : 'msg', ciphertext: Buffer.from(encrypted.body) };
  }

  /** Begins a session of a person with a device; keys are { id, key, signature? }. */
  newSession(number, device, signedPreKey, preKey) {
    const withType = key => Buffer.concat([Buffer.from([5]), key]);
    return new this.#signal.SessionBuilder(this.#storage(this.#person(number)), this.#address(device)).initOutgoing({
      registrationId: device.registrationId,
      identityKey: withType(device.identityKey),
      signedPreKey: { keyId: signedPreKey.id, publicKey: withType(signedPreKey.key), signature: signedPreKey.signature },
      preKey: preKey && { keyId: preKey.id, publicKey: withType(preKey.key) },
    });
  }

  /** Decrypts a message of a device for a person. */
  async decrypt(number, device, type, ciphertext) {
    const cipher = new this.#signal.SessionCipher(this.#storage(this.#person(number)), this.#address(device));
    const bytes = Buffer.from(ciphertext);
    const plain = type === 'pkmsg' ? await cipher.decryptPreKeyWhisperMessage(bytes) : await cipher.decryptWhisperMessage(bytes);
    this.save();
    return this.#b.proto.Message.decode(this.#b.unpadRandomMax16(plain));
  }
}
