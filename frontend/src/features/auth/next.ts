/** Where to go after the login: a path of this site, or the start. Anything that could lead elsewhere is refused. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  return next.startsWith('/login') ? '/' : next
}

/** An administrator who still has to set the second factor up begins there. */
export function firstPage(usuario: { falta_segundo_fator: boolean }, next: string): string {
  return usuario.falta_segundo_fator ? '/settings/preferencias' : next
}
