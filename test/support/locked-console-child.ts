/**
 * A console in a process of its own, for what only its heap can show: reads lists and a token of the profile's connections,
 * then locks. Writes a heap snapshot before and after (paths in its argument) and prints how the two went.
 */
import { writeHeapSnapshot } from 'node:v8';
import { openBridge } from '../../main/bridge/open.ts';
import type { ConnectionInfo, ScreenMessage } from '../../preload/contract.ts';
import { type Result, ok } from '../../preload/errors.ts';
import './end-with-parent.ts';

export interface LockedConsoleOrder {
  readonly home: string;
  readonly before: string;
  readonly after: string;
}

const order = JSON.parse(process.argv[2] ?? '') as LockedConsoleOrder;
const bridge = openBridge({
  door: 'browser',
  version: '0.0.0',
  home: order.home,
  env: process.env,
  openBrowser: () => Promise.resolve(ok(undefined)),
  deliver: () => Promise.reject(new Error('Nothing is exported here.')),
  note: (line) => console.error(line),
});
const waiting = new Map<number, (result: Result<unknown>) => void>();
const screen = bridge.dispatcher.connect((message: ScreenMessage) => {
  if (message.type !== 'answer') return;
  waiting.get(message.request)?.(message.result);
  waiting.delete(message.request);
});
let last = 0;
function call<T>(method: string, input: object = {}): Promise<Result<T>> {
  return new Promise((resolve) => {
    const request = (last += 1);
    waiting.set(request, resolve as (result: Result<unknown>) => void);
    screen.receive({ request, method, input });
  });
}

/** What a person's screen holds meanwhile, in a function of its own so that nothing of it is left. */
async function work(): Promise<void> {
  const list = await call<ConnectionInfo[]>('connections.list');
  const [first] = list.ok ? list.value : [];
  await call('lists.sync', { users: true });
  const users = await call<{ total: number }>('lists.users', { offset: 0, limit: 200 });
  const token = await call<{ token: string }>('sessions.reveal', { id: first?.id ?? '', token: 'access' });
  writeHeapSnapshot(order.before);
  console.log(JSON.stringify({ users: users.ok && users.value.total > 0, token: token.ok }));
}

await work();
const locked = await call<{ unsaved: string[] }>('vault.lock');
const refused = await call('lists.users', { offset: 0, limit: 200 });
writeHeapSnapshot(order.after);
console.log(JSON.stringify({ locked, refused: refused.ok ? null : refused.error.code }));
const unlocked = await call('vault.unlock');
const again = await call<{ token: string }>('connections.list');
console.log(JSON.stringify({ unlocked, again: again.ok }));
screen.close();
await bridge.close();
