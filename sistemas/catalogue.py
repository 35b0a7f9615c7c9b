"""The default catalogue: sistemas, their opções, the folders they file into, and how these get into the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sistemas.models import Caminho, Fundo, Opcao, Periodo, Sistema


@dataclass(frozen=True)
class Default:
    """A sistema as it comes. `caminhos` are the keys of the folders that a run of it writes to."""

    id: str
    nome: str
    descricao: str
    icone: str
    caminhos: tuple[str, ...]
    opcoes: dict[str, bool] = field(default_factory=dict)
    ativo: bool = True
    demo_fundos: tuple[str, ...] = ()


# The funds that the demo portal knows; made-up names.
DEMO_FUNDOS = (
    "ARAUCÁRIA FIC FIM",
    "IPÊ ROXO FIDC",
    "JACARANDÁ FI RENDA FIXA",
    "PAU-BRASIL FIA",
    "SERINGUEIRA FIDC NP",
    "VITÓRIA-RÉGIA FIC FIM CP",
)
DEMO_FIDC = ("IPÊ ROXO FIDC", "SERINGUEIRA FIDC NP")
DEMO_SIGLAS = ("ARAU", "IPER", "JACA", "PAUB", "SERI", "VITO")

AMPLIS = {"csv": True, "pdf": True}
MAPS = {"excel": True, "pdf": True, "ativo": True, "passivo": True}
QORE = {"excel": True, "pdf": True, "lote_pdf": False, "lote_excel": False}

CATALOGUE: tuple[Default, ...] = (
    Default(
        "amplis_reag", "AMPLIS (REAG)", "Carteira diária, aplicações e resgates e contas a pagar", "BarChart3",
        ("csv", "pdf"), AMPLIS,
    ),
    Default(
        "amplis_master", "AMPLIS (Master)", "Carteira diária e contas a pagar", "BarChart3",
        ("csv", "pdf"), AMPLIS,
    ),
    Default(
        "maps", "MAPS", "Posição do ativo e do passivo por fundo", "Map",
        ("maps", "pdf"), MAPS, demo_fundos=DEMO_FUNDOS,
    ),
    Default(
        "fidc", "FIDC", "Estoque de direitos creditórios", "FileSpreadsheet",
        ("fidc",), demo_fundos=DEMO_FIDC,
    ),
    Default("jcot", "JCOT", "Posição de cotistas por período", "Database", ("jcot",)),
    Default(
        "britech", "BRITECH", "Saldos, histórico de cotas e posições", "Server",
        ("britech",), {"base_total": True},
    ),
    Default(
        "qore", "QORE", "Carteiras em PDF e Excel, uma a uma ou em lote", "FileCode",
        ("qore_excel", "qore_pdf"), QORE, demo_fundos=DEMO_SIGLAS,
    ),
    Default(
        "trustee", "TRUSTEE", "Conector genérico: precisa ser configurado para o portal real", "Shield",
        ("trustee",),
    ),
    Default(
        "cvm", "CVM", "Informe diário dos fundos (dados abertos da CVM)", "Landmark",
        ("cvm",), ativo=False,
    ),
)  # fmt: skip
BY_ID = {default.id: default for default in CATALOGUE}

CAMINHOS: dict[str, str] = {
    "csv": "CSV do AMPLIS",
    "pdf": "PDF das carteiras",
    "maps": "Planilhas do MAPS",
    "fidc": "Estoques do FIDC",
    "jcot": "Planilhas do JCOT",
    "britech": "Planilhas do BRITECH",
    "qore_excel": "Planilhas do QORE",
    "qore_pdf": "PDF do QORE",
    "bd_xlsx": "Planilha BD com a lista de fundos (um arquivo .xlsx)",
    "trustee": "Arquivos do TRUSTEE",
    "selenium_temp": "Pasta temporária dos downloads",
    "cvm": "Informes da CVM",
}
FILES = frozenset({"bd_xlsx"})
"""Keys that name a file, not a folder; they have no default and may stay empty."""


def default_path(chave: str) -> str:
    """The folder below the shared one that `chave` starts with; empty for a file."""
    return "" if chave in FILES else str(Path(settings.SHARED_DIR) / "downloads" / chave)


def caminhos_of(sistema_id: str) -> tuple[str, ...]:
    """The keys of the folders that a run of this sistema writes to; none for a sistema that is not of the catalogue."""
    default = BY_ID.get(sistema_id)
    return default.caminhos if default else ()


@transaction.atomic
def seed(*, demo: bool = True) -> list[str]:
    """Add what is missing of the catalogue and change nothing that is there; returns the ids of the sistemas added.

    With `demo`, a sistema added now starts with the demo portal's funds. Default folders are made on disk.
    """
    there = set(Sistema.objects.values_list("pk", flat=True))
    added = [default for default in CATALOGUE if default.id not in there]
    for default in added:
        _add(default, ordem=CATALOGUE.index(default) + 1, demo=demo)
    _seed_opcoes(there)
    _seed_caminhos()
    Periodo.objects.get_or_create(pk=1)
    return [default.id for default in added]


def _add(default: Default, *, ordem: int, demo: bool) -> None:
    sistema = Sistema.objects.create(
        pk=default.id,
        nome=default.nome,
        descricao=default.descricao,
        icone=default.icone,
        ativo=default.ativo,
        ordem=ordem,
    )
    _add_opcoes(sistema.pk, default, set())
    if demo:
        Fundo.objects.bulk_create(Fundo(sistema=sistema, nome=nome) for nome in default.demo_fundos)


def _seed_opcoes(sistema_ids: set[str]) -> None:
    """A later version may declare an opção that an older database lacks."""
    there: dict[str, set[str]] = {}
    for sistema_id, nome in Opcao.objects.values_list("sistema_id", "nome"):
        there.setdefault(sistema_id, set()).add(nome)
    for sistema_id in sistema_ids & BY_ID.keys():
        _add_opcoes(sistema_id, BY_ID[sistema_id], there.get(sistema_id, set()))


def _add_opcoes(sistema_id: str, default: Default, there: set[str]) -> None:
    Opcao.objects.bulk_create(
        Opcao(sistema_id=sistema_id, nome=nome, valor=valor, ordem=ordem)
        for ordem, (nome, valor) in enumerate(default.opcoes.items())
        if nome not in there
    )


def _seed_caminhos() -> None:
    there = set(Caminho.objects.values_list("chave", flat=True))
    for ordem, (chave, descricao) in enumerate(CAMINHOS.items()):
        if chave in there:
            continue
        caminho = default_path(chave)
        Caminho.objects.create(chave=chave, caminho=caminho, descricao=descricao, ordem=ordem)
        if caminho:
            Path(caminho).mkdir(parents=True, exist_ok=True)
