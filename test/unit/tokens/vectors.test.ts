import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../main/tokens/inspect.ts';
import { precedence } from '../../../main/tokens/verdict.ts';
import { secondOpinion } from '../../support/second-opinion.ts';
import { readVectors, tokenOf } from '../../vectors/read.ts';
import { type Vector, vectorsNow } from '../../vectors/vector.ts';

const vectors = readVectors();

function inspect(vector: Vector) {
  const { keys, older = [], keyAgeSeconds, now = vectorsNow, skewSeconds = 0 } = vector;
  const fetchedAt = keyAgeSeconds === undefined ? null : now - keyAgeSeconds * 1000;
  return inspectToken({
    token: tokenOf(vector),
    keys: keys === null ? null : { keys, fetchedAt, older: older.map((set) => ({ keys: set })) },
    clock: { now: () => now },
    skewSeconds,
    ...(vector.audience !== undefined && { audience: vector.audience }),
    ...(vector.issuer !== undefined && { issuer: vector.issuer }),
    ...(vector.type !== undefined && { expectedType: vector.type }),
  });
}

describe.each([...new Set(vectors.map(({ file }) => file))])('%s', (file) => {
  test.each(vectors.filter((vector) => vector.file === file))('$name ($source)', async (vector) => {
    const { kind, verdict, signature, breaks, warnings } = await inspect(vector);
    const { expect: wanted } = vector;
    expect({ kind, code: verdict.code }, verdict.message).toEqual({ kind: wanted.kind, code: wanted.code });
    if (wanted.signature !== undefined) expect(signature.status).toBe(wanted.signature);
    if (wanted.part !== undefined) expect(breaks?.part, verdict.message).toBe(wanted.part);
    if (wanted.at !== undefined) expect(breaks?.at, verdict.message).toBe(wanted.at);
    for (const words of wanted.warns ?? []) expect(warnings.join('\n')).toContain(words);
    // Whatever the verdict, nothing but a checked signature makes a token valid, and no message carries the token.
    if (verdict.code === 'valid') expect(signature.status).toBe('verified');
    const said = [verdict.message, ...warnings].join(' ');
    for (const part of tokenOf(vector).split('.')) if (part.length > 40) expect(said).not.toContain(part);
  });
});

test('there are vectors for every verdict, and enough of them', () => {
  const codes = new Set(vectors.map((vector) => vector.expect.code));
  expect([...codes].toSorted()).toEqual([...precedence].toSorted());
  expect(vectors.length).toBeGreaterThanOrEqual(150);
});

/** What another implementation can judge: signed tokens whose key it can be given. */
const judged = vectors.flatMap((vector) => {
  const opinion = secondOpinion(tokenOf(vector), vector);
  return opinion === null ? [] : [{ vector, opinion }];
});

test.each(judged.map(({ vector, opinion }) => ({ name: vector.name, vector, opinion })))(
  'another implementation agrees: $name',
  async ({ vector, opinion }) => {
    const { verdict, signature } = await inspect(vector);
    expect(signature.status === 'verified').toBe(opinion.signature === 'right');
    if (opinion.signature === 'right' && opinion.times !== null) {
      const times = verdict.code === 'expired' || verdict.code === 'not_yet_valid' ? verdict.code : 'good';
      // A wrong addressee hides what the times say.
      if (!verdict.code.startsWith('wrong_')) expect(times).toBe(opinion.times);
    }
  },
);

test('another implementation has judged most of what can be judged', () => {
  expect(judged.length).toBeGreaterThan(120);
});
