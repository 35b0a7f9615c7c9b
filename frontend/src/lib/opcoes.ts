const LABELS: Record<string, string> = {
  csv: 'CSV',
  pdf: 'PDF',
  excel: 'Excel',
  ativo: 'Ativo',
  passivo: 'Passivo',
  base_total: 'Base total',
  lote_pdf: 'Lote PDF',
  lote_excel: 'Lote Excel',
}

/** The reader's name of an opcao: "base_total" is "Base total". */
export function opcaoLabel(opcao: string): string {
  const known = LABELS[opcao]
  if (known) return known
  const words = opcao.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
