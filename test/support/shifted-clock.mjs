/**
 * Preloaded (`NODE_OPTIONS=--import=...`) into a process whose clock is to run ahead: TEST_CLOCK_AHEAD_MS. Time-outs
 * are left as they are.
 */
const ahead = Number(process.env.TEST_CLOCK_AHEAD_MS);
const now = Date.now.bind(Date);
const System = Date;
globalThis.Date = class extends System {
  constructor(...parts) {
    if (parts.length === 0) super(now() + ahead);
    else super(...parts);
  }
  static now() {
    return now() + ahead;
  }
};
