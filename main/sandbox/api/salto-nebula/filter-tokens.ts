export type FilterToken =
  | { readonly kind: 'sign' | 'word' | 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number };

const sign = /(?:==|!=|&&|\|\||[!().,[\]])/uy;
const word = /[A-Za-z_]\w*/uy;
const number = /-?\d+(?:\.\d+)?/uy;
/** Single quotes, as the vendor documents; a backslash escapes the next character, as in CEL. */
const text = /'((?:[^'\\]|\\.)*)'/suy;

/** Splits a filter into tokens, or says in a sentence where that fails. */
export function tokensOf(filter: string): FilterToken[] | string {
  const tokens: FilterToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(filter);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    while (/\s/u.test(filter.charAt(at))) at += 1;
    if (at >= filter.length) return tokens;
    const quoted = match(text);
    if (quoted !== null) {
      tokens.push({ kind: 'text', value: (quoted[1] ?? '').replace(/\\(.)/gsu, '$1') });
      continue;
    }
    const digits = match(number);
    if (digits !== null) {
      tokens.push({ kind: 'number', value: Number(digits[0]) });
      continue;
    }
    const name = match(word);
    const mark = name === null ? match(sign) : null;
    if (name !== null) tokens.push({ kind: 'word', value: name[0] });
    else if (mark !== null) tokens.push({ kind: 'sign', value: mark[0] });
    else return `invalid filter: unexpected character at ${at}`;
  }
}
