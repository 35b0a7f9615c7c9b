import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CommandResult, Enrolment, RecoveryCodes, SecondFactor } from '@/lib/api/types'

const PATH = '/auth/segundo-fator'
const KEY = ['segundo-fator'] as const

export interface Identity {
  senha: string
  codigo: string
}

export function useSecondFactor() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => api<SecondFactor>(PATH, { signal }) })
}

/** Whether it is on decides what an administrator may do, so the user is read again, too. */
export function secondFactorChanged(): void {
  void queryClient.invalidateQueries({ queryKey: KEY })
  void queryClient.invalidateQueries({ queryKey: keys.me })
}

export function useBeginEnrolment() {
  return useMutation({ mutationFn: (senha: string) => api<Enrolment>(`${PATH}/iniciar`, { method: 'POST', body: { senha } }) })
}

export function useConfirmEnrolment() {
  return useMutation({
    mutationFn: (codigo: string) => api<RecoveryCodes>(`${PATH}/confirmar`, { method: 'POST', body: { codigo } }),
    onSuccess: secondFactorChanged,
  })
}

export function useNewRecoveryCodes() {
  return useMutation({
    mutationFn: (body: Identity) => api<RecoveryCodes>(`${PATH}/codigos`, { method: 'POST', body }),
    onSuccess: secondFactorChanged,
  })
}

export function useSwitchOff() {
  return useMutation({
    mutationFn: (body: Identity) => api<CommandResult>(`${PATH}/desligar`, { method: 'POST', body }),
    onSuccess: secondFactorChanged,
  })
}
