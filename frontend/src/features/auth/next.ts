/** Where to go after the login: a path of this site, or the start. Anything that could lead elsewhere is refused. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  return next.startsWith('/login') ? '/' : next
}
