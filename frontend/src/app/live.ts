import { useEffect } from 'react'
import { type NavigateFunction, useNavigate } from 'react-router'
import { toast } from 'sonner'
import { keys, queryClient } from '@/lib/api/queries'
import { notify } from '@/lib/notify'
import { formatDuration } from '@/lib/format'
import { JobWatch } from '@/lib/live/job-watch'
import type { JobCompletePayload } from '@/lib/live/messages'
import { hub, useConnection } from '@/lib/live/socket'
import { receiveStatus, resetLive } from '@/lib/live/status'

if (import.meta.env.DEV) {
  void import('@/lib/live/check').then(({ checkMessage }) =>
    hub.listen((message) => {
      const wrong = checkMessage(message)
      if (wrong) console.error('Mensagem fora do contrato', message, wrong)
    }),
  )
}

/** Feeds what the WebSocket says into the stores, while somebody is logged in. */
export function useLiveFeed(): void {
  const navigate = useNavigate()
  useEffect(() => {
    const jobs = new JobWatch()
    const stop = hub.listen((message) => {
      if (message.type === 'status') {
        receiveStatus(message.payload)
        // A job that somebody else started is not in this page's lists yet.
        if (jobs.onStatus(message.payload)) void queryClient.invalidateQueries({ queryKey: keys.jobs })
      } else if (message.type === 'job_complete' && jobs.onComplete(message.payload.job_id)) {
        announce(message.payload)
        tellDesktop(message.payload, navigate)
        refresh()
      }
    })
    // What ended while the connection was down is only in the database; what still runs is told again.
    const stopWatching = useConnection.subscribe((now, before) => {
      if (now.opened <= before.opened || now.opened <= 1) return
      resetLive()
      refresh()
    })
    hub.start()
    return () => {
      stop()
      stopWatching()
      hub.stop()
      resetLive()
    }
  }, [navigate])
}

function refresh(): void {
  void queryClient.invalidateQueries({ queryKey: keys.sistemas })
  void queryClient.invalidateQueries({ queryKey: keys.jobs })
}

const ENDED = { SUCCESS: 'concluída', ERROR: 'terminou com erro', CANCELLED: 'cancelada' } as const

function tellDesktop({ job_id, status, duracao_segundos }: JobCompletePayload, navigate: NavigateFunction): void {
  const time = duracao_segundos == null ? '' : ` em ${formatDuration(duracao_segundos)}`
  notify(`Execução ${job_id} ${ENDED[status]}`, `ETL Hub${time}`, () => void navigate(`/jobs/${job_id}`))
}

function announce({ job_id, status, duracao_segundos }: JobCompletePayload): void {
  const time = duracao_segundos == null ? '' : ` em ${formatDuration(duracao_segundos)}`
  const options = { id: `job-${job_id}` }
  if (status === 'SUCCESS') toast.success(`Execução ${job_id} concluída${time}.`, options)
  else if (status === 'CANCELLED') toast.warning(`Execução ${job_id} cancelada${time}.`, options)
  else toast.error(`Execução ${job_id} terminou com erro${time}.`, options)
}
