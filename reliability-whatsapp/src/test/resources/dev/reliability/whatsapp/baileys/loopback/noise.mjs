// The server's side of the Noise XX handshake that WhatsApp's clients speak, and the frames after it.
//
// The certificate is made up: its signatures are right but its root is not WhatsApp's, which this version of the client does not notice.

const NAME = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
const NOTHING = Buffer.alloc(0);

/** `WA`, version 6, dictionary 3; before it perhaps `ED`, 0, 1 and routing information of a length in 3 bytes. */
function introLength(bytes) {
  if (bytes.length < 4) return -1;
  if (bytes.toString('latin1', 0, 2) !== 'ED') return 4;
  return bytes.length < 7 ? -1 : 7 + bytes.readUIntBE(4, 3) + 4;
}

export class Noise {
  #b;
  #hash = NAME;
  #salt = NAME;
  #key = NAME;
  #counter = 0;
  #transport = null;
  #incoming = NOTHING;
  #introSeen = false;
  #keys;

  constructor(baileys) {
    this.#b = baileys;
    this.#keys = baileys.Curve.generateKeyPair();
  }

  get isReady() { return this.#transport !== null; }

  /** Takes bytes from the client; returns the whole frames among them, still encrypted. */
  frames(bytes) {
    this.#incoming = Buffer.concat([this.#incoming, bytes]);
    if (!this.#introSeen) {
      const length = introLength(this.#incoming);
      if (length < 0 || this.#incoming.length < length) return [];
      this.#introSeen = true;
      this.#mixHash(this.#incoming.subarray(length - 4, length));
      this.#incoming = this.#incoming.subarray(length);
    }
    const frames = [];
    while (this.#incoming.length >= 3) {
      const end = 3 + this.#incoming.readUIntBE(0, 3);
      if (this.#incoming.length < end) break;
      frames.push(this.#incoming.subarray(3, end));
      this.#incoming = this.#incoming.subarray(end);
    }
    return frames;
  }

  static frame(bytes) {
    const length = Buffer.alloc(3);
    length.writeUIntBE(bytes.length, 0, 3);
    return Buffer.concat([length, bytes]);
  }

  /** Answers a client hello with the server hello's bytes. */
  hello(frame) {
    const { proto, Curve } = this.#b;
    const { clientHello } = proto.HandshakeMessage.decode(frame);
    const ephemeral = this.#keys;
    const fixed = Curve.generateKeyPair();
    this.#mixHash(clientHello.ephemeral);
    this.#mixHash(ephemeral.public);
    this.#mixKey(Curve.sharedKey(ephemeral.private, clientHello.ephemeral));
    const encryptedStatic = this.#encryptHandshake(fixed.public);
    this.#mixKey(Curve.sharedKey(fixed.private, clientHello.ephemeral));
    const payload = this.#encryptHandshake(this.#certificate(fixed.public));
    return proto.HandshakeMessage.encode({ serverHello: { ephemeral: ephemeral.public, static: encryptedStatic, payload } }).finish();
  }

  /** Takes the client's last handshake frame; returns its static key and what it wants: a registration or a login. */
  finish(frame) {
    const { proto, Curve, hkdf } = this.#b;
    const { clientFinish } = proto.HandshakeMessage.decode(frame);
    const clientKey = this.#decryptHandshake(clientFinish.static);
    this.#mixKey(Curve.sharedKey(this.#keys.private, clientKey));
    const payload = proto.ClientPayload.decode(this.#decryptHandshake(clientFinish.payload));
    const both = hkdf(NOTHING, 64, { salt: this.#salt, info: '' });
    this.#transport = { reads: Buffer.from(both.subarray(0, 32)), writes: Buffer.from(both.subarray(32)), read: 0, written: 0 };
    return { clientKey, payload };
  }

  encrypt(bytes) {
    return this.#b.aesEncryptGCM(bytes, this.#transport.writes, nonce(this.#transport.written++), NOTHING);
  }

  decrypt(bytes) {
    return this.#b.aesDecryptGCM(bytes, this.#transport.reads, nonce(this.#transport.read++), NOTHING);
  }

  #certificate(key) {
    const { proto, Curve } = this.#b;
    const { Details } = proto.CertChain.NoiseCertificate;
    const issuer = Curve.generateKeyPair();
    const leaf = Details.encode({ serial: 2, issuerSerial: 1, key }).finish();
    const intermediate = Details.encode({ serial: 1, issuerSerial: 0, key: issuer.public }).finish();
    return proto.CertChain.encode({
      leaf: { details: leaf, signature: Curve.sign(issuer.private, leaf) },
      intermediate: { details: intermediate, signature: Curve.sign(issuer.private, intermediate) },
    }).finish();
  }

  #mixHash(bytes) {
    this.#hash = this.#b.sha256(Buffer.concat([this.#hash, bytes]));
  }

  #mixKey(bytes) {
    const both = this.#b.hkdf(Buffer.from(bytes), 64, { salt: this.#salt, info: '' });
    this.#salt = Buffer.from(both.subarray(0, 32));
    this.#key = Buffer.from(both.subarray(32));
    this.#counter = 0;
  }

  #encryptHandshake(bytes) {
    const encrypted = this.#b.aesEncryptGCM(bytes, this.#key, nonce(this.#counter++), this.#hash);
    this.#mixHash(encrypted);
    return encrypted;
  }

  #decryptHandshake(bytes) {
    const decrypted = this.#b.aesDecryptGCM(bytes, this.#key, nonce(this.#counter++), this.#hash);
    this.#mixHash(bytes);
    return decrypted;
  }
}

function nonce(counter) {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(counter, 8);
  return bytes;
}
