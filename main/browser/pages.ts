/**
 * The few pages of the door's own. They have no script and no style, and say nothing of what is behind the door. They name no
 * command: the door may have been started by any of several.
 */
export type PageName =
  'closed' | 'used' | 'misdirected' | 'foreign' | 'missing' | 'method' | 'not_built' | 'busy' | 'fetched';

const again =
  'Press Enter in the terminal where you started it, and open the address that it prints. Or end it and start it again.';

const pages: Readonly<Record<PageName, { status: number; title: string; text: string }>> = {
  closed: { status: 401, title: 'Not signed in here', text: `This browser has no key. ${again}` },
  used: {
    status: 403,
    title: 'This address is used up',
    text: `It works once and for two minutes, so that nobody else can use it. ${again}`,
  },
  foreign: {
    status: 403,
    title: 'Asked from another page',
    text: 'Paste the address into the address bar yourself: links on other pages do not open it.',
  },
  misdirected: {
    status: 421,
    title: 'Wrong address',
    text: 'Open the address exactly as the terminal shows it.',
  },
  missing: { status: 404, title: 'Nothing here', text: 'There is no such page.' },
  method: { status: 405, title: 'Not like this', text: 'Pages here can only be read.' },
  busy: { status: 503, title: 'Too many tabs', text: 'Close some of the tabs that show Latchkey.' },
  fetched: {
    status: 404,
    title: 'No file here',
    text: 'A file can be fetched once and within two minutes. Export it again.',
  },
  not_built: {
    status: 503,
    title: 'The screen is not built',
    text: 'Run <code>npm run build</code>, then start it again.',
  },
};

export function page(name: PageName): { readonly status: number; readonly html: string } {
  const { status, title, text } = pages[name];
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`;
  return { status, html };
}
