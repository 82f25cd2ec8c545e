import { expect, test } from 'vitest';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import {
  readProxyCredentials,
  removeProxyCredentials,
  storeProxyCredentials,
} from '../../../main/vault/proxy-credentials.ts';
import { ok } from '../../../preload/errors.ts';

const credentials = { proxy: 'http://proxy.example:3128', username: 'ann', password: 'brass:lantern 90' };

test('they are for the proxy that they were given for, and for no other', async () => {
  const vault = openMemoryVault();
  await storeProxyCredentials(vault, credentials);
  expect(await readProxyCredentials(vault, credentials.proxy)).toEqual(ok(credentials));
  for (const other of [
    'http://proxy.example:3129',
    'https://proxy.example:3128',
    'http://evil.example:3128',
    'system',
  ])
    expect(await readProxyCredentials(vault, other)).toEqual(ok(null));
  await removeProxyCredentials(vault);
  expect(await readProxyCredentials(vault, credentials.proxy)).toEqual(ok(null));
});

test('what cannot be understood counts as none', async () => {
  const vault = openMemoryVault();
  for (const text of ['', 'nonsense', '{}', '{"proxy":"http://proxy.example:3128","username":1}']) {
    await vault.write('proxy-credentials', text);
    expect(await readProxyCredentials(vault, credentials.proxy)).toEqual(ok(null));
  }
});
