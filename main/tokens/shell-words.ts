/**
 * The words of a command line as a POSIX shell reads them: quotes, backslashes, `$'...'` and line continuations (also
 * those of cmd and PowerShell, `^` and a backtick before the line's end, as browsers copy curl commands). Nothing is
 * expanded: a `$TOKEN` stays as it is. An unclosed quote ends with the text.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let open = false;
  let at = 0;
  const add = (piece: string): void => {
    words.push((open ? (words.pop() ?? '') : '') + piece);
    open = true;
  };
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      open = false;
      at += 1;
    } else if (/^[\\^`]\r?\n/.test(text.slice(at, at + 3))) {
      at = text.indexOf('\n', at) + 1;
    } else if (character === '\\') {
      add(text.charAt(at + 1));
      at += 2;
    } else if (character === "'" || text.startsWith("$'", at)) {
      const escapes = character === '$';
      at += escapes ? 2 : 1;
      for (; at < text.length && text[at] !== "'"; at += 1) {
        if (escapes && text[at] === '\\') {
          const escaped =
            /^(?:u[\da-fA-F]{1,4}|x[\da-fA-F]{1,2}|[\s\S])/.exec(text.slice(at + 1, at + 6))?.[0] ?? '';
          at += escaped.length;
          add(meantBy(escaped));
        } else add(text.charAt(at));
      }
      add('');
      at += 1;
    } else if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
        if (text[at] === '\\' && /["\\$`\n]/.test(text.charAt(at + 1))) at += 1;
        add(text.charAt(at));
      }
      add('');
      at += 1;
    } else {
      add(character);
      at += 1;
    }
  }
  return words;
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** What stands after a backslash in `$'...'`, as browsers write line breaks and exclamation marks there. */
function meantBy(escaped: string): string {
  return escaped.length > 1
    ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    : (letters[escaped] ?? escaped);
}
