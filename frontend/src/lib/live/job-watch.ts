import type { StatusPayload } from './messages'
import { isActive } from './status'

const MOST = 500

/**
 * Tells news from old news: on connecting, the hub also repeats how recent jobs ended, which matters only to a page
 * that saw them run.
 */
export class JobWatch {
  private readonly running = new Set<number>()

  /** Whether the status is the first sign of a job that runs or waits. */
  onStatus({ job_id, status, estado }: Pick<StatusPayload, 'job_id' | 'status' | 'estado'>): boolean {
    if (this.running.has(job_id) || !isActive({ status, estado: estado ?? null })) return false
    if (this.running.size >= MOST) this.running.clear()
    this.running.add(job_id)
    return true
  }

  /** Whether the job was running here until now. */
  onComplete(jobId: number): boolean {
    return this.running.delete(jobId)
  }
}
