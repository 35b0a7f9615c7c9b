const STEPS = [1, 2, 2.5, 5, 10]

/** Round marks of an axis that cover low to high, about `count` steps apart; 0 and 1 when there is nothing to cover. */
export function niceTicks(low: number, high: number, count = 4): number[] {
  if (!Number.isFinite(high - low)) return [0, 1]
  const span = high - low || Math.abs(high) || 1
  const from = high > low ? low : low - span / 2
  const to = high > low ? high : high + span / 2
  const magnitude = 10 ** Math.floor(Math.log10(span / count))
  const step = magnitude * (STEPS.find((each) => each * magnitude * count >= span * 0.999) ?? 10)
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(to / step - 1e-9)
  // Multiples of the step, cut to the digits that it has: 0.1 + 0.2 is no mark to read.
  const digits = Math.min(Math.max(1 - Math.floor(Math.log10(step)), 0), 12)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(digits)))
}
