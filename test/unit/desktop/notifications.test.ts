import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { notifications } from '../../../main/desktop/notifications.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a notification that nobody else holds on to is there to be clicked', async () => {
  const made: WeakRef<EventEmitter>[] = [];
  let clicks = 0;
  const notify = notifications(
    () => {
      const notification = Object.assign(new EventEmitter(), { show: () => undefined });
      made.push(new WeakRef(notification));
      return notification as never;
    },
    () => (clicks += 1),
  );
  notify({ title: 'first' });
  notify({ title: 'second' });
  // What a WeakRef was asked for stays until the task is over.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  made[0]?.deref()?.emit('click');
  made[1]?.deref()?.emit('close');
  expect(clicks).toBe(1);
});
