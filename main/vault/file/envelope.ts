import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** A key pair in age's text form (https://age-encryption.org/v1). */
export interface Key {
  readonly identity: string;
  readonly recipient: string;
}

export async function createKey(): Promise<Key> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The key, encrypted with the passphrase by scrypt; `workFactor` is the base-2 logarithm of its cost. */
export function sealKey(key: Key, passphrase: string, workFactor: number): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(normalised(passphrase));
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(key.identity);
}

/** The key in a sealed file, or why not. A changed file and a wrong passphrase mostly cannot be told apart. */
export async function openKey(sealed: Uint8Array, passphrase: string): Promise<Key | 'wrong' | 'corrupt'> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(normalised(passphrase));
  try {
    const identity = await decrypter.decrypt(sealed, 'text');
    return { identity, recipient: await identityToRecipient(identity) };
  } catch (error) {
    return error instanceof Error && error.message.includes('no identity matched') ? 'wrong' : 'corrupt';
  }
}

export function seal(text: string, key: Key): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(key.recipient);
  return encrypter.encrypt(text);
}

/** The text, or null where the file was changed, is cut off or belongs to another key. */
export async function unseal(sealed: Uint8Array, key: Key): Promise<string | null> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(key.identity);
  try {
    return await decrypter.decrypt(sealed, 'text');
  } catch {
    return null; // age says no more than that it does not authenticate
  }
}

/** Keyboards differ in how they compose letters; the same passphrase must open the file on all (RFC 8265 4.2.1). */
function normalised(passphrase: string): string {
  return passphrase.normalize('NFC');
}
