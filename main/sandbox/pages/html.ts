import { createHash } from 'node:crypto';

/** Text made safe for HTML content and for double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f3f5f5; --sheet: #fcfdfd; --text: #1c2626; --quiet: #556363;
  --line: #d5dcdc; --accent: #0b6b68; --on-accent: #f7fcfc; --alarm: #9c2a22; --alarm-ground: #fbeceb; --mark: #7a4b00; --mark-ground: #fdf1da; }
@media (prefers-color-scheme: dark) { :root { --ground: #151b1b; --sheet: #1d2525; --text: #e2e9e9; --quiet: #9dabab;
  --line: #344040; --accent: #4fb9b3; --on-accent: #0c1918; --alarm: #f3a39c; --alarm-ground: #3b201e; --mark: #f0c674; --mark-ground: #3a2e14; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; align-items: center; justify-content: center; padding: 24px 16px;
  background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 460px; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 28px 28px 24px; }
header { display: flex; justify-content: space-between; align-items: center; gap: 12px; margin: 0 0 20px; color: var(--quiet); }
.mark { border: 1px solid currentColor; border-radius: 4px; padding: 0 8px; font-size: 12px; line-height: 20px; font-weight: 600;
  color: var(--mark); background: var(--mark-ground); }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 13px; font-weight: 600; margin: 0 0 8px; }
p { margin: 0 0 16px; color: var(--quiet); }
.problem { border-left: 3px solid var(--alarm); border-radius: 4px; background: var(--alarm-ground); color: var(--alarm); padding: 8px 12px; }
label { display: block; font-size: 13px; font-weight: 600; margin: 0 0 4px; }
input[type=text], input[type=password] { width: 100%; height: 40px; margin: 0 0 16px; padding: 0 12px; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--quiet); border-radius: 6px; }
button, .refuse { display: block; width: 100%; height: 40px; line-height: 38px; padding: 0; text-align: center; font: inherit; font-weight: 600;
  border-radius: 6px; text-decoration: none; cursor: pointer; }
button { border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
.refuse { margin-top: 8px; border: 1px solid var(--line); background: none; color: var(--text); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
section { margin: 24px 0 0; padding: 16px 0 0; border-top: 1px solid var(--line); }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: left; font-weight: 400; color: var(--quiet); padding: 4px 8px 4px 0; }
td { padding: 4px 8px 4px 0; vertical-align: top; overflow-wrap: anywhere; }
code { font: 12px/1.5 ui-monospace, monospace; user-select: all; }
td + td { white-space: nowrap; padding-right: 0; }
strong { color: var(--text); overflow-wrap: anywhere; }
small { display: block; color: var(--quiet); font-size: 12px; }
ul { margin: 0 0 20px; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li { padding: 8px 0; border-bottom: 1px solid var(--line); }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A whole document around `content`, which is trusted HTML. No script; the style is the one that `pageHeaders` allows. */
export function page({ title, vendor, content }: { title: string; vendor: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><span>${escapeHtml(vendor)}</span><span class="mark">Sandbox</span></header>
${content}
</main>
</body>
</html>
`;
}

/**
 * Headers of every page. `redirectUri` is where a form's answer may lead in the end: Chromium applies `form-action` to
 * the redirects after a form too, so `'self'` alone would stop the way back to the client. A bracketed IPv6 address has
 * no CSP source expression (CSP 3, 2.3.1), so such a redirect is allowed by its scheme.
 */
export function pageHeaders(redirectUri?: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...redirectSource(redirectUri)].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

function redirectSource(redirectUri: string | undefined): string[] {
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return [];
  const { protocol, host, hostname } = new URL(redirectUri);
  if (protocol !== 'http:' && protocol !== 'https:') return [];
  return [hostname.startsWith('[') ? protocol : `${protocol}//${host}`];
}
