/**
 * Says lines on a stream, for whoever started the program in a terminal. Once nobody reads there any more they are dropped:
 * a failed write that nobody hears of ends a program, and Electron shows it as an error of its own.
 */
export function noteOn(stream: Pick<NodeJS.WritableStream, 'on' | 'write'>): (line: string) => void {
  stream.on('error', () => undefined);
  return (line) => void stream.write(`latchkey: ${line}\n`);
}
