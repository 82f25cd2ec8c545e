import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { Page } from 'playwright';

/** Takes the inspector's pictures: valid, expired, tampered with, opaque, compared. Salto KS of the sandbox is signed in. */
export async function tokenPictures(page: Page, take: (name: string) => Promise<void>): Promise<void> {
  const verdict = (code: string) => page.locator(`[data-verdict=${code}]`);
  const session = (token: string) =>
    page.getByRole('button', { name: `Inspect the ${token} token of sandbox-salto-ks` });
  await page.keyboard.press('5');
  await session('Access').click();
  await verdict('valid').waitFor();
  await take('tokens-valid');
  await session('Refresh').click();
  await verdict('opaque').waitFor();
  await take('tokens-opaque');
  await session('Access').click();
  await verdict('valid').waitFor();
  await page.getByRole('button', { name: 'Compare with another' }).click();
  await session('ID').click();
  await page.getByRole('region', { name: 'Compared' }).waitFor();
  await take('tokens-compare');
  await page.getByRole('button', { name: 'Stop comparing' }).click();
  await page.getByRole('region', { name: 'Compared' }).waitFor({ state: 'detached' });
  await verdict('valid').waitFor();

  const { key, token } = await endedToken();
  await page.getByText('Check against').click();
  await page.getByRole('combobox', { name: 'Keys' }).selectOption('document');
  await page.getByRole('textbox', { name: 'Key set, key, PEM or certificate' }).fill(key);
  const box = page.getByRole('textbox', { name: 'Paste a token' });
  await box.fill(token);
  await verdict('expired').waitFor();
  await page.getByText('Check against').click();
  await take('tokens-expired');
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, scope: ['user_api.full_access'] })).toString(
    'base64url',
  );
  await box.fill(`${header ?? ''}.${changed}.${signature ?? ''}`);
  await verdict('signature_wrong').waitFor();
  await take('tokens-tampered');
}

/** A token that ended twenty minutes ago, and the key it is checked with. */
async function endedToken(): Promise<{ key: string; token: string }> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ client_id: 'harbour-desktop', scope: ['user_api.read'] })
    .setProtectedHeader({ alg: 'ES256', kid: '2026-11', typ: 'at+jwt' })
    .setIssuer('https://identity.harbour.example')
    .setSubject('5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101')
    .setAudience('user_api')
    .setIssuedAt(now - 4800)
    .setNotBefore(now - 4800)
    .setExpirationTime(now - 1200)
    .sign(pair.privateKey);
  return {
    key: JSON.stringify({ ...(await exportJWK(pair.publicKey)), kid: '2026-11', alg: 'ES256' }),
    token,
  };
}
