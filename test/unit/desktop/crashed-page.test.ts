import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { reviveCrashedPage } from '../../../main/desktop/crashed-page.ts';

/** A page that crashes on demand; `answers` are the buttons that a person presses. */
function page(...answers: number[]) {
  const contents = Object.assign(new EventEmitter(), { isDestroyed: () => false });
  const [load, quit, note] = [vi.fn(), vi.fn(), vi.fn()];
  const ask = vi.fn(() => Promise.resolve({ response: answers.shift() ?? -1 }));
  reviveCrashedPage({ contents: contents as never, load, quit, ask, note });
  return {
    load,
    quit,
    ask,
    end: (reason: string) => void contents.emit('render-process-gone', {}, { reason }),
  };
}

test('a page that crashes once is there again', () => {
  const { end, load, ask } = page();
  end('crashed');
  expect(load).toHaveBeenCalledTimes(1);
  expect(ask).not.toHaveBeenCalled();
});

test('after that a person is asked each time', async () => {
  const { end, load, quit, ask } = page(0, 1);
  end('crashed');
  end('oom');
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2));
  expect(quit).not.toHaveBeenCalled();
  end('crashed');
  await vi.waitFor(() => expect(quit).toHaveBeenCalledTimes(1));
  expect(load).toHaveBeenCalledTimes(2);
  expect(ask).toHaveBeenCalledTimes(2);
});

test('a page that ended as it should stays away', () => {
  const { end, load } = page();
  end('clean-exit');
  expect(load).not.toHaveBeenCalled();
});
