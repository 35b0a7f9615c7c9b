/** Longest text drawn of a line that is not opened; longer ones would stall the layout. */
export const SHOWN_CHARS = 2000

export interface Cut {
  text: string
  /** Lines below the first, as in a traceback. */
  moreLines: number
  moreChars: number
}

/** What a closed row shows of a message: its first line, up to SHOWN_CHARS. */
export function cutMessage(message: string): Cut {
  const end = message.indexOf('\n')
  const firstLine = end === -1 ? message : message.slice(0, end)
  let moreLines = 0
  for (let at = end; at !== -1; at = message.indexOf('\n', at + 1)) moreLines += 1
  return {
    text: firstLine.slice(0, SHOWN_CHARS),
    moreLines,
    moreChars: Math.max(0, firstLine.length - SHOWN_CHARS),
  }
}

/** "+0,3s" between two ISO times, "+2m05s" from a minute on; nothing where the clock did not move on. */
export function formatDelta(from: string, to: string): string {
  const seconds = (new Date(to).getTime() - new Date(from).getTime()) / 1000
  if (!(seconds >= 0.001)) return ''
  if (seconds < 60) return `+${seconds.toFixed(seconds < 10 ? 3 : 1).replace('.', ',')}s`
  const whole = Math.round(seconds)
  return `+${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`
}

export interface Piece {
  text: string
  hit: boolean
}

/** Splits a text at each place where `needle` stands, whatever the case. */
export function splitHits(text: string, needle: string): Piece[] {
  if (!needle) return [{ text, hit: false }]
  const pieces: Piece[] = []
  const haystack = text.toLowerCase()
  const wanted = needle.toLowerCase()
  // Lower-casing may change a text's length; then positions would lie.
  if (haystack.length !== text.length) return [{ text, hit: false }]
  let from = 0
  for (let at = haystack.indexOf(wanted); at !== -1; at = haystack.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false })
    pieces.push({ text: text.slice(at, at + wanted.length), hit: true })
    from = at + wanted.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false })
  return pieces
}
