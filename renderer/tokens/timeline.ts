/** A moment on the line. */
export interface Stop {
  readonly key: 'issued' | 'notBefore' | 'expires' | 'refresh';
  readonly time: number;
  /** 0 to 100. */
  readonly at: number;
}

/** A stretch between two moments. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Drawn shorter than it is. */
  readonly shortened: boolean;
}

export interface Line {
  readonly stops: readonly Stop[];
  readonly stretches: readonly Stretch[];
  /** Where now stands, 0 to 100. */
  readonly now: number;
  /** The stretch in which a clock's difference is forgiven, around now. */
  readonly band: { readonly from: number; readonly to: number };
}

interface Times {
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly refreshExpiresAt: number | null;
}

/** Two labels need this much room between them, in per cent of the line; now has none below it. */
const leastGap = 26;
const leastNow = 5;
const narrowBand = 0.6;

/**
 * Places a token's moments on a line: to scale where that leaves room for their labels, else wider, and what is shortened
 * for it is marked. Now moves between them in proportion. Null where there are not two moments.
 */
export function lineOf(times: Times, now: number, toleranceMs: number): Line | null {
  const moments = stopsOf(times);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined || moments.length < 2) return null;
  const start = Math.min(first.time, now);
  const end = Math.max(last.time, now);
  const points = [...new Set([start, ...moments.map(({ time }) => time), end])].toSorted((a, b) => a - b);
  const total = end - start;
  if (total <= 0) return null;
  const labelled = (time: number): boolean => moments.some((moment) => moment.time === time);
  const shares = widened(
    points.slice(1).map((point, index) => {
      const from = points[index] ?? point;
      return {
        share: (100 * (point - from)) / total,
        least: labelled(point) && labelled(from) ? leastGap : leastNow,
      };
    }),
  );
  let at = 0;
  const places = new Map<number, number>([[points[0] ?? start, 0]]);
  const stretches = shares.map(({ share, drawn: wide }, index): Stretch => {
    const from = at;
    at += wide;
    places.set(points[index + 1] ?? end, at);
    return { from, to: at, shortened: wide < share * 0.7 };
  });
  const place = (time: number): number => {
    const next = points.findIndex((point) => point >= time);
    const to = points[Math.max(next, 1)] ?? end;
    const from = points[Math.max(next, 1) - 1] ?? start;
    const [a, b] = [places.get(from) ?? 0, places.get(to) ?? 100];
    return to === from ? a : a + ((b - a) * (time - from)) / (to - from);
  };
  const band = [place(Math.max(start, now - toleranceMs)), place(Math.min(end, now + toleranceMs))] as const;
  return {
    stops: moments.map(({ key, time }) => ({ key, time, at: places.get(time) ?? 0 })),
    stretches,
    now: place(now),
    band: {
      from: Math.max(0, Math.min(band[0], place(now) - narrowBand)),
      to: Math.min(100, Math.max(band[1], place(now) + narrowBand)),
    },
  };
}

/** Gives every stretch its least room and shares the rest as it is. The sum stays 100. */
function widened(
  stretches: readonly { readonly share: number; readonly least: number }[],
): { readonly share: number; readonly drawn: number }[] {
  const narrow = new Set<number>();
  for (;;) {
    const taken = stretches.reduce((sum, { least }, index) => sum + (narrow.has(index) ? least : 0), 0);
    const free = stretches.reduce((sum, { share }, index) => sum + (narrow.has(index) ? 0 : share), 0);
    const drawn = stretches.map(({ share, least }, index) =>
      narrow.has(index) ? least : (share * (100 - taken)) / free,
    );
    const short = stretches.findIndex(
      ({ least }, index) => !narrow.has(index) && (drawn[index] ?? 0) < least,
    );
    if (short < 0 || narrow.size === stretches.length - 1) {
      return stretches.map(({ share }, index) => ({ share, drawn: drawn[index] ?? 0 }));
    }
    narrow.add(short);
  }
}

/** In order of time; a "not before" at the moment of issue is no moment of its own. */
function stopsOf({ issuedAt, notBefore, expiresAt, refreshExpiresAt }: Times): Omit<Stop, 'at'>[] {
  const stops: Omit<Stop, 'at'>[] = [];
  if (issuedAt !== null) stops.push({ key: 'issued', time: issuedAt });
  if (notBefore !== null && (issuedAt === null || Math.abs(notBefore - issuedAt) >= 1000)) {
    stops.push({ key: 'notBefore', time: notBefore });
  }
  if (expiresAt !== null) stops.push({ key: 'expires', time: expiresAt });
  if (refreshExpiresAt !== null) stops.push({ key: 'refresh', time: refreshExpiresAt });
  return stops
    .toSorted((a, b) => a.time - b.time)
    .filter(({ time }, index, all) => index === 0 || time !== all[index - 1]?.time);
}
