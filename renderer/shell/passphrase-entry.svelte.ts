import type { Input } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { inOneLine } from '../format/failure.ts';
import { t } from '../messages/text.ts';

/** What is typed to open the encrypted file, or to make one. */
export interface PassphraseEntry {
  text: string;
  /** The same once more; asked for where `fresh`. */
  again: string;
  shown: boolean;
  /** There is no file: a new one is made, so the passphrase is typed twice. */
  readonly fresh: boolean;
  /** It was there when this was asked, and is no longer: somebody cleared it elsewhere. */
  readonly gone: boolean;
  readonly error: string | undefined;
  readonly againError: string | undefined;
  /** What to ask the core with; null where something is wrong with what was typed, which is said then. */
  readonly checked: () => Pick<Input<'vault.use'>, 'passphrase' | 'makeFile'> | null;
  /** Shows why the core did not take it. */
  readonly refused: (failure: Failure) => void;
  readonly forget: () => void;
}

const shortest = 8;

/** @param there whether the profile has an encrypted file, as far as is known */
export function createPassphraseEntry(there: boolean): PassphraseEntry {
  let text = $state('');
  let again = $state('');
  let shown = $state(false);
  let fresh = $state(!there);
  let gone = $state(false);
  let error = $state<string>();
  let againError = $state<string>();
  return {
    get text() {
      return text;
    },
    set text(typed) {
      text = typed;
    },
    get again() {
      return again;
    },
    set again(typed) {
      again = typed;
    },
    get shown() {
      return shown;
    },
    set shown(wanted) {
      shown = wanted;
    },
    get fresh() {
      return fresh;
    },
    get gone() {
      return gone;
    },
    get error() {
      return error;
    },
    get againError() {
      return againError;
    },
    checked() {
      error = undefined;
      againError = undefined;
      // A file that is there has the passphrase it has.
      if (!fresh) return { passphrase: text };
      if (text.length < shortest) error = t('vault.passphraseShort');
      else if (again !== text) againError = t('vault.passphraseDiffers');
      else return { passphrase: text, makeFile: true };
      return null;
    },
    refused(failure) {
      if (failure.code === 'not_found') {
        // What was typed was for the file that is gone, and may be anything.
        [fresh, gone] = [true, true];
        text = '';
      } else {
        if (failure.code === 'passphrase_wrong') [fresh, gone] = [false, false];
        error = inOneLine(failure);
      }
      again = '';
    },
    forget() {
      text = '';
      again = '';
    },
  };
}
