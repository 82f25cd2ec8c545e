import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from './engine.ts';
import type { Calls, Reply, Request, Start } from './protocol.ts';

/** The directory's own thread: takes questions one at a time, in order; only counting is interleaved. */

const port = parentPort;
if (!port) throw new Error('The directory runs on a worker thread.');

const { quietMilliseconds, locale } = workerData as Start;
const { store, ...engine } = createEngine(quietMilliseconds, locale);

const calls: Calls = {
  begin: (key, resume) => store.begin(key, resume),
  expect: (keys) => (store.expect(keys), null),
  append: (load, page) => (store.append(load, page), null),
  restore: (load, packed) => (store.restore(load, packed), null),
  finish: (load, ending) => (store.finish(load, ending), null),
  abandon: (load) => (store.abandon(load), null),
  remove: (connection) => (store.remove(connection), null),
  removeList: (key) => (store.removeList(key), null),
  describe: (connections) => (store.describe(connections), null),
  lists: () => store.lists(),
  window: (query) => engine.window(query),
  count: (query) => engine.count(query),
  settle: (kind, until) => engine.settle(kind, until),
  arrange: (query) => engine.arrange(query),
  arrangeMore: (arrangement) => engine.arrangeMore(arrangement),
  arranged: (kind, arrangement, after) => engine.arranged(kind, arrangement, after),
  disarrange: (arrangement) => (engine.disarrange(arrangement), null),
  tallies: (kind, filter) => engine.tallies(kind, filter),
  compare: (query, offset, limit) => engine.compare(query, offset, limit),
  leaveComparison: (query) => (engine.leaveComparison(query), null),
  page: (query, after) => engine.page(query, after),
  row: (key, id) => engine.row(key, id),
  record: (key, id) => store.record(key, id) ?? null,
  pageNumbers: (key) => store.pageNumbers(key),
  packedPage: (no) => store.pages.packed(no) ?? null,
  settled: async () => {
    await engine.settled();
    return null;
  },
};

port.on('message', (message: Request | 'close') => {
  if (message === 'close') {
    engine.close();
    port.close();
    return;
  }
  void answer(message);
});

async function answer({ id, name, args }: Request): Promise<void> {
  let reply: Reply;
  try {
    const call = calls[name] as (...values: readonly unknown[]) => unknown;
    reply = { id, value: await call(...args) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply = { id, error: message, askedWrongly: error instanceof RangeError };
  }
  port?.postMessage(reply);
}
