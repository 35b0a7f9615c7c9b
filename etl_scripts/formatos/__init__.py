"""Reads the files that the portals give into one model, and checks that what they say holds together.

Pure: no Django, no network. Heavy libraries (polars, lxml, calamine, pypdf) load only when a file of theirs is read.
"""

from .conferencia import conferir
from .leitura import FORMATOS, descobrir_formato, ler
from .modelo import CLASSES, CarteiraLida, Classe, ErroDeLeitura, Leitura, Posicao

__all__ = [
    "CLASSES",
    "FORMATOS",
    "CarteiraLida",
    "Classe",
    "ErroDeLeitura",
    "Leitura",
    "Posicao",
    "conferir",
    "descobrir_formato",
    "ler",
]
