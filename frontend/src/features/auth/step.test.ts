import { describe, expect, it } from 'vitest'
import { ApiError } from '@/lib/api/client'
import { afterRefusal } from './step'

const asked = new ApiError(401, 'Informe o código', [], true)

describe('a refused login', () => {
  it('asks for the code without calling it an error', () =>
    expect(afterRefusal(asked, false, 'senha')).toEqual({ step: 'codigo', tell: false }))
  it('says that the code was wrong', () => expect(afterRefusal(asked, true, 'codigo')).toEqual({ step: 'codigo', tell: true }))
  it('goes back to a password that is wrong', () =>
    expect(afterRefusal(new ApiError(401, 'Usuário ou senha incorretos.'), true, 'codigo')).toEqual({ step: 'senha', tell: true }))
  it.each([new ApiError(429, 'Espere'), new ApiError(0, 'Sem conexão'), new Error('x')])('stays where it is for %s', (error) =>
    expect(afterRefusal(error, true, 'codigo')).toEqual({ step: 'codigo', tell: true }))
})
