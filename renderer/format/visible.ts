/** Characters that are not seen and change what is: control characters, and those that turn the direction of text. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A stranger's text on one line, with a visible mark for every character that would make it read as another one. */
export function visible(text: string): string {
  return text.replace(unseen, '\ufffd');
}

/** JSON that means the same, with such characters as escapes. Its line breaks stay. */
export function visibleJson(json: string): string {
  return json.replace(unseen, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const longest = 60;

/** So much of a stranger's text as a sentence can hold, with a mark where it was cut. */
export function short(text: string): string {
  return visible(
    text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`,
  );
}
