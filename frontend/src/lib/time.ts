/** Time in words: short and relative on the surface, absolute for whoever hovers or listens. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

export function daysBetween(earlier: number, later: number): number {
  return Math.round((midnight(later) - midnight(earlier)) / day);
}

/** "now", "2 min", "3 h", "Yesterday", "Friday", "12 Mar", "12 Mar 2024". */
export function relativeTime(iso: string, now: number, language: string): string {
  const then = Date.parse(iso);
  const age = now - then;
  if (age < minute) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
  const short = (value: number, unit: 'minute' | 'hour') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
  if (age < hour) return short(Math.floor(age / minute), 'minute');
  const days = daysBetween(then, now);
  if (days === 0) return short(Math.floor(age / hour), 'hour');
  return dayName(iso, now, language);
}

/** "Today", "Yesterday", "Friday", "12 Mar", "12 Mar 2024". */
export function dayName(iso: string, now: number, language: string): string {
  const then = Date.parse(iso);
  const days = daysBetween(then, now);
  if (days <= 1)
    return capital(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'), language);
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  const shape: Intl.DateTimeFormatOptions =
    days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) };
  return new Intl.DateTimeFormat(language, shape).format(then);
}

export function absoluteTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' }).format(Date.parse(iso));
}

export function clockTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false }).format(
    Date.parse(iso),
  );
}

function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
