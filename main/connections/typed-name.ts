/**
 * A connection's name as it has to be typed after a command, for hints: in quotes where a shell would take it apart.
 */
export function typedName({ name }: { readonly name: string }): string {
  return /^[\p{L}\p{N}_.@:+-]+$/u.test(name) ? name : `"${name.replace(/[\\"$`]/g, '\\$&')}"`;
}
