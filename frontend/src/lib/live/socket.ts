import { create } from 'zustand'
import { useSession } from '@/lib/session'
import { backoff } from './backoff'
import { type HubMessage, parseMessage, type SubscribeMessage } from './messages'

const NOT_LOGGED_IN = 4001
const NOT_ALLOWED = 4003
const CONNECT_TIMEOUT_MS = 10_000

export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'refused'

interface Connection {
  state: ConnectionState
  /** Tries since the last good connection. */
  attempt: number
  /** How often a connection stood; it grows on each reconnect. */
  opened: number
}

export const useConnection = create<Connection>(() => ({ state: 'idle', attempt: 0, opened: 0 }))

type Listener = (message: HubMessage) => void

/** The tab's one WebSocket. It reconnects by itself and asks for each followed job from where its reader stands. */
class HubSocket {
  private ws: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private wanted = false
  private readonly listeners = new Set<Listener>()
  private readonly followed = new Map<number, () => number>()

  start(): void {
    if (this.wanted) return
    this.wanted = true
    window.addEventListener('online', this.wake)
    document.addEventListener('visibilitychange', this.wake)
    this.connect()
  }

  stop(): void {
    this.wanted = false
    clearTimeout(this.timer)
    window.removeEventListener('online', this.wake)
    document.removeEventListener('visibilitychange', this.wake)
    this.drop()
    useConnection.setState({ state: 'idle', attempt: 0 })
  }

  /** Tries at once instead of waiting for the next turn. */
  retryNow = (): void => {
    if (!this.wanted || this.ws) return
    clearTimeout(this.timer)
    this.connect()
  }

  /** Connects under the session of now: the hub ends a connection that was made under a former one. */
  reopen(): void {
    if (!this.wanted) return
    clearTimeout(this.timer)
    this.drop()
    this.connect()
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** Follows a job's log; `after` gives the last seq held, and is asked again on each reconnect. */
  follow(jobId: number, after: () => number): () => void {
    this.followed.set(jobId, after)
    this.subscribe(jobId, after())
    return () => {
      this.followed.delete(jobId)
      this.send({ type: 'unsubscribe', job_id: jobId })
    }
  }

  private readonly wake = (): void => {
    if (document.visibilityState === 'visible') this.retryNow()
  }

  private connect(): void {
    const state = useConnection.getState()
    useConnection.setState({ state: 'connecting', attempt: state.attempt + 1 })
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    // No lines but of followed jobs.
    const ws = new WebSocket(`${scheme}://${location.host}/ws?logs=assinados`)
    this.ws = ws
    const patience = setTimeout(() => ws.close(), CONNECT_TIMEOUT_MS)
    ws.onopen = () => {
      clearTimeout(patience)
      if (this.ws !== ws) return
      for (const [jobId, after] of this.followed) this.subscribe(jobId, after())
      useConnection.setState({ state: 'open', attempt: 0, opened: useConnection.getState().opened + 1 })
    }
    ws.onmessage = (event) => {
      if (typeof event.data !== 'string') return
      const message = parseMessage(event.data)
      if (message && this.ws === ws) for (const listener of this.listeners) listener(message)
    }
    ws.onclose = (event) => {
      clearTimeout(patience)
      if (this.ws !== ws) return
      this.ws = null
      this.closed(event.code)
    }
  }

  private closed(code: number): void {
    if (!this.wanted) return
    if (code === NOT_LOGGED_IN || code === NOT_ALLOWED) {
      if (code === NOT_LOGGED_IN) useSession.getState().expire()
      useConnection.setState({ state: 'refused' })
      return
    }
    useConnection.setState({ state: 'waiting' })
    this.timer = setTimeout(() => this.connect(), backoff(Math.max(useConnection.getState().attempt, 1)))
  }

  private drop(): void {
    const ws = this.ws
    this.ws = null
    ws?.close()
  }

  private subscribe(jobId: number, after: number): void {
    this.send({ type: 'subscribe', job_id: jobId, after, batch: true })
  }

  private send(message: SubscribeMessage | { type: 'unsubscribe'; job_id: number }): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message))
  }
}

export const hub = new HubSocket()
