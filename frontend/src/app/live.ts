import { useEffect } from 'react'
import { type NavigateFunction, useNavigate } from 'react-router'
import { toast } from 'sonner'
import { keys, queryClient } from '@/lib/api/queries'
import { notify } from '@/lib/notify'
import { formatDuration } from '@/lib/format'
import type { JobCompletePayload } from '@/lib/live/messages'
import { hub, useConnection } from '@/lib/live/socket'
import { receiveStatus, resetLive } from '@/lib/live/status'

const SEEN_MAX = 200

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
    const finished = new Set<number>()
    const known = new Set<number>()
    // A job that somebody else started is not in this page's lists yet.
    const noticeJob = (id: number) => {
      if (known.has(id)) return
      if (known.size > SEEN_MAX) known.clear()
      known.add(id)
      void queryClient.invalidateQueries({ queryKey: keys.jobs })
    }
    const stop = hub.listen((message) => {
      if (message.type === 'status') {
        receiveStatus(message.payload)
        noticeJob(message.payload.job_id)
      }
      else if (message.type === 'job_complete') {
        if (finished.has(message.payload.job_id)) return
        if (finished.size > SEEN_MAX) finished.clear()
        finished.add(message.payload.job_id)
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
