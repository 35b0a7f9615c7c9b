/** What to do about the `codigo` that an execution ended with. */
const ADVICE: Record<string, string> = {
  senha_incorreta: 'Corrija o usuário ou a senha em Configurações › Credenciais, teste a conexão e execute de novo.',
  senha_expirada: 'Troque a senha no site do portal, atualize-a em Configurações › Credenciais e execute de novo.',
  conta_bloqueada: 'Peça ao administrador do portal que desbloqueie a conta antes de tentar de novo.',
  codigo_necessario: 'O portal pediu um código: execute de novo com alguém à tela para informá-lo.',
  sessao_expirada: 'O portal encerrou a sessão no meio. Execute de novo só as falhas.',
  portal_fora: 'O portal não respondeu. Espere alguns minutos e execute de novo só as falhas.',
  manutencao: 'O portal está em manutenção. Tente mais tarde.',
  certificado: 'O certificado do portal não é válido. Avise o suporte antes de continuar.',
  pagina_mudou: 'A página do portal mudou: avise o suporte; a imagem e o HTML da página estão entre os arquivos.',
  arquivo_invalido: 'O portal entregou um arquivo que não serve; ele está em quarentena, entre os arquivos.',
  caminho: 'Confira as pastas em Configurações › Caminhos.',
  configuracao: 'Complete a configuração do sistema em Configurações e execute de novo.',
  sem_navegador: 'Instale o Edge, o Chrome ou o Chromium na máquina do ETL Hub.',
  parcial: 'Uma parte foi coletada. Execute de novo só as falhas para buscar o resto.',
  interno: 'Falha do próprio ETL Hub: veja os logs e informe o suporte.',
}

export function advice(codigo: string | null): string | null {
  return codigo ? (ADVICE[codigo] ?? null) : null
}
