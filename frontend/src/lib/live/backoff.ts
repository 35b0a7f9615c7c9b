const FIRST_MS = 500
const LONGEST_MS = 15_000

/** Milliseconds to wait before try number `attempt` (from 1); `random` in [0,1) spreads many tabs apart. */
export function backoff(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.round(ceiling * (0.6 + 0.4 * random))
}
