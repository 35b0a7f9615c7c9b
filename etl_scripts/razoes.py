"""Why the operating system refused a file or folder, in the words of the user."""

from __future__ import annotations

import errno
from typing import Final

RAZOES: Final = {
    errno.EACCES: "sem permissão",
    errno.EPERM: "sem permissão",
    errno.ENOSPC: "disco cheio",
    errno.EROFS: "só pode ser lido",
    errno.ENOENT: "não existe",
    errno.ENOTDIR: "uma parte do caminho não é uma pasta",
    errno.EISDIR: "é uma pasta",
    errno.EEXIST: "já existe um arquivo com este nome",
    errno.ENAMETOOLONG: "nome longo demais",
    errno.EIO: "o disco ou o compartilhamento falhou",
    errno.ETIMEDOUT: "não respondeu a tempo",
}


def razao(erro: OSError) -> str:
    """One of the usual reasons; else the system's own words (on Windows in its language)."""
    return RAZOES.get(erro.errno or 0) or erro.strerror or str(erro) or "erro do sistema"
