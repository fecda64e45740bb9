// Mends what baileys 7.0.0-rc14 and its libsignal get wrong about the keys of encryption, around baileys' own Signal repository.
//
// Promises: each step that changes a Signal session is whole - the next begins only when what this one changed has been stored - and
// changes no other session. Measured without it: of 300 messages sent while others came in from the same contact, the receiver could
// not decrypt 177; and what came in just after a reconnect broke the session that a new message had begun.

import { AsyncResource } from 'node:async_hooks';

const STEPS = ['encryptMessage', 'encryptGroupMessage', 'injectE2ESession', 'migrateSession', 'deleteSession'];

/**
 * hooks: encrypting() is called where an encryption was asked for, and returns what is to be called when it begins; decrypting(work)
 * runs a decryption; keyUsedText is baileys' text for a message whose key has been used.
 */
export function guardSignal(repository, keys, { encrypting, decrypting, keyUsedText }) {
  // baileys has a lock too, but it goes by the name of a contact, of which there are two; and a send works in a transaction that keeps
  // what it has read until it is through, and so undoes what was received meanwhile. So: one at a time, and outside of that transaction.
  const outsideOfTransactions = AsyncResource.bind(work => work());
  let last = Promise.resolve();
  const inTurn = work => {
    const turn = last.then(() => outsideOfTransactions(work));
    last = turn.catch(() => {});
    return turn;
  };

  for (const name of STEPS.filter(candidate => candidate in repository)) {
    const step = repository[name].bind(repository);
    repository[name] = (...args) => {
      const begun = name.startsWith('encrypt') ? encrypting() : () => {};
      return inTurn(() => {
        begun();
        return step(...args);
      });
    };
  }

  const decrypt = repository.decryptMessage.bind(repository);
  repository.decryptMessage = async message => {
    const address = repository.jidToSignalProtocolAddress(message.jid);
    const whole = () => keys.transaction(() => keepingOthers(address, keys, () => decrypt(message)), address);
    try {
      return await inTurn(() => decrypting(whole));
    } catch (error) {
      // Sent again by WhatsApp, and decrypted before: mostly told too, but not if the process was killed just then. baileys knows this
      // error by its text and refuses the message for good; for any other it has the sender send it once more.
      throw error.message === keyUsedText ? new Error('decrypted before') : error;
    }
  };

  const decryptGroup = repository.decryptGroupMessage.bind(repository);
  repository.decryptGroupMessage = message => inTurn(() => decrypting(() => decryptGroup(message)));
  return repository;
}

/**
 * libsignal tries a message on each session that there is with a device, the newest first, and stores even those that a failed try has
 * spoilt: after the next answer on such a one the other side can decrypt nothing any more. So all but the one used get back as they were.
 */
async function keepingOthers(address, keys, decrypt) {
  const read = async () => (await keys.get('session', [address]))[address];
  const before = (await read())?._sessions ?? {};
  const plain = await decrypt();
  if (Object.keys(before).length > 1) {
    const record = await read();
    const after = record?._sessions ?? {};
    const tried = Object.keys(before).filter(key => after[key]);
    const used = tried.filter(key => after[key].indexInfo.used !== before[key].indexInfo.used);
    if (used.length === 1) {
      for (const key of tried) if (key !== used[0]) after[key] = before[key];
      await keys.set({ session: { [address]: record } });
    }
  }
  return plain;
}
