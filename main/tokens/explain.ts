import type { JsonObject } from './decode.ts';
import { type KnownMember, registeredClaim, registeredHeader } from './registered-claims.ts';
import { type VendorShape, idNote, vendorMember, vendorOf } from './vendor-claims.ts';

/** One header parameter or claim, for a person. */
export interface ExplainedMember {
  readonly part: 'header' | 'payload';
  readonly name: string;
  /** Null where nobody told what it means. */
  readonly label: string | null;
  readonly meaning: string | null;
  readonly source: string | null;
  /** As text, bounded; the whole stands in the raw form. */
  readonly value: string;
  /** What is special about this value. */
  readonly note: string | null;
  /** Milliseconds since the epoch, where it is a time. */
  readonly time: number | null;
  /** Shown as dots until somebody asks: a token or a password stands in it. */
  readonly secret: boolean;
  /** Says who somebody is. */
  readonly personal: boolean;
}

const longestValue = 2000;

/** What people ask for first; the rest follows in the token's own order. */
const first = ['iss', 'sub', 'aud', 'client_id', 'azp', 'scope', 'scp', 'iat', 'nbf', 'exp', 'auth_time'];

/** Explains every member of payload and header (payload first). `provider`: of the connection it belongs to, or null. */
export function explainMembers(
  header: JsonObject | null,
  claims: JsonObject | null,
  provider: string | null,
): ExplainedMember[] {
  const vendor = vendorOf(claims ?? {}, provider);
  const names = Object.keys(claims ?? {});
  const ordered = [
    ...first.filter((name) => names.includes(name)),
    ...names.filter((name) => !first.includes(name)),
  ];
  return [
    ...ordered.map((name) => explain('payload', name, claims ?? {}, vendor)),
    ...Object.keys(header ?? {}).map((name) => explain('header', name, header ?? {}, vendor)),
  ];
}

function explain(
  part: 'header' | 'payload',
  name: string,
  members: JsonObject,
  vendor: VendorShape,
): ExplainedMember {
  const value = members[name];
  const known = meaningOf(part, name, vendor);
  const time =
    known?.is === 'time' && typeof value === 'number' && Math.abs(value) <= 8_640_000_000_000
      ? Math.round(value * 1000)
      : null;
  return {
    part,
    name,
    label: known?.label ?? null,
    meaning: known?.meaning ?? null,
    source: known?.source ?? null,
    value: valueText(value),
    note: part === 'payload' ? idNote(name, members, vendor) : null,
    time,
    secret: isSecret(name, value),
    personal: known?.is === 'personal',
  };
}

/** The vendor's own meaning wins where its shape was recognised: Konexus' `name` is no person's. */
function meaningOf(part: 'header' | 'payload', name: string, vendor: VendorShape): KnownMember | null {
  if (part === 'header') return registeredHeader(name);
  const own = vendorMember(name, vendor);
  const registered = registeredClaim(name);
  return vendor !== null && own !== null ? own : (registered ?? own);
}

function valueText(value: unknown): string {
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value) && value.length > 0 && value.every(isPlainText)
        ? value.join(', ')
        : typeof value === 'number' // JSON has no word for a number beyond every double.
          ? String(value)
          : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)} …` : text;
}

function isPlainText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes(',');
}

/** A token inside a token, or something that calls itself a secret. */
function isSecret(name: string, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return (
    /^eyJ[\w-]+\.[\w-]+\.[\w-]*/.test(value) ||
    /(?:^|_)(?:password|passwd|pwd|secret|api_?key|(?:access|refresh|id)_?token)$/i.test(name)
  );
}
