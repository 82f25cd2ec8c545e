import { expect, test } from 'vitest';
import { splitTexts, splitUtf8 } from '../../../main/vault/parts.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';

const limit = 256;

/** Items in a map, of limited size as on Windows, that can stop before the n-th change as a crash does. */
function limitedItems(stored: Map<string, string> = new Map<string, string>()) {
  const control = { changesLeft: Infinity, failWrites: false };
  function change(apply: () => void): Promise<Result<void>> {
    control.changesLeft -= 1;
    if (control.changesLeft < 0) return Promise.reject(new Error('crash'));
    apply();
    return Promise.resolve(ok(undefined));
  }
  const items = {
    read: (name: string) => Promise.resolve(ok(stored.get(name) ?? null)),
    write: (name: string, text: string) => {
      if (text === '' || Buffer.byteLength(text) > limit || control.failWrites)
        return Promise.resolve(fail('vault_write_failed', 'Too large.', 'Smaller.'));
      return change(() => stored.set(name, text));
    },
    remove: (name: string) => change(() => stored.delete(name)),
  };
  return { items, control, stored };
}

const texts = {
  small: 'small',
  empty: '',
  exact: 'x'.repeat(limit),
  over: 'x'.repeat(limit + 1),
  wide: '🔑é'.repeat(300),
  large: Array.from({ length: 400 }, (_, index) => `claim ${index}`).join(),
};
const names = Object.keys(texts) as (keyof typeof texts)[];
const pairs = names.flatMap((before) => names.map((after) => [before, after] as const));

test('text is cut into pieces of at most the limit, never within a character', () => {
  for (const text of Object.values(texts))
    for (const size of [4, 5, 6, 7, 256]) {
      const pieces = splitUtf8(text, size);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(size);
    }
});

test.each(pairs)('a %s text replaced by a %s one is there, with nothing left over', async (before, after) => {
  const { items, stored } = limitedItems();
  const vault = splitTexts(items, limit);
  for (const name of [before, after, before, after]) {
    expect(await vault.write('item', texts[name])).toEqual({ ok: true });
    expect(await vault.read('item')).toEqual(ok(texts[name]));
  }
  const expected = splitUtf8(texts[after], limit).length;
  expect(stored.size).toBe(expected === 1 ? 1 : expected + 1);
  await vault.remove('item');
  expect(stored.size).toBe(0);
});

test.each(pairs)(
  'a crash at any change from %s to %s, also twice, leaves old or new and is cleared up by the next write',
  async (before, after) => {
    for (let first = 0; ; first += 1) {
      const { items, control, stored } = limitedItems();
      const vault = splitTexts(items, limit);
      await vault.write('item', texts[before]);
      control.changesLeft = first;
      const crashed = await vault.write('item', texts[after]).then(
        () => false,
        () => true,
      );
      for (let second = 0; second < 12; second += 1) {
        const again = limitedItems(new Map(stored));
        const vaultAgain = splitTexts(again.items, limit);
        expect([ok(texts[before]), ok(texts[after])]).toContainEqual(await vaultAgain.read('item'));
        again.control.changesLeft = second;
        await vaultAgain.write('item', texts.wide).catch(() => undefined);
        again.control.changesLeft = Infinity;
        expect([ok(texts[before]), ok(texts[after]), ok(texts.wide)]).toContainEqual(
          await vaultAgain.read('item'),
        );
        await vaultAgain.write('item', texts.over);
        expect(again.stored.size).toBe(3);
        await vaultAgain.write('item', texts.small);
        expect([...again.stored]).toEqual([['item', texts.small]]);
      }
      if (!crashed) break;
    }
  },
);

test('a store that takes no more keeps the old text and says that writing failed', async () => {
  const { items, control } = limitedItems();
  const vault = splitTexts(items, limit);
  await vault.write('item', texts.large);
  control.failWrites = true;
  expect(await vault.write('item', texts.wide)).toMatchObject({ error: { code: 'vault_write_failed' } });
  expect(await vault.read('item')).toEqual(ok(texts.large));
});

test('a missing, a foreign and an unreadable part are damage, never a text and never nothing', async () => {
  const { items, stored } = limitedItems();
  const vault = splitTexts(items, limit);
  await vault.write('item', texts.large);
  const [, whole] = [...stored].find(([name]) => name === 'item#a#2')!;
  stored.delete('item#a#2');
  expect(await vault.read('item')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
  stored.set('item#a#2', whole.replaceAll('claim', 'other'));
  expect(await vault.read('item')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
  stored.set('item', 'latchkey-parts:1:{"generation":"c"}');
  expect(await vault.read('item')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
});

test('a text that another process replaces while it is read is read anew', async () => {
  const { items } = limitedItems();
  const vault = splitTexts(items, limit);
  await vault.write('item', texts.large);
  let reads = 0;
  const reader = splitTexts(
    {
      ...items,
      read: async (name) => {
        reads += 1;
        if (reads === 3) await vault.write('item', texts.wide);
        return items.read(name);
      },
    },
    limit,
  );
  expect(await reader.read('item')).toEqual(ok(texts.wide));
});

test('without a limit a text is one item, and one that was split elsewhere is still read', async () => {
  const { items, stored } = limitedItems();
  await splitTexts(items, limit).write('split', texts.large);
  const unlimited = splitTexts(items, null);
  expect(await unlimited.read('split')).toEqual(ok(texts.large));
  await unlimited.write('whole', texts.exact);
  expect(stored.get('whole')).toBe(texts.exact);
});
