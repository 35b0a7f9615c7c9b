"""The BD workbook: which funds are collected from which portal."""

from __future__ import annotations

from pathlib import Path

from etl_scripts.erros import Falha


def coluna(letras: str) -> int:
    """The column's index from 0 (`A` = 0, `J` = 9). Raises Falha(configuracao)."""
    indice = 0
    for letra in letras.strip().upper():
        if not "A" <= letra <= "Z":
            raise Falha("configuracao", f"“{letras}” não é uma coluna de planilha.")
        indice = indice * 26 + ord(letra) - 64
    if not 1 <= indice <= 16_384:
        raise Falha("configuracao", f"“{letras}” não é uma coluna de planilha.")
    return indice - 1


def fundos_da_planilha(arquivo: Path, planilha: str, coluna_portal: str, coluna_fundo: str, portal: str) -> list[str]:
    """The names in `coluna_fundo` of the rows whose `coluna_portal` says `portal`. Raises Falha(caminho, configuracao)."""
    onde_portal, onde_fundo = coluna(coluna_portal), coluna(coluna_fundo)
    if not arquivo.is_file():
        raise Falha("caminho", f"A planilha de fundos (bd_xlsx) não existe: {arquivo}")
    from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

    try:
        linhas = CalamineWorkbook.from_path(str(arquivo)).get_sheet_by_name(planilha).to_python()
    except WorksheetNotFound:
        raise Falha("configuracao", f"A planilha {arquivo.name} não tem a aba “{planilha}”.") from None
    except (CalamineError, OSError) as causa:
        raise Falha("caminho", f"A planilha {arquivo.name} não pôde ser lida: {causa}") from causa
    nomes = [
        str(linha[onde_fundo]).strip()
        for linha in linhas
        if len(linha) > max(onde_portal, onde_fundo) and str(linha[onde_portal]).strip().upper() == portal
    ]
    unicos = list(dict.fromkeys(nome for nome in nomes if nome))
    if not unicos:
        raise Falha(
            "configuracao",
            f"A aba {planilha} de {arquivo.name} não tem fundos com “{portal}” na coluna {coluna_portal}.",
        )
    return unicos
