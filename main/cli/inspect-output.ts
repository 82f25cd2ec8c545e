import stringWidth from 'string-width';
import type { InspectedToken } from '../console/inspect-tokens.ts';
import type { Comparison } from '../tokens/compare.ts';
import type { ExplainedMember } from '../tokens/explain.ts';
import type { Standing } from '../tokens/report.ts';
import { forTerminal } from './for-terminal.ts';
import { span } from '../clock.ts';
import type { Paint } from './paint.ts';

/** How an inspection is laid out. */
export interface InspectStyle {
  readonly paint: Paint;
  /** Letters in a line. */
  readonly columns: number;
  /** With what every claim means. */
  readonly explain: boolean;
}

const marks: Readonly<Record<Standing, string>> = { good: '✔', ended: '◔', unproven: '?', bad: '✘' };

/** One token for a person: the verdict, when it counts, what is in it, and what to know besides. */
export function tokenText(token: InspectedToken, style: InspectStyle): string {
  const { paint } = style;
  const now = Date.parse(token.times.now);
  const blocks: string[] = [verdictText(token, style)];
  if (token.breaks?.near) {
    const { before, after } = token.breaks.near;
    blocks.push(
      `  ${paint.faint('…')}${forTerminal(before)}${paint.bad('▸')}${paint.bad(forTerminal(after))}`,
    );
  }
  const line = timeline(token, style);
  if (line !== null) blocks.push(line);
  if (token.guesses.length > 0) blocks.push(bullets(token.guesses, ' ', style, (text) => text));
  const payload = token.members.filter(({ part }) => part === 'payload');
  const header = token.members.filter(({ part }) => part === 'header');
  const unproven =
    token.signature.status === 'verified' ? '' : paint.caution('  as it says itself, not verified');
  if (payload.length > 0)
    blocks.push(`${paint.strong('Claims')}${unproven}\n${membersText(payload, now, style)}`);
  if (header.length > 0) blocks.push(`${paint.strong('Header')}\n${membersText(header, now, style)}`);
  if (token.warnings.length > 0) blocks.push(bullets(token.warnings, '!', style, paint.caution));
  return `${blocks.join('\n\n')}\n`;
}

/** Two tokens side by side: what it comes to, the two verdicts, and what differs. */
export function comparisonText(
  comparison: Comparison,
  before: InspectedToken,
  after: InspectedToken,
  style: InspectStyle,
): string {
  const { paint, columns } = style;
  const differing = comparison.rows.filter(({ change }) => change !== 'same');
  const same = comparison.rows.length - differing.length;
  const signs = {
    changed: paint.caution('~'),
    added: paint.good('+'),
    removed: paint.bad('-'),
    same: ' ',
  } as const;
  const name = widest(differing.map((row) => row.name));
  const room = Math.max(24, columns - name - 8);
  const rows = differing.flatMap((row) => {
    const value = (text: string | null, sign: string): string =>
      text === null
        ? ''
        : `\n    ${' '.repeat(name)}  ${sign} ${cut(row.secret ? dots : forTerminal(text), room)}`;
    const note = row.note === null ? '' : `  ${paint.faint(forTerminal(row.note))}`;
    return `  ${signs[row.change]} ${paint.accent(padded(forTerminal(row.name), name))}  ${forTerminal(row.label ?? '')}${note}${value(row.before, paint.bad('-'))}${value(row.after, paint.good('+'))}`;
  });
  return `${[
    wrapped(paint.strong(forTerminal(comparison.sentence)), columns, ''),
    `first   ${verdictText(before, style)}\nsecond  ${verdictText(after, style)}`,
    ...(rows.length > 0 ? [rows.join('\n')] : []),
    paint.faint(`${same} ${same === 1 ? 'member is' : 'members are'} the same in both.`),
  ].join('\n\n')}\n`;
}

function verdictText(token: InspectedToken, { paint, columns }: InspectStyle): string {
  const colour = { good: paint.good, ended: paint.caution, unproven: paint.caution, bad: paint.bad }[
    token.standing
  ];
  const { code, message } = token.verdict;
  const unverified = code === 'no_keys' || code === 'key_unknown' || code === 'keys_stale';
  const word = unverified ? 'NOT VERIFIED' : code.toUpperCase().replaceAll('_', ' ');
  const label = token.label === null ? '' : paint.faint(`  ${forTerminal(token.label)}`);
  return `${colour(paint.strong(`${marks[token.standing]} ${word}`))}${label}\n${wrapped(forTerminal(message), columns, '  ')}`;
}

/** The life of a token as a line: issued, now, expires. Null where it has no end, or no beginning. */
function timeline(token: InspectedToken, { paint, columns }: InspectStyle): string | null {
  const { issuedAt, notBefore, expiresAt, now } = token.times;
  const from = Date.parse(issuedAt ?? notBefore ?? '');
  const to = Date.parse(expiresAt ?? '');
  const at = Date.parse(now);
  if (Number.isNaN(from) || Number.isNaN(to) || to <= from) return null;
  const width = Math.max(20, Math.min(56, columns - 30));
  const place = Math.round(((at - from) / (to - from)) * (width - 1));
  const left = at < to ? `${span(to - at)} left` : `ended ${span(at - to)} ago`;
  const colour = at >= to ? paint.bad : paint.good;
  const gone = '━'.repeat(Math.max(0, Math.min(width, place)));
  const rest = '─'.repeat(Math.max(0, width - gone.length - 1));
  const bar =
    place < 0
      ? `${paint.caution('●')} ${paint.faint(`${span(from - at)} until it begins`)} ├${'─'.repeat(width - 1)}┤`
      : place >= width
        ? `├${'━'.repeat(width - 1)}┤ ${colour('●')}`
        : `├${gone}${colour('●')}${paint.faint(rest)}┤`;
  const refresh =
    token.refreshExpiresAt === null
      ? ''
      : paint.faint(
          `\n  refresh token: ${token.refreshExpiresAt > at ? `${span(token.refreshExpiresAt - at)} left` : 'ended'}`,
        );
  return `  ${clockTime(from)} ${bar} ${clockTime(to)}  ${colour(left)}${refresh}`;
}

const dots = '••••••••';

function membersText(members: readonly ExplainedMember[], now: number, style: InspectStyle): string {
  const { paint, columns } = style;
  const name = Math.min(24, widest(members.map((member) => member.name)));
  const label = Math.min(24, widest(members.map((member) => member.label ?? '')));
  const indent = 2 + name + 2 + label + 2;
  const room = Math.max(24, columns - indent);
  return members
    .map((member) => {
      const text = member.secret ? `${dots} (${member.value.length} characters)` : forTerminal(member.value);
      const value = member.time === null ? cut(text, room * 3) : whenText(member.time, now);
      const more = [member.note, ...(style.explain ? [meaning(member)] : [])].filter((line) => line !== null);
      const below = more.map((line) => paint.faint(wrapped(forTerminal(line), columns, ' '.repeat(indent))));
      const head = `  ${paint.accent(padded(cut(forTerminal(member.name), name), name))}  ${padded(member.label ?? '', label)}  `;
      return [head + wrapped(value, columns, ' '.repeat(indent)).trimStart(), ...below].join('\n');
    })
    .join('\n');
}

function meaning({ meaning: text, source }: ExplainedMember): string | null {
  return text === null ? null : `${text} (${source ?? ''})`;
}

/** Local, UTC and relative: "22 Nov 2026, 14:05:00 here, 13:05:00 UTC, in 42 min". */
function whenText(time: number, now: number): string {
  const utc = new Date(time).toISOString().replace('T', ' ').replace('.000Z', ' UTC').replace('Z', ' UTC');
  const here = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
  const distance = time > now ? `in ${span(time - now)}` : `${span(now - time)} ago`;
  return `${here} here · ${utc} · ${distance}`;
}

function clockTime(time: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(time);
}

function bullets(
  lines: readonly string[],
  mark: string,
  { columns }: InspectStyle,
  colour: (text: string) => string,
): string {
  return lines
    .map((line) => `  ${colour(mark)} ${wrapped(forTerminal(line), columns, '    ').trimStart()}`)
    .join('\n');
}

/** Broken between words, every line begun with `indent`. */
function wrapped(text: string, columns: number, indent: string): string {
  const room = Math.max(30, columns - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(`${line} ${word}`) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => indent + one).join('\n');
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function cut(text: string, width: number): string {
  return text.length <= width
    ? text
    : `${Array.from(text)
        .slice(0, width - 1)
        .join('')}…`;
}
