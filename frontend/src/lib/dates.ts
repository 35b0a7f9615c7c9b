/** Plain dates: "YYYY-MM-DD" inside, "DD/MM/AAAA" for the reader. No time zone is involved. */

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/
const BR = /^(\d{2})\/(\d{2})\/(\d{4})$/

export function isoToBr(iso: string | null | undefined): string {
  const m = iso ? ISO.exec(iso) : null
  return m ? `${m[3]}/${m[2]}/${m[1]}` : ''
}

/** The ISO date, or null when the text is no date that exists. */
export function brToIso(text: string): string | null {
  const m = BR.exec(text.trim())
  if (!m) return null
  const [day, month, year] = [Number(m[1]), Number(m[2]), Number(m[3])]
  const d = new Date(Date.UTC(year, month - 1, day))
  const exists = d.getUTCFullYear() === year && d.getUTCMonth() === month - 1 && d.getUTCDate() === day
  return exists && year >= 1990 ? `${m[3]}-${m[2]}-${m[1]}` : null
}

/** Accepts either form, as the configuration document may hold both. */
export function anyToIso(text: string | null | undefined): string | null {
  if (!text) return null
  return ISO.test(text) ? text : brToIso(text)
}

/** Puts the slashes in while the date is being typed: "2411" becomes "24/11". */
export function maskBrDate(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 8)
  return [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter(Boolean).join('/')
}

export function toIso(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function fromIso(iso: string): Date {
  return new Date(`${iso}T12:00:00`)
}

/** How many of the given business days (ISO, any order) lie within the period, ends included. */
export function countWithin(days: readonly string[], start: string, end: string): number {
  return days.filter((d) => d >= start && d <= end).length
}
