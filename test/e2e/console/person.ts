import type { Locator, Page } from 'playwright';

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

/** Until that connection is signed in, and the sheet over the screen, which takes no keys for views, is gone. */
export async function signedIn(page: Page, connection: string): Promise<void> {
  await page.getByRole('button', { name: `Renew: ${connection}` }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Until the rows of that list are those of what is searched, filtered and sorted now. */
export async function answered(page: Page, list: string): Promise<void> {
  await page.locator(`[role=grid][aria-label="${list}"][aria-busy=false]`).waitFor();
}

/** The rows of that list that came; the first is its head. */
export function rowsOf(page: Page, list: string): Locator {
  return page.getByRole('grid', { name: list }).locator('[role=row]:not(:has([aria-busy=true]))');
}

/** Goes to a view by the rail. */
export async function goTo(
  page: Page,
  view: 'Overview' | 'Connections' | 'Installations' | 'Users' | 'Settings',
): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view, exact: true });
  await link.click();
  // Until then the heading is the one of the view before.
  await link.and(page.locator('[aria-current=page]')).waitFor();
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}
