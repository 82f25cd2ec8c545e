/** A word as it has to be typed after a command, for hints: in quotes where a shell would take it apart. */
export function typedWord(word: string): string {
  return /^[\p{L}\p{N}_.@:+/-]+$/u.test(word) ? word : `"${word.replace(/[\\"$`]/g, '\\$&')}"`;
}

/** A connection's name as it has to be typed after a command. */
export function typedName({ name }: { readonly name: string }): string {
  return typedWord(name);
}
