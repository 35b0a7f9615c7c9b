// A first line shows at once; of text that flies by, ten pictures a second are enough and leave the main thread free.
const INTERVAL_MS = 100

/** Tells its listeners of many changes with few calls; `version` is the snapshot for useSyncExternalStore. */
export class Notifier {
  version = 0
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private last = 0

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  readonly snapshot = (): number => this.version

  changed(): void {
    if (this.timer !== undefined) return
    this.timer = setTimeout(this.fire, Math.max(0, this.last + INTERVAL_MS - performance.now()))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private readonly fire = (): void => {
    this.timer = undefined
    this.last = performance.now()
    this.version += 1
    for (const listener of this.listeners) listener()
  }
}
