import type { Input, Output } from '../../../preload/contract.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import {
  type CheckWith,
  type Inspected,
  type InspectedToken,
  compareInspected,
  connectionCheck,
  inspectPasted,
  inspectSession,
} from '../../console/inspect-tokens.ts';
import { profileOf } from '../../providers/catalogue.ts';
import { allStoredKeys, generationsOf } from '../../sessions/keys.ts';
import { explainMembers } from '../../tokens/explain.ts';
import { readKeyDocument, readSharedSecret } from '../../tokens/key-file.ts';
import { findTokens } from '../../tokens/paste.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `tokens.${'inspect' | 'compare' | 'compareRenewed' | 'introspect' | 'keys' | 'refreshKeys'}`;
type Source = Input<'tokens.inspect'>['source'];
type Check = Omit<Input<'tokens.inspect'>, 'source'>;

/** The token inspector. Tokens of a session are read here and stay here; of a pasted one nothing is kept. */
export function tokensHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  const room = { ...console, profileOf };

  async function inspected(source: Source, check: Check): Promise<Result<Inspected & { notes: string[] }>> {
    const by = checkOf(check, console.clock.now());
    if (!by.ok) return by;
    const { notes, ...checkWith } = by.value;
    const named = source.from === 'session' ? source.connection : check.connection;
    const found = named === undefined ? null : console.connections.byId(named);
    if (found?.ok === false) return found;
    const connection = found === null ? null : await connectionCheck(room, found.value);
    if (source.from === 'text') {
      return ok({ ...(await inspectPasted(console, source.text, checkWith, connection)), notes });
    }
    if (connection === null) return unknownConnection;
    const stored = await console.sessions.stored(connection.connection);
    if (!stored.ok) return stored;
    const of = await inspectSession(console, stored.value, [source.token], checkWith, connection);
    return of.ok ? ok({ ...of.value, notes }) : of;
  }

  function compared(before: Inspected, after: Inspected): Result<Output<'tokens.compare'>> {
    const comparison = compareInspected(before, after);
    if (!comparison.ok) return comparison;
    const [first] = before.tokens;
    const [second] = after.tokens;
    if (first === undefined || second === undefined) return unknownConnection;
    return ok({
      sentence: comparison.value.sentence,
      rows: comparison.value.rows.map((row) => ({ ...row })),
      before: forScreen(first),
      after: forScreen(second),
    });
  }

  return {
    'tokens.inspect': async ({ source, ...check }) => {
      const read = await inspected(source, check);
      if (!read.ok) return read;
      const { tokens, leftOut, notes } = read.value;
      return ok({ tokens: tokens.map(forScreen), leftOut, keyNotes: notes });
    },

    'tokens.compare': async ({ before, after, ...check }) => {
      const first = await inspected(before, check);
      if (!first.ok) return first;
      const second = await inspected(after, check);
      return second.ok ? compared(first.value, second.value) : second;
    },

    'tokens.compareRenewed': async ({ connection: id }, { signal }) => {
      const source = { from: 'session', connection: id, token: 'access' } as const;
      const before = await inspected(source, {});
      if (!before.ok) return before;
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const renewed = await console.sessions.renew(found.value, null, signal);
      // Also after a refusal: it may have ended the session.
      parts.connectionsChanged();
      if (!renewed.ok) return renewed;
      const after = await inspected(source, {});
      return after.ok ? compared(before.value, after.value) : after;
    },

    'tokens.introspect': async ({ source, connection: id }, { signal }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const token = await tokenOf(source);
      if (!token.ok) return token;
      const { introspect } = await import('../../sessions/introspect.ts');
      const asked = await introspect(room, found.value, token.value, signal);
      if (!asked.ok) return asked;
      const { host, active, claims } = asked.value;
      return ok({
        host,
        active,
        members: explainMembers(null, claims, found.value.provider).map((member) => ({ ...member })),
        raw: JSON.stringify(claims, null, 2),
      });
    },

    'tokens.keys': async () => ok(await keptKeys()),

    'tokens.refreshKeys': async ({ connection: id }, { signal }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const { refreshKeys } = await import('../../sessions/introspect.ts');
      const fetched = await refreshKeys(room, found.value, signal);
      return fetched.ok ? ok(await keptKeys()) : fetched;
    },
  };

  /** The token itself, for the one method that sends it away. */
  async function tokenOf(source: Source): Promise<Result<string>> {
    if (source.from === 'text') {
      const [found] = findTokens(source.text).tokens;
      return found === undefined || found.refused !== null
        ? fail('input_invalid', 'There is no token in this text.', 'Paste a token first.')
        : ok(found.token);
    }
    const connection = console.connections.byId(source.connection);
    if (!connection.ok) return connection;
    const stored = await console.sessions.stored(connection.value);
    if (!stored.ok) return stored;
    const { accessToken, idToken = null, refreshToken = null } = stored.value ?? { accessToken: null };
    const token = { access: accessToken, id: idToken, refresh: refreshToken }[source.token];
    return token === null || token === ''
      ? fail('sign_in_needed', `${connection.value.name} has no such token.`, 'Sign in first.')
      : ok(token);
  }

  async function keptKeys(): Promise<Output<'tokens.keys'>> {
    return (await allStoredKeys(console.home)).map((stored) => ({
      issuer: stored.issuer,
      address: stored.address,
      connections: [...stored.usedBy],
      generations: generationsOf(stored).map(({ keys, fetchedAt = null }) => ({
        fetchedAt,
        keys: keys.map((key) => ({
          kid: key.kid ?? null,
          type: [key.kty ?? 'unknown', ...(key.crv === undefined ? [] : [key.crv])].join(' '),
          algorithm: key.alg ?? null,
        })),
      })),
    }));
  }
}

const unknownConnection = fail(
  'not_found',
  'This connection was removed.',
  'Look at the list of connections again.',
);

function checkOf(check: Check, now: number): Result<CheckWith & { readonly notes: string[] }> {
  const { audience, issuer, keys } = check;
  const expected = {
    ...(audience !== undefined && audience !== '' && { audience }),
    ...(issuer !== undefined && issuer !== '' && { issuer }),
  };
  if (keys === undefined) return ok({ ...expected, notes: [] });
  const read =
    keys.kind === 'document'
      ? readKeyDocument(keys.text, keys.name, now)
      : readSharedSecret(keys.secret, keys.encoding);
  return read.ok ? ok({ ...expected, keys: read.value.keys, notes: [...read.value.warnings] }) : read;
}

function forScreen(token: InspectedToken): Output<'tokens.inspect'>['tokens'][number] {
  const { times, header, claims, breaks } = token;
  const moment = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
  return {
    label: token.label,
    characters: token.characters,
    kind: token.kind,
    verdict: { ...token.verdict },
    standing: token.standing,
    signature: { ...token.signature },
    times: {
      issuedAt: moment(times.issuedAt),
      notBefore: moment(times.notBefore),
      expiresAt: moment(times.expiresAt),
      refreshExpiresAt: token.refreshExpiresAt,
      now: Date.parse(times.now),
      skewSeconds: times.skewSeconds,
      toleranceSeconds: times.toleranceSeconds,
    },
    breaks: breaks === null ? null : { part: breaks.part, at: breaks.at, near: breaks.near },
    members: token.members.map((member) => ({ ...member })),
    guesses: [...token.guesses],
    warnings: [...token.warnings],
    raw: {
      header: header === null ? null : JSON.stringify(header, null, 2),
      payload: claims === null ? null : JSON.stringify(claims, null, 2),
    },
    redacted: token.redacted,
  };
}
