import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const debians = '/usr/bin/chromium';

/** Debian's Chromium where it is there, else Playwright's own; headless. Root cannot have its sandbox (https://crbug.com/638180). */
export async function openChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    ...(existsSync(debians) && { executablePath: debians }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      ...more,
    ],
  });
}

/**
 * Signs in at the sandbox as a person would, in a fresh browser context: fills in the form, allows or refuses.
 * @returns the text of the page the browser ended on, and its address
 */
export async function signInThere(
  browser: Browser,
  url: string,
  account: { readonly username: string; readonly password: string },
  choice: 'allow' | 'refuse' = 'allow',
): Promise<{ text: string; address: string }> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('input[name=username]').fill(account.username);
    await page.locator('input[name=password]').fill(account.password);
    await page.locator('button[type=submit]').first().click();
    if (choice === 'allow') await page.getByRole('button', { name: /allow/i }).click();
    else
      await page
        .getByText(/refuse/i)
        .first()
        .click();
    await page.waitForURL(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\/callback/);
    await page.waitForLoadState('load');
    await page.locator('h1').waitFor();
    return { text: await page.locator('body').innerText(), address: page.url() };
  } finally {
    await context.close();
  }
}
