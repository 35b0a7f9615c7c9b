import { NativeSelect } from '@/components/ui/input'
import type { Job } from '@/lib/api/types'
import { formatDateTime } from '@/lib/format'
import { JOB_STATUS, jobTitle } from '@/lib/jobs'

interface JobPickerProps {
  jobs: Job[]
  /** null: whichever is newest. */
  chosen: number | null
  /** The job on the page, which may be older than the list. */
  job: Job | undefined
  onPick: (id: number | null) => void
}

export function JobPicker({ jobs, chosen, job, onPick }: JobPickerProps) {
  const listed = job && !jobs.some((j) => j.id === job.id) ? [...jobs, job] : jobs
  return (
    <NativeSelect
      aria-label="Execução"
      value={chosen ?? ''}
      onChange={(e) => onPick(e.target.value ? Number(e.target.value) : null)}
      className="w-full sm:w-96"
    >
      <option value="">{chosen === null && job ? `Mais recente · ${job.id} · ${jobTitle(job)}` : 'Mais recente'}</option>
      {listed.map((j) => (
        <option key={j.id} value={j.id}>
          {`${j.id} · ${jobTitle(j)} · ${formatDateTime(j.created_at)} · ${JOB_STATUS[j.status].text}`}
        </option>
      ))}
    </NativeSelect>
  )
}
