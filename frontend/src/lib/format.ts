const LOCALE = 'pt-BR'

const INTEGER = new Intl.NumberFormat(LOCALE)
const DATE_TIME = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'short', timeStyle: 'short' })
const DATE_LONG = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' })
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' })
const BRL = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'BRL' })
const brlShort = (digits: number) =>
  new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'BRL', notation: 'compact', maximumFractionDigits: digits })
const BRL_SHORT = brlShort(1)

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const formatInteger = (n: number): string => INTEGER.format(n)
export const formatMoney = (n: number): string => BRL.format(n)
export const formatMoneyShort = (n: number): string => BRL_SHORT.format(n)

/** Short money for the marks of an axis, with as many decimals as it takes to tell them apart. */
export function moneyMarks(marks: number[]): (n: number) => string {
  const apart = [0, 1, 2, 3, 4, 5].find((digits) => new Set(marks.map((n) => brlShort(digits).format(n))).size === marks.length)
  const format = brlShort(apart ?? 6)
  return (n) => format.format(n)
}
export const formatPercent = (ratio: number, digits = 0): string =>
  new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: digits, signDisplay: 'negative' }).format(ratio)

/** "24/11/2026, 08:15" in the reader's own time zone; "—" for nothing. */
export function formatDateTime(iso: string | null | undefined): string {
  return iso ? DATE_TIME.format(new Date(iso)) : '—'
}

/** "terça-feira, 24 de novembro" of a plain date (YYYY-MM-DD). */
export function formatDateLong(isoDate: string): string {
  return DATE_LONG.format(new Date(`${isoDate}T12:00:00`))
}

/** Seconds as "0,8 s", "42 s", "3 min 05 s", "2 h 10 min". */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return '—'
  if (seconds < 10) return `${seconds.toFixed(1).replace('.', ',').replace(/,0$/, '')} s`
  const whole = Math.round(seconds)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${String(whole % MINUTE).padStart(2, '0')} s`
  return `${Math.floor(whole / HOUR)} h ${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, '0')} min`
}

/** "há 5 minutos", "ontem"; now is in epoch milliseconds. */
export function formatAgo(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return 'nunca'
  const seconds = (new Date(iso).getTime() - now) / 1000
  const size = Math.abs(seconds)
  if (size < 45) return 'agora'
  if (size < HOUR) return RELATIVE.format(Math.round(seconds / MINUTE), 'minute')
  if (size < DAY) return RELATIVE.format(Math.round(seconds / HOUR), 'hour')
  return RELATIVE.format(Math.round(seconds / DAY), 'day')
}

/** Bytes as "512 B", "3,4 kB", "12 MB" (powers of 1000). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const digits = unit > 0 && size < 10 ? 1 : 0
  return `${size.toFixed(digits).replace('.', ',')} ${units[unit] ?? ''}`
}

/** "08:15:02.123" from an ISO time, in the reader's own time zone. */
export function formatClock(iso: string): string {
  const d = new Date(iso)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`
}

export function plural(n: number, one: string, many: string): string {
  return `${formatInteger(n)} ${n === 1 ? one : many}`
}
