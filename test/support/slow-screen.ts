import type { BrowserContext } from 'playwright';

/**
 * For trying the tests of the screen with a slow program: `LATCHKEY_SLOW_SCREEN=<seed>` lets each answer of the bridge come
 * up to a second and a half late, by its own time, so in another order than they were asked for. Events and progress stay
 * in theirs, and before the answers that came after them, as at a real door.
 */
const seed = process.env.LATCHKEY_SLOW_SCREEN;
let contexts = 0;

export async function slowDown(context: BrowserContext): Promise<BrowserContext> {
  if (seed !== undefined) await context.addInitScript(answerLate, Number(seed) + 1000 * contexts++);
  return context;
}

/** Runs in the page, before its own scripts. */
function answerLate(state: number): void {
  const later = setTimeout.bind(globalThis); // a test may put the page's clock in its own hands
  const wait = (longestMs: number): Promise<unknown> => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    return new Promise((resolve) => later(resolve, (state / 2 ** 32) * longestMs));
  };
  globalThis.WebSocket = class extends WebSocket {
    #inOrder: Promise<unknown> = Promise.resolve();
    override addEventListener(type: string, hear: (event: Event) => void): void {
      super.addEventListener(type, (event) => {
        const isAnswer = event instanceof MessageEvent && String(event.data).startsWith('{"type":"answer"');
        const before = Promise.all([this.#inOrder, wait(isAnswer ? 1500 : 300)]);
        const told = before.then(() => {
          if (type !== 'message' || this.readyState === WebSocket.OPEN) hear.call(this, event);
        });
        if (!isAnswer) this.#inOrder = told;
      });
    }
  };
}
