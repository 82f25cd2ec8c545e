import type { JsonObject } from './decode.ts';
import type { TokenTimes, Verdict } from './verdict.ts';

/** How much two clocks may differ before a time claim counts (RFC 7519 4.1.4 "no more than a few minutes"). */
export const defaultToleranceSeconds = 60;

/** The largest moment a Date can hold, in seconds. */
const maxSeconds = 8_640_000_000_000;

export interface TimeCheck {
  readonly times: TokenTimes;
  readonly findings: readonly Verdict[];
  readonly warnings: readonly string[];
}

/**
 * Judges `exp`, `nbf` and `iat` (RFC 7519 4.1.4 to 4.1.6, NumericDate: seconds since the epoch, fractions allowed).
 * A time claim that is no number makes the token malformed. `iat` in the future is a warning: no RFC refuses it.
 *
 * @param now this computer's time, milliseconds
 * @param skewSeconds how far the server's clock is ahead of it
 */
export function checkTimes(
  claims: JsonObject | null,
  now: number,
  skewSeconds: number,
  toleranceSeconds: number,
): TimeCheck {
  const findings: Verdict[] = [];
  const warnings: string[] = [];
  const nowSeconds = now / 1000 + skewSeconds;
  const read = (name: string): number | null => {
    const value = claims?.[name];
    if (value === undefined) return null;
    if (typeof value === 'number' && Math.abs(value) <= maxSeconds) return value;
    findings.push({ code: 'malformed', message: `The claim "${name}" is not a time in seconds.` });
    return null;
  };
  const exp = read('exp');
  const nbf = read('nbf');
  const iat = read('iat');

  if (exp !== null && nowSeconds >= exp + toleranceSeconds) {
    findings.push({
      code: 'expired',
      message: `Expired ${duration(nowSeconds - exp)} ago, at ${isoTime(exp)}.`,
    });
  }
  if (nbf !== null && nowSeconds < nbf - toleranceSeconds) {
    findings.push({
      code: 'not_yet_valid',
      message: `Not valid yet: it counts from ${isoTime(nbf)}, ${duration(nbf - nowSeconds)} from now. If that is wrong, check this computer's clock.`,
    });
  }
  if (claims !== null && claims['exp'] === undefined)
    warnings.push('The token has no end ("exp" is missing).');
  if (iat !== null && iat - toleranceSeconds > nowSeconds) {
    warnings.push(
      `The token was issued ${duration(iat - nowSeconds)} in the future: one of the clocks is wrong.`,
    );
  }
  if (exp !== null && exp > 100_000_000_000) {
    warnings.push(
      '"exp" is thousands of years away: it looks like milliseconds, but tokens count in seconds.',
    );
  }
  if (Math.abs(skewSeconds) > toleranceSeconds) {
    warnings.push(
      `This computer's clock is ${duration(Math.abs(skewSeconds))} ${skewSeconds > 0 ? 'behind' : 'ahead of'} the server's; the difference is taken into account.`,
    );
  }
  const issuedAt = iat === null ? null : isoTime(iat);
  return {
    findings,
    warnings,
    times: {
      issuedAt,
      notBefore: nbf === null ? null : nbf === iat ? issuedAt : isoTime(nbf),
      expiresAt: exp === null ? null : isoTime(exp),
      now: isoTime(nowSeconds),
      secondsLeft: exp === null ? null : Math.floor(exp - nowSeconds),
      lifetimeSeconds: exp === null || iat === null ? null : exp - iat,
      skewSeconds,
      toleranceSeconds,
    },
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

const second = [1, 'second'] as const;
const units = [[86_400, 'day'], [3_600, 'hour'], [60, 'minute'], second] as const;

/** "45 seconds", "3 minutes", "2 hours", "5 days": one unit, rounded down, for sentences. */
export function duration(seconds: number): string {
  const [size, name] = units.find(([length]) => seconds >= length * 2) ?? second;
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
