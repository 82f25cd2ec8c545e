import { type ExplainedMember, explainMembers } from './explain.ts';
import { type InspectionRequest, inspectToken } from './inspect.ts';
import { guessOpaque } from './opaque.ts';
import type { FoundToken } from './paste.ts';
import { redactedReport } from './redact.ts';
import type { Inspection, VerdictCode } from './verdict.ts';

/** How far a token may be relied on: the colour of a verdict. `unproven` is never `good`. */
export type Standing = 'good' | 'ended' | 'unproven' | 'bad';

/** Everything there is to say of one token, for a screen. The token itself is not in it. */
export interface TokenReport extends Inspection {
  /** What it stood under; null for a token alone. */
  readonly label: string | null;
  readonly characters: number;
  readonly standing: Standing;
  readonly members: readonly ExplainedMember[];
  /** What an opaque token might be; empty for every other. */
  readonly guesses: readonly string[];
  /** For a support ticket. */
  readonly redacted: string;
}

const standings: Readonly<Record<VerdictCode, Standing>> = {
  valid: 'good',
  expired: 'ended',
  not_yet_valid: 'ended',
  opaque: 'unproven',
  encrypted: 'unproven',
  no_keys: 'unproven',
  keys_stale: 'unproven',
  key_unknown: 'unproven',
  malformed: 'bad',
  algorithm_none: 'bad',
  algorithm_confusion: 'bad',
  wrong_algorithm: 'bad',
  critical_header_unsupported: 'bad',
  signature_wrong: 'bad',
  wrong_type: 'bad',
  wrong_issuer: 'bad',
  wrong_audience: 'bad',
};

export function standingOf(code: VerdictCode): Standing {
  return standings[code];
}

/** Inspects one token that was found in a text, and explains it. `provider`: of the connection it belongs to, or null. */
export async function reportToken(
  found: FoundToken,
  request: Omit<InspectionRequest, 'token'>,
  provider: string | null,
): Promise<TokenReport> {
  const inspected =
    found.refused === null
      ? await inspectToken({ ...request, token: found.token })
      : refusedInspection(found.refused, await inspectToken({ ...request, token: '' }));
  // Each once: two names of a token can look the same when they are shown.
  const warnings = [...new Set([...found.warnings, ...inspected.warnings])];
  const inspection = { ...inspected, warnings };
  return {
    ...inspection,
    label: found.label,
    characters: found.token.length,
    standing: standings[inspection.verdict.code],
    members: explainMembers(inspection.header, inspection.claims, provider),
    guesses: inspection.kind === 'opaque' ? guessOpaque(found.token, found.label) : [],
    redacted: redactedReport(inspection, found.token.length),
  };
}

/** What was told to be no token at all, in the shape of every other verdict. */
function refusedInspection(reason: string, empty: Inspection): Inspection {
  return { ...empty, verdict: { code: 'malformed', message: reason } };
}
