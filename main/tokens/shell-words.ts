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
        if (escapes && text[at] === '\\') at += 1;
        add(text.charAt(at));
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
