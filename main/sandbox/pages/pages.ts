import { escapeHtml, page } from './html.ts';

/** A demo account as the page shows it: its password is public by design. */
export interface ShownAccount {
  readonly username: string;
  readonly password: string;
  readonly role: string;
}

/**
 * The sign-in page: inputs `username` and `password`, one submit button, posted as a form to `action` with the
 * `hidden` fields. `problem` is one sentence shown above the form; `username` fills the first input after a failed try.
 */
export function signInPage({
  vendor,
  action,
  hidden = {},
  accounts,
  problem,
  username = '',
}: {
  vendor: string;
  action: string;
  hidden?: Readonly<Record<string, string>>;
  accounts: readonly ShownAccount[];
  problem?: string;
  username?: string;
}): string {
  // Focus goes where typing continues: the password after a failed try, else the name.
  const [nameFocus, passwordFocus] = username === '' ? [' autofocus', ''] : ['', ' autofocus'];
  const content = `<h1>Sign in</h1>
<p>Demo accounts only. Nothing leaves this computer.</p>
${problem === undefined ? '' : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="${escapeHtml(action)}">
${hiddenFields(hidden)}<label for="username">User name</label>
<input id="username" name="username" type="text" value="${escapeHtml(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${nameFocus}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${passwordFocus}>
<button type="submit">Sign in</button>
</form>
${accountTable(accounts)}`;
  return page({ title: `Sign in to ${vendor} (sandbox)`, vendor, content });
}

/**
 * The consent page: one submit button, "Allow", posted to `action` with the `hidden` fields; "Refuse" is a link to
 * `refuseHref`, which must end in `access_denied` (RFC 6749 4.1.2.1).
 */
export function consentPage({
  vendor,
  action,
  refuseHref,
  hidden = {},
  clientId,
  username,
  scopes,
}: {
  vendor: string;
  action: string;
  refuseHref: string;
  hidden?: Readonly<Record<string, string>>;
  clientId: string;
  username: string;
  scopes: readonly string[];
}): string {
  const asked = scopes.map((scope) => `<li>${scopeLine(scope)}</li>`).join('\n');
  const content = `<h1>Allow access?</h1>
<p>The application <strong>${escapeHtml(clientId)}</strong> asks for access as <strong>${escapeHtml(username)}</strong>.</p>
${scopes.length === 0 ? '' : `<ul>\n${asked}\n</ul>`}
<form method="post" action="${escapeHtml(action)}">
${hiddenFields(hidden)}<button type="submit" autofocus>Allow</button>
</form>
<a class="refuse" href="${escapeHtml(refuseHref)}">Refuse</a>`;
  return page({ title: `Allow access to ${vendor} (sandbox)`, vendor, content });
}

/** A page that only says something: an authorization request that cannot be answered to the client, or a sign-out. */
export function messagePage({
  vendor,
  title,
  message,
  detail,
}: {
  vendor: string;
  title: string;
  message: string;
  detail?: string;
}): string {
  const content = `<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(message)}</p>
${detail === undefined ? '' : `<p><code>${escapeHtml(detail)}</code></p>`}`;
  return page({ title: `${title} (sandbox)`, vendor, content });
}

function hiddenFields(hidden: Readonly<Record<string, string>>): string {
  return Object.entries(hidden)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">\n`)
    .join('');
}

function accountTable(accounts: readonly ShownAccount[]): string {
  if (accounts.length === 0) return '';
  const rows = accounts
    .map(
      ({ username, password, role }) =>
        `<tr><td><code>${escapeHtml(username)}</code><small>${escapeHtml(role)}</small></td><td><code>${escapeHtml(password)}</code></td></tr>`,
    )
    .join('\n');
  return `<section aria-labelledby="accounts"><h2 id="accounts">Demo accounts</h2>
<table><thead><tr><th scope="col">User name</th><th scope="col">Password</th></tr></thead>
<tbody>
${rows}
</tbody></table></section>`;
}

const SCOPE_MEANINGS: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'Read your name',
  email: 'Read your e-mail address',
  offline_access: 'Stay signed in without asking again',
  offline: 'Stay signed in without asking again',
  'user_api.full_access': 'Read and change sites and their users on your behalf',
  'https://saltoapis.com/auth/nebula': 'Read and change installations and their users on your behalf',
};

function scopeLine(scope: string): string {
  const meaning = SCOPE_MEANINGS[scope];
  const name = `<code>${escapeHtml(scope)}</code>`;
  return meaning === undefined ? name : `${escapeHtml(meaning)}<small>${name}</small>`;
}

/** Asks whether to sign out. `form` is the server's own form `op.logoutForm`, which the two buttons submit. */
export function signOutPage({ vendor, form }: { vendor: string; form: string }): string {
  const content = `<h1>Sign out?</h1>
<p>This ends the sign-in in this browser.</p>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button type="submit" form="op.logoutForm" class="refuse">Stay signed in</button>`;
  return page({ title: `Sign out of ${vendor} (sandbox)`, vendor, content });
}
