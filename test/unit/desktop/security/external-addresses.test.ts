import { expect, test } from 'vitest';
import { externalAddresses } from '../../../../main/desktop/security/external-addresses.ts';

function shell(): { readonly opened: string[]; openExternal(url: string): Promise<void> } {
  const opened: string[] = [];
  return { opened, openExternal: (url) => Promise.resolve(void opened.push(url)) };
}

const address = 'https://id.vendor.example/authorize?state=1';

test('the address of a sign-in under way is opened, also a second time', async () => {
  const system = shell();
  const addresses = externalAddresses(system);
  addresses.asked(address);
  expect(await addresses.open(address)).toEqual({ ok: true, value: undefined });
  await addresses.open(address);
  expect(system.opened).toEqual([address, address]);
});

test('nothing is opened that no sign-in asked for, nor after it has ended', async () => {
  const system = shell();
  const addresses = externalAddresses(system);
  expect(await addresses.open(address)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  const ended = addresses.asked(address);
  expect((await addresses.open(`${address}&more`)).ok).toBe(false);
  ended();
  expect((await addresses.open(address)).ok).toBe(false);
  expect(system.opened).toEqual([]);
});

test('of two sign-ins at one address, the other still opens when one has ended', async () => {
  const system = shell();
  const addresses = externalAddresses(system);
  const ended = addresses.asked(address);
  addresses.asked(address);
  ended();
  await addresses.open(address);
  expect(system.opened).toEqual([address]);
});

test.each([
  ...[
    'file:///etc/passwd',
    'smb://evil.example/share',
    'ms-msdt:/id',
    'javascript:alert(1)',
    'data:text/html,x',
  ],
  ...[
    'http://vendor.example/authorize',
    'https://user:word@vendor.example/',
    'vscode://file/etc',
    'authorize',
  ],
])('%s is not opened even as the address of a sign-in', async (url) => {
  const system = shell();
  const addresses = externalAddresses(system);
  addresses.asked(url);
  expect(await addresses.open(url)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(system.opened).toEqual([]);
});

test('a system that opens nothing is said so', async () => {
  const addresses = externalAddresses({ openExternal: () => Promise.reject(new Error('no handler')) });
  addresses.asked(address);
  expect(await addresses.open(address)).toMatchObject({ ok: false, error: { code: 'browser_unavailable' } });
});
