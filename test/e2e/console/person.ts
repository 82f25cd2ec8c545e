import type { Page } from 'playwright';

/** Presses "Sign in" of a connection and waits for its sheet; the page that a second tab shows. */
export async function openSignInTab(page: Page, connection: string): Promise<Page> {
  await page.getByRole('button', { name: `Sign in: ${connection}` }).click();
  const sheet = page.getByRole('dialog', { name: `Sign in to ${connection}` });
  const opened = page.context().waitForEvent('page');
  await sheet.getByRole('link', { name: 'Open the sign-in page' }).click();
  return opened;
}

/** Fills in the sandbox's sign-in page with the first account it shows, and allows. */
export async function signInAt(tab: Page): Promise<void> {
  const [username = '', password = ''] = await tab
    .locator('tbody tr')
    .first()
    .locator('td > code')
    .allInnerTexts();
  await tab.locator('input[name=username]').fill(username);
  await tab.locator('input[name=password]').fill(password);
  await tab.locator('button[type=submit]').first().click();
  await tab.getByRole('button', { name: 'Allow' }).click();
  await tab.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
}

/** Goes to a view by the rail. */
export async function goTo(
  page: Page,
  view: 'Overview' | 'Connections' | 'Installations' | 'Users' | 'Settings',
): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: view, exact: true })
    .click();
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}
