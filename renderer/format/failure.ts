import type { Failure } from '../../preload/errors.ts';
import { t } from '../messages/text.ts';

/** What the core adds for somebody at a terminal: a command at the end of a sentence. */
const command = /(?: with)?: latchkey [^\n]*?(?=\. [A-Z]|\.?$)/g;
const clientAuth = /try --client-auth (basic-raw|basic|post|none)/g;
type Method = 'basic-raw' | 'basic' | 'post' | 'none';
const vaultWords = / \(in the desktop app or with `latchkey serve`\)|: --vault file/g;
const inBrackets = /latchkey settings show, /g;

/** A hint as it holds on the screen, where the buttons do what the commands of the command line do. */
export function hintOnScreen(hint: string): string {
  const without = hint
    .replace(command, '')
    .replace(inBrackets, '')
    .replace(vaultWords, '')
    .replace(clientAuth, (_, method: Method) => t('clientAuth.try', { method: t(`clientAuth.${method}`) }))
    .trim();
  return without === hint ? hint : ended(without);
}

/** What happened and what to do, as sentences in one line. */
export function inOneLine({ message, hint }: Pick<Failure, 'message' | 'hint'>): string {
  const next = hintOnScreen(hint);
  return next === '' ? message : `${ended(message)} ${next}`;
}

function ended(text: string): string {
  return text === '' || /[.!?…:]$/.test(text) ? text : `${text}.`;
}
