/** A browser without eyes: follows redirects by hand, keeps cookies by path, and stops at the client's own address. */
export interface Visitor {
  open(url: string): Promise<Visit>;
  /** Posts a page's form with its hidden fields and `fields`. */
  submit(page: Visit, fields?: Record<string, string>): Promise<Visit>;
}

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

export function visitor(clientOrigin: string): Visitor {
  const jar = new Map<string, { value: string; path: string }>();

  async function go(url: string, init: RequestInit = {}): Promise<Visit> {
    if (new URL(url).origin === clientOrigin) return { url, status: 0, html: '', headers: new Headers() };
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, { path }]) => pathname === path || path === '/' || pathname.startsWith(`${path}/`))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...(init.headers as object) },
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    const html = await response.text();
    if (location !== null) return go(new URL(location, url).href);
    return { url, status: response.status, html, headers: response.headers };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const expires = attributes.find((one) => one.toLowerCase().startsWith('expires='))?.slice(8);
    if (expires !== undefined && Date.parse(expires) <= 0) jar.delete(name);
    else jar.set(name, { value, path });
  }

  return {
    open: (url) => go(url),
    submit: (page, fields = {}) => {
      const action = /<form method="post" action="([^"]+)"/u.exec(page.html)?.[1];
      if (action === undefined) throw new Error(`no form on ${page.url}: ${page.status} ${page.html}`);
      return go(new URL(action, page.url).href, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    },
  };
}

/** Fills in the sandbox's sign-in page and allows what is asked; the address that leads back to the client. */
export async function signInByForm(
  url: string,
  clientOrigin: string,
  account: { readonly username: string; readonly password: string },
): Promise<string> {
  const person = visitor(clientOrigin);
  let page = await person.open(url);
  const { username, password } = account;
  page = await person.submit(page, { ...hiddenFields(page.html), username, password });
  // Consent is one button more.
  if (page.status !== 0) page = await person.submit(page, hiddenFields(page.html));
  if (page.status !== 0) throw new Error(`no way back from ${page.url}: ${page.status} ${page.html}`);
  return page.url;
}

function hiddenFields(html: string): Record<string, string> {
  const fields = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/gu);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]));
}
