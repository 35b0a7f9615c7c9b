/** Commands on jobs, for every page that starts or stops one. */
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, describeError } from './client'
import { keys, queryClient } from './queries'
import type { CommandResult, ExecuteRequest, ExecuteResult } from './types'

function refreshJobs(): void {
  void queryClient.invalidateQueries({ queryKey: keys.jobs })
}

export function useExecute() {
  return useMutation({
    mutationFn: (request: ExecuteRequest) => api<ExecuteResult>('/execute', { method: 'POST', body: request }),
    onSuccess: refreshJobs,
    onError: (error) => toast.error(describeError(error)),
  })
}

export function useCancel() {
  return useMutation({
    mutationFn: (jobId: number) => api<CommandResult>(`/cancel/${jobId}`, { method: 'POST' }),
    onSuccess: (result) => toast(result.message),
    onError: (error) => toast.error(describeError(error)),
    onSettled: refreshJobs,
  })
}

export function useRetry() {
  return useMutation({
    mutationFn: ({ jobId, onlyFailures }: { jobId: number; onlyFailures: boolean }) =>
      api<ExecuteResult>(`/jobs/${jobId}/retry`, {
        method: 'POST',
        query: { apenas_falhas: onlyFailures ? true : undefined },
      }),
    onSuccess: (result) => {
      toast.success(result.message)
      refreshJobs()
    },
    onError: (error) => toast.error(describeError(error)),
  })
}
