import { shown } from './shown.ts';
import type { Inspection } from './verdict.ts';

/** What may stand in a support ticket as it is: it tells nothing of a person and opens nothing. */
const kept = new Set([
  ...[
    'alg',
    'typ',
    'kid',
    'enc',
    'cty',
    'crit',
    'zip',
    'b64',
    'x5t',
    'x5t#S256',
    'ver',
    'token_use',
    'token_type',
  ],
  ...[
    'iss',
    'aud',
    'exp',
    'nbf',
    'iat',
    'auth_time',
    'updated_at',
    'scope',
    'scp',
    'azp',
    'client_id',
    'gty',
  ],
  ...['acr', 'amr', 'idp', 'email_verified', 'phone_number_verified', 'admin'],
]);

/**
 * A copy for a support ticket: verdict, header and claims without the signature, with everything that could name a person
 * or open something replaced by what kind of value stood there. Equal values get equal numbers. The token cannot be put
 * together again from it. Whatever stands in the token stays on its line: it could pose as a line of this report.
 * Texts of the token stay on their line: they could pose as lines of this report.
 */
export function redactedReport(inspection: Inspection, characters: number): string {
  const { verdict, signature, times, header, claims, warnings } = inspection;
  const seen = new Map<string, number>();
  const numberOf = (value: unknown): number => {
    const key = JSON.stringify(value);
    const number = seen.get(key) ?? seen.size + 1;
    seen.set(key, number);
    return number;
  };
  const line = ([name, value]: [string, unknown]): string =>
    `  ${shown(name, 60).padEnd(12)} ${shownValue(name, value, numberOf)}`;
  return [
    'Token report (redacted: no token and no signature in it)',
    `Verdict: ${verdict.code} - ${verdict.message}`,
    `Kind: ${inspection.kind}, ${characters} characters`,
    `Signature: ${signature.status}${signature.kid === null ? '' : `, key ${shown(signature.kid)}`}`,
    `Checked at: ${times.now}`,
    ...(header === null ? [] : ['Header', ...Object.entries(header).map(line)]),
    ...(claims === null ? [] : ['Claims', ...Object.entries(claims).map(line)]),
    ...(warnings.length === 0 ? [] : ['Notes', ...warnings.map((warning) => `  ${warning}`)]),
  ].join('\n');
}

function shownValue(name: string, value: unknown, numberOf: (value: unknown) => number): string {
  if (kept.has(name)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const time = isTime(name, value) ? ` (${new Date(value * 1000).toISOString()})` : '';
    return `${shown(text, 300)}${time}`;
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  return `(redacted ${numberOf(value)}: ${kindOf(value)})`;
}

function isTime(name: string, value: unknown): value is number {
  return (
    ['exp', 'nbf', 'iat', 'auth_time', 'updated_at'].includes(name) &&
    typeof value === 'number' &&
    Math.abs(value) <= 8_640_000_000_000
  );
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return 'a number';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'string') return 'an object';
  if (/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(value)) return 'a UUID';
  if (/^[^@\s]+@[^@\s]+$/.test(value)) return 'an e-mail address';
  return /^https?:\/\//.test(value) ? 'an address' : `${value.length} characters`;
}
