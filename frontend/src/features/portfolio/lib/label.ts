/** Widths of a treemap's letters: names of assets are in capitals, those of classes are not. */
export const CAPITAL_PX = 8.4
const SMALL_PX = 6.8

/** As much of a label as goes into so many pixels. */
export function fitLabel(label: string, px: number): string {
  let left = px
  for (let i = 0; i < label.length; i++) {
    const char = label.charAt(i)
    left -= char === char.toLowerCase() ? SMALL_PX : CAPITAL_PX
    if (left < 0) return `${label.slice(0, Math.max(i - 1, 0)).trimEnd()}…`
  }
  return label
}
