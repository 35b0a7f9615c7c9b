import type { Stats } from '@/lib/api/types'
import { fromIso, toIso } from '@/lib/dates'

/** The last `count` days up to `today` (ISO), with zeros where nothing ran. */
export function fillDays(days: Stats['por_dia'], today: string, count: number): Stats['por_dia'] {
  const known = new Map(days.map((d) => [d.dia, d]))
  return Array.from({ length: count }, (_, i) => {
    const date = fromIso(today)
    date.setDate(date.getDate() - (count - 1 - i))
    const dia = toIso(date)
    return known.get(dia) ?? { dia, sucesso: 0, erro: 0, cancelado: 0 }
  })
}
