import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, ApiError, describeError } from '@/lib/api/client'
import { queryClient } from '@/lib/api/queries'
import type { CommandResult, Rotina, Rotinas } from '@/lib/api/types'
import { forgetOldPresets, oldPresets, type Preset, sameName, withPreset } from '../presets'

const KEY = ['rotinas'] as const
// Of a routine that the hub does not know yet.
const NO_ID = 0

export function useRotinas(username: string) {
  return useQuery({ queryKey: KEY, queryFn: () => load(username) })
}

const read = () => api<Rotinas>('/me/rotinas')
const write = (preset: Preset) => api<CommandResult>('/me/rotinas', { method: 'POST', body: preset })

/** The user's routines; those of an earlier version, in this browser, are handed over first. */
async function load(username: string): Promise<Rotinas> {
  const kept = await read()
  const old = oldPresets(username)
  if (old.length === 0) return kept
  for (const preset of old.filter((o) => !kept.rotinas.some((r) => sameName(r.nome, o.nome)))) {
    try {
      await write(preset)
    } catch (error) {
      // One that the hub will never take must not hold up the others.
      if (!(error instanceof ApiError && error.status === 422)) return kept
    }
  }
  forgetOldPresets(username)
  return read()
}

/** Shows a change at once; a failure puts back what was there. */
async function before(change: (rotinas: Rotina[]) => Rotina[]): Promise<{ kept: Rotinas | undefined }> {
  await queryClient.cancelQueries({ queryKey: KEY })
  const kept = queryClient.getQueryData<Rotinas>(KEY)
  if (kept) queryClient.setQueryData<Rotinas>(KEY, { ...kept, rotinas: change(kept.rotinas) })
  return { kept }
}

const after = {
  onError: (error: Error, _: unknown, undo: { kept: Rotinas | undefined } | undefined) => {
    queryClient.setQueryData(KEY, undo?.kept)
    toast.error(describeError(error))
  },
  onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
}

export function useSaveRotina() {
  return useMutation({
    mutationFn: write,
    onMutate: (preset) => before((list) => withPreset(list, { ...preset, id: NO_ID })),
    ...after,
  })
}

export function useDeleteRotina() {
  return useMutation({
    mutationFn: (rotina: Rotina) => api<CommandResult>(`/me/rotinas/${rotina.id}`, { method: 'DELETE' }),
    onMutate: (rotina) => before((list) => list.filter((r) => r.id !== rotina.id)),
    ...after,
  })
}
