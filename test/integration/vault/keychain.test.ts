import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeychain } from '../../../main/vault/keychain.ts';
import { secretService } from '../../../main/vault/dbus/secret-service.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { runChild } from '../../support/run-child.ts';
import type { ChildOrder, Step } from '../../support/vault-child.ts';

let keyring: TestKeyring;
beforeAll(async () => {
  keyring = await startKeyring();
});
afterAll(() => keyring.stop());

function inProcess(
  steps: readonly Step[],
  options: ChildOrder['options'] = {},
  more: Partial<ChildOrder> = {},
) {
  return runChild('vault-child.ts', { options, steps, ...more } satisfies ChildOrder, keyring.env);
}
const session = (letter: string): string => JSON.stringify({ accessToken: `${letter}é🔑`.repeat(1_200) });
const ok = (value?: unknown) => (value === undefined ? { ok: true } : { ok: true, value });

/** How many items of a service the keyring holds; the canary is one. */
async function itemCount(service: string): Promise<number> {
  const bus = await keyring.connect();
  const found = await bus.call(
    { ...secretService, member: 'SearchItems', signature: 'a{ss}', body: [[['service', service]]] },
    20_000,
  );
  bus.close();
  if (found.outcome !== 'reply') throw new Error(found.outcome);
  return (found.body[0] as unknown[]).length + (found.body[1] as unknown[]).length;
}

test('what is written is read back, replaced and removed, in process', async () => {
  const steps: Step[] = [
    ['read', 'connection:a'],
    ['state'],
    ['write', 'connection:a', 'first'],
    ['write', 'connection:a', 'zweiter Wert é 🔑'],
    ['read', 'connection:a'],
    ['remove', 'connection:a'],
    ['remove', 'connection:a'],
    ['read', 'connection:a'],
    ['state'],
  ];
  const child = await inProcess(steps, { service: 'in-process' });
  expect(child.lines).toEqual([
    ok(null),
    { state: 'open' },
    ok(),
    ok(),
    ok('zweiter Wert é 🔑'),
    ok(),
    ok(),
    ok(null),
    { state: 'open' },
  ]);
  expect(child).toMatchObject({ code: 0, stderr: '' });
});

test('looking at a fresh keyring writes nothing to it', async () => {
  await inProcess([['state'], ['read', 'x'], ['remove', 'x']], { service: 'fresh' });
  expect(await itemCount('fresh')).toBe(0);
});

test('a process that used the helper and did not close it ends by itself', async () => {
  const child = await inProcess(
    [
      ['write', 'x', 'kept'],
      ['read', 'x'],
    ],
    { service: 'helper', isolation: 'helper' },
  );
  expect(child.lines).toEqual([ok(), ok('kept')]);
  expect(child).toMatchObject({ code: 0, stderr: '' });
});

test('the helper crashing costs one call and no more', async () => {
  const { forkHelper } = await import('../../../main/vault/keytar/fork.ts');
  const started: ReturnType<typeof forkHelper>[] = [];
  const vault = openKeychain({
    isolation: 'helper',
    env: keyring.env,
    service: 'crash',
    startHelper: (file, env) => {
      const helper = forkHelper(file, env);
      started.push(helper);
      return helper;
    },
  });
  await vault.write('x', 'kept');
  started[0]?.kill();
  const outcomes = [await vault.read('x'), await vault.read('x')];
  expect(outcomes.at(-1)).toEqual(ok('kept'));
  await vault.close();
});

test('a session of 8 KB fits a store whose items take 2,560 bytes', async () => {
  const text = session('s');
  expect(Buffer.byteLength(text)).toBeGreaterThan(8_000);
  const child = await inProcess(
    [
      ['write', 'connection:big', text],
      ['read', 'connection:big'],
    ],
    { service: 'split', itemLimit: 2_560 },
  );
  expect(child.lines).toEqual([ok(), ok(text)]);
  expect(await itemCount('split')).toBe(1 + 1 + Math.ceil(Buffer.byteLength(text) / 2_560));
  await inProcess([['remove', 'connection:big']], { service: 'split', itemLimit: 2_560 });
  expect(await itemCount('split')).toBe(1);
});

test('killed before any change to the keychain, a write leaves the old session or the new one, and the next leaves nothing over', async () => {
  const options = { service: 'killed', itemLimit: 2_560 };
  const texts = [session('a'), session('b').slice(0, -5_000), session('c')];
  await inProcess([['write', 'connection:k', texts[0]!]], options);
  const outcomes = new Set<string>();
  for (let change = 1; ; change += 1) {
    const [before, after] = [texts[change % 2 === 0 ? 1 : 0]!, texts[change % 2 === 0 ? 0 : 1]!];
    await inProcess([['write', 'connection:k', before]], options);
    const child = await inProcess([['write', 'connection:k', after]], options, {
      strike: { beforeChange: change, pid: 0, signal: 'SIGKILL' },
    });
    const read = await inProcess([['read', 'connection:k']], options);
    expect([ok(before), ok(after)]).toContainEqual(read.lines[0]);
    outcomes.add((read.lines[0] as { value: string }).value === before ? 'old' : 'new');
    if (child.signal !== 'SIGKILL') break;
  }
  expect([...outcomes].sort()).toEqual(['new', 'old']);
  await inProcess([['write', 'connection:k', 'small again']], options);
  expect(await itemCount('killed')).toBe(2);
});

test('a keyring that is locked behind the back of the question is not taken for an empty one', async () => {
  // As on a service whose lock nobody can ask about: only the canary tells.
  const service = 'canary';
  const vault = openKeychain({ isolation: 'helper', env: keyring.env, service, platform: 'freebsd' });
  await vault.write('x', 'kept');
  await keyring.lock();
  try {
    expect(await vault.state()).toMatchObject({ state: 'locked' });
    expect(await vault.read('x')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
    expect(await vault.write('x', 'lost?')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
    expect(await vault.remove('x')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  } finally {
    await keyring.unlock();
  }
  expect(await vault.read('x')).toEqual(ok('kept'));
  await vault.close();
});

test('fifty writes at once all last, and the last of one name wins', async () => {
  const vault = openKeychain({ isolation: 'helper', env: keyring.env, service: 'fifty', itemLimit: 256 });
  const writes = Array.from({ length: 50 }, (_, index) =>
    vault.write(`name-${index % 10}`, `${index} `.repeat(index * 5)),
  );
  expect((await Promise.all(writes)).filter((written) => !written.ok)).toEqual([]);
  for (let name = 0; name < 10; name += 1)
    expect(await vault.read(`name-${name}`)).toEqual(ok(`${40 + name} `.repeat((40 + name) * 5)));
  await vault.close();
});

test('text that the keychain would cut off or change is refused', async () => {
  const vault = openKeychain({ isolation: 'helper', env: keyring.env, service: 'text' });
  for (const text of ['cut\0off', 'half \ud83d'])
    expect(await vault.write('x', text)).toMatchObject({ ok: false, error: { code: 'vault_write_failed' } });
  for (const text of ['', 'latchkey-parts:1:{"looks":"like a manifest"}']) {
    await vault.write('x', text);
    expect(await vault.read('x')).toEqual(ok(text));
  }
  await vault.close();
});
