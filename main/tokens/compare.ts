import { scopesOf } from './cautions.ts';
import type { ExplainedMember } from './explain.ts';
import type { TokenReport } from './report.ts';
import { shown } from './shown.ts';
import { duration } from './times.ts';

/** One member of two tokens side by side. */
export interface ComparedMember {
  readonly part: 'header' | 'payload';
  readonly name: string;
  readonly label: string | null;
  readonly meaning: string | null;
  /** Null where the token has no such member. */
  readonly before: string | null;
  readonly after: string | null;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  /** "59 minutes later", "without user_api.write": what the change is. */
  readonly note: string | null;
  readonly secret: boolean;
}

export interface Comparison {
  /** What a person wants to know, first. */
  readonly sentence: string;
  /** What differs first. */
  readonly rows: readonly ComparedMember[];
}

/** Items of a list that a note names. */
const mostListed = 12;

/** Members that differ between any two tokens of one session: a difference here explains nothing. */
const always = new Set(['iat', 'nbf', 'exp', 'jti', 'auth_time', 'at_hash', 'nonce', 'updated_at', 'sid']);

/** Two tokens claim by claim: before and after a renewal, or one that works and one that is refused. */
export function compareReports(before: TokenReport, after: TokenReport): Comparison {
  const key = (member: ExplainedMember): string => `${member.part} ${member.name}`;
  const olds = new Map(before.members.map((member) => [key(member), member]));
  const news = new Map(after.members.map((member) => [key(member), member]));
  const rows = [...new Set([...olds.keys(), ...news.keys()])].flatMap((name): ComparedMember[] => {
    const old = olds.get(name);
    const fresh = news.get(name);
    const any = fresh ?? old;
    if (any === undefined) return [];
    const change =
      old === undefined
        ? 'added'
        : fresh === undefined
          ? 'removed'
          : sameValue(before, after, any)
            ? 'same'
            : 'changed';
    return [
      {
        part: any.part,
        name: any.name,
        label: any.label,
        meaning: any.meaning,
        before: old === undefined ? null : valueOf(old),
        after: fresh === undefined ? null : valueOf(fresh),
        change,
        note: change === 'changed' && old && fresh ? noteOf(before, after, old, fresh) : null,
        secret: any.secret,
      },
    ];
  });
  const telling = (row: ComparedMember): number =>
    row.change === 'same' ? 2 : row.part === 'payload' && always.has(row.name) ? 1 : 0;
  return {
    sentence: sentenceOf(before, after, rows),
    rows: rows.toSorted((a, b) => telling(a) - telling(b)),
  };
}

function valueOf({ value, time }: ExplainedMember): string {
  return time === null
    ? value
    : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC (${value})`;
}

/** Compared as they stand in the tokens: what is shown may be cut. */
function sameValue(before: TokenReport, after: TokenReport, { part, name }: ExplainedMember): boolean {
  const of = (report: TokenReport): unknown => (part === 'header' ? report.header : report.claims)?.[name];
  return JSON.stringify(of(before)) === JSON.stringify(of(after));
}

function noteOf(
  before: TokenReport,
  after: TokenReport,
  old: ExplainedMember,
  fresh: ExplainedMember,
): string | null {
  if (old.time !== null && fresh.time !== null) {
    const seconds = Math.round((fresh.time - old.time) / 1000);
    return seconds === 0 ? null : `${duration(Math.abs(seconds))} ${seconds > 0 ? 'later' : 'earlier'}`;
  }
  const lists = [listOf(before, old), listOf(after, fresh)] as const;
  if (lists[0] === null || lists[1] === null) return null;
  const [had, has] = lists.map((list) => new Set(list)) as [Set<string>, Set<string>];
  const gone = [...had].filter((item) => !has.has(item));
  const come = [...has].filter((item) => !had.has(item));
  const parts = [
    ...(gone.length > 0 ? [`without ${listed(gone)}`] : []),
    ...(come.length > 0 ? [`with ${listed(come)}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'the same in another order or form';
}

function listed(items: readonly string[]): string {
  const more = items.length - mostListed;
  return `${items
    .slice(0, mostListed)
    .map((item) => shown(item, 60))
    .join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function listOf(report: TokenReport, { part, name }: ExplainedMember): string[] | null {
  if (part !== 'payload' || report.claims === null) return null;
  if (name === 'scope' || name === 'scp') return scopesOf(report.claims);
  const value = report.claims[name];
  if (name === 'aud' && typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}

function sentenceOf(before: TokenReport, after: TokenReport, rows: readonly ComparedMember[]): string {
  const verdicts =
    before.verdict.code === after.verdict.code
      ? `Both are ${words(before)}.`
      : `The first is ${words(before)}, the second is ${words(after)}.`;
  if (before.claims === null || after.claims === null) {
    return `${verdicts} They cannot be compared claim by claim: not both can be read.`;
  }
  const differing = rows.filter(({ change }) => change !== 'same');
  if (differing.length === 0) return `${verdicts} They say the same, word for word.`;
  const telling = differing.filter(({ part, name }) => part === 'header' || !always.has(name));
  if (telling.length === 0)
    return `${verdicts} Apart from times and numbers of the token itself they say the same.`;
  const named = telling
    .slice(0, 4)
    .map(({ name, label, change, note }) => {
      const what = label === null ? `"${shown(name, 60)}"` : `${label.toLowerCase()} ("${name}")`;
      if (change === 'added') return `${what} only in the second`;
      if (change === 'removed') return `${what} only in the first`;
      return note === null ? what : `${what}: the second is ${note}`;
    })
    .join('; ');
  const more = telling.length > 4 ? `; and ${telling.length - 4} more` : '';
  return `${verdicts} What matters differs in: ${named}${more}.`;
}

function words({ verdict, claims }: TokenReport): string {
  switch (verdict.code) {
    case 'valid':
    case 'expired':
    case 'opaque':
    case 'encrypted':
    case 'malformed':
      return verdict.code;
    case 'no_keys':
    case 'keys_stale':
    case 'key_unknown':
      return 'decoded, not verified';
    case 'not_yet_valid':
      return 'not valid yet';
    case 'signature_wrong':
      return 'wrongly signed';
    case 'wrong_audience':
      return claims?.['aud'] === undefined ? 'made for nobody named' : 'made for another service';
    default:
      return verdict.code.replaceAll('_', ' ');
  }
}
