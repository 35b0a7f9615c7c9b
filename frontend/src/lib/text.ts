/** Lower case without accents, so that "jacaranda" finds "JACARANDÁ". */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
}
