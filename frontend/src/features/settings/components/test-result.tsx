import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react'
import { describeError } from '@/lib/api/client'
import { formatDuration } from '@/lib/format'
import { cn } from '@/lib/utils'
import type { TestResult as Result } from '../api/credentials'

interface TestResultProps {
  pending: boolean
  result: Result | undefined
  error: Error | null
}

export function TestResult({ pending, result, error }: TestResultProps) {
  const ok = result?.success === true && !error
  return (
    <div role="status" className="text-[13px] empty:-mt-5">
      {pending && (
        <p className="flex items-center gap-2 text-subtle">
          <LoaderCircle className="size-4 animate-spin" aria-hidden />
          Entrando no portal; pode levar até meio minuto.
        </p>
      )}
      {!pending && (result ?? error) && (
        <p className={cn('flex items-start gap-2', ok ? 'text-success' : 'text-danger')}>
          {ok ? (
            <CircleCheck className="mt-0.5 size-4 shrink-0" aria-hidden />
          ) : (
            <CircleX className="mt-0.5 size-4 shrink-0" aria-hidden />
          )}
          {error ? describeError(error) : `${result?.message.replace(/\.$/, '') ?? ''} (${formatDuration(result?.duracao_segundos)}).`}
        </p>
      )}
    </div>
  )
}
