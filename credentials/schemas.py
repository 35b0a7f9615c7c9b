"""The shapes of the answers of `/api/credentials`. What comes in is no schema's: its errors would repeat secrets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Problema(BaseModel):
    """Why a sistema cannot log in with what is held."""

    codigo: str
    mensagem: str


class SecaoOut(BaseModel):
    """One sistema's section. A held secret is `********`; which secrets there are, the sistema says."""

    model_config = ConfigDict(extra="allow")

    url: str
    username: str
    password: str = ""
    totp: str = ""
    fundos: list[str] = []
    fundos_selecionados: list[str] = []
    usar_todos: bool = True
    problema: Problema | None = None


class GeralOut(BaseModel):
    selecionados: list[str]


class DocumentOut(BaseModel):
    """The document; beside these stand the sections, by sistema, `amplis` and other groups holding theirs by name."""

    model_config = ConfigDict(extra="allow")

    version: str
    paths: dict[str, str]
    fundos: GeralOut


class SituacaoOut(BaseModel):
    """Whether a sistema can log in: `situacao` is `ok` or a code of what is wrong."""

    situacao: str
    mensagem: str
    recusada_em: str | None
    tem_totp: bool
    sem_login: bool


class SituacoesOut(BaseModel):
    sistemas: dict[str, SituacaoOut]


class SavedOut(BaseModel):
    """`alterados`: the paths of what is new."""

    success: bool = True
    status: str = "success"
    message: str
    alterados: list[str]


class TestOut(BaseModel):
    """How a login went; `codigo` is one of the codes of a run's result."""

    __test__ = False  # pytest takes the name for a test

    success: bool
    status: str
    message: str
    codigo: str
    duracao_segundos: float
