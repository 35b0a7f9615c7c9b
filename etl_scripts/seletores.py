"""Selectors: how a page's element is named, and a connector's table of them, which a TOML file may override.

A selector is text: `id=…` (literal, colons and all), `nome=…` (the name attribute), `texto=…` (a link, button or
menu entry by its visible text), plain CSS, or `CSS >> texto=…` (CSS narrowed to an exact text). Several separated
by ` || ` mean: the first that is there. `{n}`-like places are filled by the connector.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from etl_scripts.erros import Falha

CLICAVEIS: Final = "a, button, input[type=submit], input[type=button], li, option, label, span"


@dataclass(frozen=True, slots=True)
class Seletor:
    """One way to find an element: CSS, an exact text, or both."""

    css: str = CLICAVEIS
    texto: str = ""

    def __str__(self) -> str:
        if not self.texto:
            return self.css
        return f"texto “{self.texto}”" if self.css == CLICAVEIS else f"{self.css} com o texto “{self.texto}”"

    def com(self, valores: dict[str, object]) -> Seletor:
        """The same with its places filled."""
        css, texto = self.css, self.texto
        for nome, valor in valores.items():
            css = css.replace("{" + nome + "}", aspas(str(valor))[1:-1])
            texto = texto.replace("{" + nome + "}", str(valor))
        return Seletor(css, texto)


def aspas(valor: str) -> str:
    """`valor` as a CSS string."""
    return '"' + valor.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ") + '"'


def ler_seletor(texto: str) -> tuple[Seletor, ...]:
    """The alternatives that a selector's text names."""
    partes: list[Seletor] = []
    for bruto in texto.split(" || "):
        parte = bruto.strip()
        tipo, igual, valor = parte.partition("=")
        if igual and tipo == "id":
            partes.append(Seletor(css=f"[id={aspas(valor)}]"))
        elif igual and tipo == "nome":
            partes.append(Seletor(css=f"[name={aspas(valor)}]"))
        elif igual and tipo == "texto":
            partes.append(Seletor(texto=valor.strip()))
        else:
            css, _, exato = parte.partition(" >> texto=")
            partes.append(Seletor(css=css.strip(), texto=exato.strip()))
    return tuple(partes)


class Tabela:
    """A connector's selectors and settings by name, with what the engineer's file changes."""

    def __init__(self, seletores: dict[str, str], ajustes: dict[str, Any], origem: str = "") -> None:
        self._seletores = seletores
        self._ajustes = ajustes
        self.origem = origem

    def seletor(self, chave: str, **valores: object) -> tuple[Seletor, ...]:
        """The alternatives of selector `chave`, with `{n}`-like places filled."""
        return tuple(seletor.com(valores) for seletor in ler_seletor(self._seletores[chave]))

    def ajuste(self, chave: str) -> Any:
        """A setting of the connector (`[ajustes]`)."""
        return self._ajustes[chave]

    def __contains__(self, chave: str) -> bool:
        return bool(self._seletores.get(chave))


def carregar_tabela(sistema: str, padrao: dict[str, str], ajustes: dict[str, Any], pasta: Path | None) -> Tabela:
    """The declared table with `<pasta>/<sistema>.toml` laid over it. Raises Falha(configuracao) naming the wrong key."""
    arquivo = pasta / f"{sistema}.toml" if pasta else None
    if arquivo is None or not arquivo.is_file():
        return Tabela(dict(padrao), dict(ajustes))
    import tomllib

    try:
        dados = tomllib.loads(arquivo.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as causa:
        raise Falha("configuracao", f"O arquivo de seletores {arquivo.name} não pôde ser lido: {causa}") from causa
    # `transporte = "navegador"` at the top of the file reads well: loose values are settings.
    soltos = {chave: valor for chave, valor in dados.items() if not isinstance(valor, dict)}
    dados["ajustes"] = {**soltos, **_secao(dados, "ajustes", arquivo)}
    sobra = set(dados) - {"seletores", "ajustes"} - set(soltos)
    if sobra:
        raise Falha(
            "configuracao", f"{arquivo.name}: “{sorted(sobra)[0]}” não é conhecido; use [seletores] e [ajustes]."
        )
    novos = dict(padrao), dict(ajustes)
    for tabela, secao in zip(novos, ("seletores", "ajustes"), strict=True):
        for chave, valor in _secao(dados, secao, arquivo).items():
            if chave not in tabela:
                conhecidas = ", ".join(sorted(tabela))
                raise Falha("configuracao", f"{arquivo.name}: “{secao}.{chave}” não existe. Conhecidos: {conhecidas}.")
            esperado = type(tabela[chave])
            if esperado is float and isinstance(valor, int) and not isinstance(valor, bool):
                valor = float(valor)
            if not isinstance(valor, esperado):
                raise Falha("configuracao", f"{arquivo.name}: “{secao}.{chave}” tem um valor do tipo errado.")
            tabela[chave] = valor
    return Tabela(*novos, origem=str(arquivo))


def _secao(dados: dict[str, Any], nome: str, arquivo: Path) -> dict[str, Any]:
    secao = dados.get(nome, {})
    if not isinstance(secao, dict):
        raise Falha("configuracao", f"{arquivo.name}: “{nome}” precisa ser uma seção ([{nome}]).")
    return secao
