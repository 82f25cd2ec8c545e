import { familyName, familyNameCount, givenNames, oddNames } from './names.ts';
import { drawn, keyOf, pick } from './random.ts';

/** How a person stands in an installation. Each vendor expresses it in its own fields, or not at all. */
export type Standing = 'active' | 'pending' | 'suspended' | 'blocked' | 'expired';

export interface Person {
  readonly given: string;
  readonly family: string;
  /** Null for people without an address (tag holders, kiosks). */
  readonly email: string | null;
  readonly standing: Standing;
  /** Who this is across installations: two people are one exactly when both parts are equal. */
  readonly identityKey: number;
  readonly identityIndex: number;
}

/** A list of people that is never held: `personAt` makes any of them from its index. */
export interface People {
  readonly key: number;
  readonly sharedKey: number;
  readonly domain: string;
}

/** Every sixteenth person of a list is one who works in several installations; there are this many of them. */
const SHARED_PEOPLE = 120;
/** Standings repeat with this period, so that totals are arithmetic and not a walk over a million people. */
const STANDING_PERIOD = 40;
const exceptions: Readonly<Record<number, Standing>> = {
  5: 'suspended',
  8: 'pending',
  11: 'blocked',
  17: 'expired',
  20: 'pending',
  23: 'suspended',
  30: 'blocked',
  33: 'pending',
  36: 'expired',
};

const foldedGivenNames = givenNames.map((name) => name.toLowerCase());

export function peopleOf(seed: number, domain: string, ...path: readonly string[]): People {
  return { key: keyOf(seed, 'people', ...path), sharedKey: keyOf(seed, 'people', 'shared'), domain };
}

export function standingAt(index: number): Standing {
  return exceptions[index % STANDING_PERIOD] ?? 'active';
}

/** How many of the first `count` people stand so. */
export function standingCount(standing: Standing, count: number): number {
  let total = 0;
  for (let at = 0; at < STANDING_PERIOD; at += 1) {
    if (standingAt(at) === standing && at < count) {
      total += Math.floor((count - 1 - at) / STANDING_PERIOD) + 1;
    }
  }
  return total;
}

function ordinary(key: number, index: number, domain: string): Person {
  const first = drawn(key, index) % givenNames.length;
  const family = familyName(drawn(key, index, 1) % familyNameCount);
  return {
    given: pick(givenNames, first),
    family,
    email: `${pick(foldedGivenNames, first)}.${family.toLowerCase()}${index}@${domain}`,
    standing: standingAt(index),
    identityKey: key,
    identityIndex: index,
  };
}

/**
 * The person at an index. Among ordinary ones: people who appear in several installations with the same e-mail (at the
 * same index, so that they stand the same everywhere), the odd names, and exact duplicates of the person before.
 */
export function personAt(people: People, index: number): Person {
  const shared = (index - 4) / 16;
  if (Number.isInteger(shared) && shared >= 0 && shared < SHARED_PEOPLE) {
    return {
      ...ordinary(people.sharedKey, shared, 'roundtrip-services.example'),
      standing: standingAt(index),
    };
  }
  if (index % 29 === 7) {
    const odd = pick(oddNames, Math.floor(index / 29));
    return {
      given: odd.given,
      family: odd.family,
      email: odd.email ? `odd.name${index}@${people.domain}` : null,
      standing: standingAt(index),
      identityKey: people.key,
      identityIndex: index,
    };
  }
  if (index % 97 === 50) {
    return {
      ...personAt(people, index - 1),
      standing: standingAt(index),
      identityKey: people.key,
      identityIndex: index,
    };
  }
  return ordinary(people.key, index, people.domain);
}
