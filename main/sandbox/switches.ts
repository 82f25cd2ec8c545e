import type { Switches } from './contract.ts';

/**
 * One assumption about a vendor that its public documents leave open or contradict (vendor-apis.md, section 6). The default is the
 * likelier case; the other is a switch away, so that a client can be tried against both.
 */
interface SwitchRow {
  readonly default: string | number | boolean;
  readonly about: string;
  /** Allowed values of a word switch; none = any text. */
  readonly values?: readonly string[];
  /** Smallest number that makes sense; default 0. */
  readonly min?: number;
}

/** Every switch by name, `<provider>.<subject>`. */
export const SWITCHES = {
  'ks.invalidClientStatus': {
    default: 400,
    about: 'HTTP status of invalid_client at the token endpoint: 400 (IdentityServer) or 401 (RFC 6749).',
    min: 400,
  },
  'ks.refreshRotation': {
    default: 'rotating',
    values: ['rotating', 'stable'],
    about: 'Whether a refresh answers a new refresh token and spends the old one, or keeps it.',
  },
  'ks.accessTokenSeconds': { default: 3600, min: 1, about: 'Lifetime of access tokens.' },
  'ks.pageSize': { default: 25, min: 1, about: 'Items of a page when $top is not sent.' },
  'ks.maxPageSize': { default: 100, min: 1, about: 'Most items of a page, whatever $top says.' },
  'ks.siteEnvelope': {
    default: 'auto',
    values: ['auto', 'array', 'items'],
    about: 'Shape of the site list: auto = bare array in v1.2 and {items} in v1.1.',
  },
  'ks.seatLimit': {
    default: false,
    about: 'A site that is full creates users as suspended, silently.',
  },
  'ks.rolesDelay': {
    default: false,
    about: 'A user created just now lists roles: [] for a minute.',
  },
  'nebula.tokenFormat': {
    default: 'opaque',
    values: ['opaque', 'jwt'],
    about: 'Format of access tokens.',
  },
  'nebula.authorizationCode': {
    default: false,
    about: 'Whether the authorization endpoint takes code requests (and discovery names it).',
  },
  'nebula.basicAuth': {
    default: false,
    about: 'Whether the token endpoint takes HTTP Basic besides the documented body credentials.',
  },
  'nebula.refreshRotation': {
    default: 'rotating',
    values: ['rotating', 'stable'],
    about: 'Whether a refresh answers a new refresh token and spends the old one, or keeps it.',
  },
  'nebula.accessTokenSeconds': { default: 0, about: 'Lifetime of access tokens; 0 = as the documents say.' },
  'nebula.pageSize': { default: 50, min: 1, about: 'Items of a page when page_size is not sent.' },
  'nebula.maxPageSize': { default: 1000, min: 1, about: 'Most items of a page, whatever page_size says.' },
  'nebula.omitEmpty': {
    default: true,
    about: 'Whether empty fields are left out of answers, as protobuf JSON does.',
  },
  'konexus.accessToken': {
    default: 'valid',
    values: ['valid', 'wrong_audience', 'wrong_issuer', 'wrong_signature', 'expired'],
    about: 'What is wrong with access tokens issued from now on: the vendor tells clients to validate them.',
  },
  'konexus.usersQueryAll': {
    default: false,
    about: 'Whether a directory users/query with an empty body answers everyone instead of nobody.',
  },
  'konexus.emailForm': {
    default: 'mixed',
    values: ['object', 'string', 'mixed'],
    about:
      'Form of e-mails and phones of a contact: objects as the schema says, strings as the example shows.',
  },
  'konexus.maxPageSize': { default: 500, min: 1, about: 'Most contacts of a page, whatever pageSize says.' },
  'smartenit.pkce': {
    default: 'ignored',
    values: ['ignored', 'rejected'],
    about: 'What happens to PKCE parameters, which the vendor does not document.',
  },
  'smartenit.refreshAuth': {
    default: 'either',
    values: ['either', 'bearer', 'client'],
    about:
      'What a refresh is authenticated by: the old access token as bearer, client credentials, or either.',
  },
  'smartenit.codeRefreshToken': {
    default: true,
    about: 'Whether the authorization code grant answers a refresh token, as the password grant does.',
  },
  'smartenit.accessTokenSeconds': { default: 10800, min: 1, about: 'Lifetime of access tokens.' },
  'smartenit.pageSize': {
    default: 25,
    min: 1,
    about: 'Items of a page, and the most that limit can ask for.',
  },
} as const satisfies Record<string, SwitchRow>;

export type SwitchName = keyof typeof SWITCHES;

/** A fresh set of every switch's default. */
export function defaultSwitches(): Switches {
  return Object.fromEntries(rows().map(([name, row]) => [name, row.default]));
}

/**
 * Applies `changes` to `switches` in place, all or none. Answers null, or one sentence that says which name or value is
 * wrong and what would be right.
 */
export function setSwitches(switches: Switches, changes: Readonly<Record<string, unknown>>): string | null {
  const known = new Map(rows());
  for (const [name, value] of Object.entries(changes)) {
    const row = known.get(name);
    if (row === undefined) return `There is no switch "${name}". Known: ${[...known.keys()].join(', ')}.`;
    const problem = checkValue(name, row, value);
    if (problem !== null) return problem;
  }
  Object.assign(switches, changes);
  return null;
}

/** Texts of a command line as values of the kind that their switch takes; what fits no kind stays for `setSwitches` to refuse. */
export function switchesOfTexts(texts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = new Map(rows());
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, valueOfText(text, typeof known.get(name)?.default)]),
  );
}

function valueOfText(text: unknown, kind: string): unknown {
  if (kind === 'number' && typeof text === 'string' && /^\d{1,15}$/u.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function rows(): [string, SwitchRow][] {
  return Object.entries(SWITCHES);
}

function checkValue(name: string, row: SwitchRow, value: unknown): string | null {
  if (typeof value !== typeof row.default) {
    return `Switch "${name}" takes a ${typeof row.default}, not ${JSON.stringify(value)}.`;
  }
  if (typeof value === 'number' && (!Number.isInteger(value) || value < (row.min ?? 0))) {
    return `Switch "${name}" takes a whole number from ${row.min ?? 0}, not ${value}.`;
  }
  if (typeof value === 'string' && row.values !== undefined && !row.values.includes(value)) {
    return `Switch "${name}" takes ${row.values.join(', ')}, not "${value}".`;
  }
  return null;
}
