import { t } from '../messages/text.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span of milliseconds in at most two units: "42 min", "3 h 10 min", "23 h", "2 d". Negative spans are "0 s". */
export function span(ms: number): string {
  if (ms < minute) return t('time.seconds', { count: Math.max(0, Math.floor(ms / second)) });
  if (ms < hour) return t('time.minutes', { count: Math.floor(ms / minute) });
  if (ms < day) {
    const hours = Math.floor(ms / hour);
    const minutes = Math.floor((ms % hour) / minute);
    // From ten hours on the minutes say nothing and take the room that names need.
    return minutes === 0 || hours >= 10
      ? t('time.hours', { count: hours })
      : t('time.hoursMinutes', { hours, minutes });
  }
  return t('time.days', { count: Math.floor(ms / day) });
}

/** How long ago: "just now", "2 min ago". */
export function ago(then: number, now: number): string {
  return now - then < 10 * second ? t('time.justNow') : t('time.ago', { span: span(now - then) });
}

const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** A moment on the user's clock: "22 Nov 2026, 14:05". */
export function moment(time: number): string {
  return moments.format(time);
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** A day on the user's calendar: "22 Nov 2026". */
export function calendarDay(time: number): string {
  return days.format(time);
}

/** Minutes and seconds of a countdown: "4:09". Never below "0:00". */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
