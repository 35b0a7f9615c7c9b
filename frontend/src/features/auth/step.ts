import { ApiError } from '@/lib/api/client'

/** What the login form asks for: name and password, then, where there is a second factor, its code. */
export type Step = 'senha' | 'codigo'

/** Where a refused login goes on, and whether its sentence is news: the first question for the code is none. */
export function afterRefusal(error: unknown, sentCode: boolean, step: Step): { step: Step; tell: boolean } {
  if (!(error instanceof ApiError)) return { step, tell: true }
  if (error.segundoFator) return { step: 'codigo', tell: sentCode }
  // The password was changed meanwhile, or is wrong: it is to be typed again.
  return { step: error.status === 401 ? 'senha' : step, tell: true }
}
