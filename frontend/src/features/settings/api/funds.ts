import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, describeError } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CommandResult, Fundos, ImportResult } from '@/lib/api/types'
import { DE_PARA } from './de-para'

const KEY = ['fundos'] as const
const UPLOAD_TIMEOUT_MS = 120_000

type All = Record<string, Fundos>

export function useFundos() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => api<All>('/fundos', { signal }) })
}

function patch(sistemaId: string, change: (fundos: Fundos) => Fundos): void {
  queryClient.setQueryData<All>(KEY, (all) => {
    const fundos = all?.[sistemaId]
    return fundos ? { ...all, [sistemaId]: change(fundos) } : all
  })
}

/** Shows a change at once; a failure reads the truth again. */
async function before(sistemaId: string, change: (fundos: Fundos) => Fundos): Promise<void> {
  await queryClient.cancelQueries({ queryKey: KEY })
  patch(sistemaId, change)
}

function changed(): void {
  void queryClient.invalidateQueries({ queryKey: keys.config })
}

function failed(error: Error): void {
  toast.error(describeError(error))
  void queryClient.invalidateQueries({ queryKey: KEY })
}

export function useSelectFundos(sistemaId: string) {
  return useMutation({
    mutationFn: ({ nomes, selecionado }: { nomes: string[]; selecionado: boolean }) =>
      api<CommandResult>(`/fundos/${sistemaId}/selecao`, { method: 'POST', body: { nomes, selecionado } }),
    onMutate: ({ nomes, selecionado }) => {
      const touched = new Set(nomes)
      return before(sistemaId, (f) => ({
        ...f,
        fundos: f.fundos.map((fundo) => (touched.has(fundo.nome) ? { ...fundo, selecionado } : fundo)),
      }))
    },
    onError: failed,
    onSuccess: changed,
  })
}

export function useUsarTodos(sistemaId: string) {
  return useMutation({
    mutationFn: (usar_todos: boolean) =>
      api<CommandResult>(`/fundos/${sistemaId}`, { method: 'PUT', body: { usar_todos } }),
    onMutate: (usar_todos) => before(sistemaId, (f) => ({ ...f, usar_todos })),
    onError: failed,
    onSuccess: changed,
  })
}

export interface Upload {
  arquivo: File
  substituir: boolean
  aba: string
  coluna?: string
}

function toForm({ arquivo, substituir, aba, coluna }: Upload): FormData {
  const form = new FormData()
  form.set('arquivo', arquivo)
  form.set('substituir', String(substituir))
  if (aba) form.set('aba', aba)
  if (coluna) form.set('coluna', coluna)
  return form
}

/** Sends a workbook: of funds to a sistema, or the De-Para table. */
export function useImport(where: { sistemaId: string } | 'de-para') {
  const path = where === 'de-para' ? '/de-para/importar' : `/fundos/${where.sistemaId}/importar`
  return useMutation({
    mutationFn: (upload: Upload) =>
      api<ImportResult>(path, { method: 'POST', body: toForm(upload), timeoutMs: UPLOAD_TIMEOUT_MS }),
    onSuccess: () => {
      changed()
      void queryClient.invalidateQueries({ queryKey: where === 'de-para' ? DE_PARA : KEY })
    },
  })
}
