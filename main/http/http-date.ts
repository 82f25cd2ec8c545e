const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun, 06 Nov 1994 08:49:37 GMT`, the form that is sent. */
const fixdate = /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>[\d:]{8}) GMT$/;
/** `Sunday, 06-Nov-94 08:49:37 GMT`, obsolete. */
const rfc850 = /^[A-Z][a-z]+, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>[\d:]{8}) GMT$/;
/** `Sun Nov  6 08:49:37 1994`, obsolete; in UTC although it does not say so. */
const asctime = /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>[\d:]{8}) (?<year>\d{4})$/;

/**
 * An HTTP date in milliseconds since the epoch, or null for anything else. A recipient has to take all three forms
 * (RFC 9110 5.6.7); `Date.parse` takes the last one for local time and much else for a date. `nowMs` settles the
 * century of a two-digit year: more than 50 years ahead means the past.
 */
export function parseHttpDate(text: string, nowMs: number): number | null {
  const found = fixdate.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text);
  const { day = '', month = '', year = '', time = '' } = found?.groups ?? {};
  const clock = /^(\d{2}):(\d{2}):(\d{2})$/.exec(time);
  const monthIndex = months.indexOf(month);
  if (clock === null || monthIndex === -1) return null;
  const [hours, minutes, seconds] = clock.slice(1).map(Number) as [number, number, number];
  // 60 is a leap second.
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  const fullYear = year.length === 2 ? withCentury(Number(year), nowMs) : Number(year);
  const midnight = Date.UTC(fullYear, monthIndex, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return null;
  return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function withCentury(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
