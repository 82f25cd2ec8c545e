import type { Browser } from 'playwright';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { signInThere } from './browser.ts';
import type { CommandLine, SandboxDescription } from './cli.ts';
import { signInByForm } from './visitor.ts';

export type Vendor = SandboxDescription['vendors'][number];
export type Client = Vendor['clients'][number];

/** A listed client under a name that says what it is: `salto-ks-authorization_code-none`. */
export function nameOf(vendor: Vendor, client: Client): string {
  return `${vendor.provider}-${client.grant}-${client.clientAuth}`;
}

export function vendorOf(description: SandboxDescription, provider: string): Vendor {
  const vendor = description.vendors.find((candidate) => candidate.provider === provider);
  if (vendor === undefined) throw new Error(`The sandbox has no ${provider}.`);
  return vendor;
}

export function clientOf(vendor: Vendor, grant: string): Client {
  const client = vendor.clients.find((candidate) => candidate.grant === grant);
  if (client === undefined) throw new Error(`${vendor.provider} lists no client for ${grant}.`);
  return client;
}

/** The person of the sandbox who signs in: the system user for the password grant, the first account in a browser. */
export function accountOf(vendor: Vendor, grant: string): Vendor['accounts'][number] {
  const account =
    grant === 'password' ? vendor.accounts.find(({ role }) => role === 'system user') : vendor.accounts[0];
  if (account === undefined) throw new Error(`${vendor.provider} lists no account.`);
  return account;
}

/** What to type to add this client, and the secrets for it in the environment. */
export function addCommand(
  vendor: Vendor,
  client: Client,
  name = nameOf(vendor, client),
): { words: string[]; env: Record<string, string> } {
  const password = client.grant === 'password';
  const account = password ? accountOf(vendor, 'password') : null;
  return {
    words: [
      ...['connections', 'add', '--name', name, '--provider', vendor.provider, '--environment', 'sandbox'],
      ...['--grant', client.grant, '--client-id', client.clientId, '--api-base', vendor.apiBase],
      ...(client.clientSecret === null ? [] : ['--client-secret-env', 'TEST_SECRET']),
      ...(account === null ? [] : ['--username', account.username, '--password-env', 'TEST_PASSWORD']),
      ...(vendor.issuer === null
        ? ['--authorization-endpoint', vendor.authorizationEndpoint, '--token-endpoint', vendor.tokenEndpoint]
        : ['--issuer', vendor.issuer]),
    ],
    env: { TEST_SECRET: client.clientSecret ?? '', TEST_PASSWORD: account?.password ?? '' },
  };
}

/** Adds it; throws where that fails. */
export async function add(cli: CommandLine, vendor: Vendor, client: Client, name?: string): Promise<string> {
  const { words, env } = addCommand(vendor, client, name);
  const run = await cli.run(words, { env });
  if (run.code !== 0) throw new Error(`${words.join(' ')}: ${run.err}`);
  return name ?? nameOf(vendor, client);
}

interface Account {
  readonly username: string;
  readonly password: string;
}

export interface BrowserLogin {
  readonly code: number | null;
  readonly events: Record<string, unknown>[];
  readonly err: string;
  readonly page: { text: string; address: string };
}

/** `login N --no-browser --json`, with a scripted person in a real browser. */
export function loginInBrowser(
  cli: CommandLine,
  browser: Browser,
  name: string,
  account: Account,
  choice: 'allow' | 'refuse' = 'allow',
): Promise<BrowserLogin> {
  return loginBy(cli, name, (url) => signInThere(browser, url, account, choice));
}

/** The same without a browser, where that is not what is tested: the forms are sent by hand. Not for the implicit grant. */
export function loginByForm(cli: CommandLine, name: string, account: Account): Promise<BrowserLogin> {
  return loginBy(cli, name, async (url) => {
    const client = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    const address = await signInByForm(url, client.origin, account);
    return { text: await (await fetch(address)).text(), address };
  });
}

async function loginBy(
  cli: CommandLine,
  name: string,
  signIn: (url: string) => Promise<BrowserLogin['page']>,
): Promise<BrowserLogin> {
  const child = cli.start(['login', name, '--no-browser', '--json']);
  if (!child.stdout || !child.stderr) throw new Error('no pipes');
  const ended = once(child, 'close');
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const events: Record<string, unknown>[] = [];
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      events.push(event);
      if (event.event === 'authorization_url') resolve(String(event.url));
    });
    child.once('exit', (code) =>
      reject(new Error(`login ended with ${String(code)} before it printed an address: ${err}`)),
    );
  });
  try {
    const page = await signIn(await first);
    const [code] = (await ended) as [number | null];
    return { code, events, err, page };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Signs in by whatever the grant needs, without a browser where none is given; throws where it fails. */
export async function login(
  cli: CommandLine,
  browser: Browser | null,
  vendor: Vendor,
  client: Client,
  name: string,
): Promise<void> {
  if (client.grant === 'authorization_code' || client.grant === 'implicit') {
    const account = accountOf(vendor, client.grant);
    const { code, events, err } = await (browser === null
      ? loginByForm(cli, name, account)
      : loginInBrowser(cli, browser, name, account));
    if (code !== 0) throw new Error(`login ${name}: ${JSON.stringify(events)} ${err}`);
    return;
  }
  const run = await cli.run(['login', name]);
  if (run.code !== 0) throw new Error(`login ${name}: ${run.err}`);
}
