import { createHash } from 'node:crypto';
import type { Page } from './pages.ts';

const style = `
:root { color-scheme: light dark; --ground: #f3f5f5; --sheet: #fcfdfd; --text: #1c2626; --quiet: #556363; --line: #d5dcdc;
  --good: #0b6b68; --bad: #9c2a22; }
@media (prefers-color-scheme: dark) { :root { --ground: #151b1b; --sheet: #1d2525; --text: #e2e9e9; --quiet: #9dabab;
  --line: #344040; --good: #4fb9b3; --bad: #f3a39c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; align-items: center; justify-content: center; padding: 24px 16px;
  background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 440px; background: var(--sheet); border: 1px solid var(--line); border-top: 3px solid var(--line);
  border-radius: 8px; padding: 24px 28px; overflow-wrap: anywhere; }
main[data-tone=good] { border-top-color: var(--good); }
main[data-tone=bad] { border-top-color: var(--bad); }
small { color: var(--quiet); font-size: 13px; }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 4px 0 12px; }
[data-tone=good] h1 { color: var(--good); }
[data-tone=bad] h1 { color: var(--bad); }
p { margin: 0 0 8px; }
p:last-child { color: var(--quiet); margin: 16px 0 0; }
`;

/** Takes the code out of the address bar and the tab's history. */
const clearAddressScript = `history.replaceState(null, '', location.pathname);`;

/**
 * A fragment never reaches a server (RFC 3986 3.5), so the page hands it over. The address bar is cleared first. Some
 * servers put an error into the query where RFC 6749 4.2.2.1 wants the fragment, so that is handed over in its place.
 */
const handOverScript = `
const answer = location.hash.slice(1) || location.search.slice(1);
history.replaceState(null, '', location.pathname);
function show(page) {
  document.title = page.title + ' - Latchkey';
  const main = document.querySelector('main');
  main.dataset.tone = page.tone;
  main.querySelector('h1').textContent = page.title;
  main.querySelectorAll('p').forEach((old) => old.remove());
  for (const line of page.lines) main.appendChild(document.createElement('p')).textContent = line;
}
fetch(location.pathname, {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: answer,
  credentials: 'omit',
  redirect: 'error',
})
  .then((response) => response.json())
  .then(show)
  .catch(() => show({
    tone: 'calm',
    title: 'Latchkey no longer waits for this sign-in',
    lines: ['Nothing was changed by this tab. Latchkey shows how the sign-in ended.', 'You can close this tab.'],
  }));
`;

const handOverPage: Page = {
  status: 200,
  tone: 'calm',
  title: 'One moment',
  lines: ['Latchkey is finishing the sign-in.'],
};

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** One page and one answer, never cached, framed, sniffed or told to another site (RFC 9700 4.2.4). */
const commonHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Each request is answered on its own, so that no idle connection holds the port.
  connection: 'close',
};

const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src ${sourceHash(style)}`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page that shows `page` and clears the address bar. */
export function htmlAnswer(page: Page): Answer {
  return document(page, clearAddressScript, '');
}

/** The page that hands the fragment over by one POST to its own address and then shows what that answers. */
export function handOverAnswer(): Answer {
  const noScript =
    '<noscript><p>JavaScript is off, so the answer cannot be handed to Latchkey.</p></noscript>';
  return document(handOverPage, handOverScript, "; connect-src 'self'", noScript);
}

/** `page` for the script of {@link handOverAnswer}. */
export function jsonAnswer(page: Page): Answer {
  const { status, ...words } = page;
  return {
    status,
    headers: {
      ...commonHeaders,
      'content-type': 'application/json',
      'content-security-policy': "default-src 'none'",
    },
    body: JSON.stringify(words),
  };
}

function document(page: Page, script: string, morePolicy: string, more = ''): Answer {
  const paragraphs = page.lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
  return {
    status: page.status,
    headers: {
      ...commonHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${policy}; script-src ${sourceHash(script)}${morePolicy}`,
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(page.title)} - Latchkey</title>
<style>${style}</style>
</head>
<body>
<main data-tone="${page.tone}">
<small>Latchkey</small>
<h1>${escapeHtml(page.title)}</h1>
${paragraphs}
</main>
${more}
<script>${script}</script>
</body>
</html>
`,
  };
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
