/** Short of the 1 MiB that a message of the bridge may have, quotes and escapes included. */
const mostBytes = 1_000_000;

/** Whether a text fits into one message of the bridge. */
export function fits(text: string): boolean {
  return text.length <= mostBytes && new TextEncoder().encode(JSON.stringify(text)).length <= mostBytes;
}
