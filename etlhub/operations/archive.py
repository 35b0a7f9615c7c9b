"""The file of a backup: a ZIP whose `manifesto.json` names every part with its size and SHA-256.

Parts: `banco/…` (the database), `config/…`, `chaves.json` (sealed under a passphrase, see credentials.backup), `arquivos/…`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from etlhub.errors import HubError

FORMAT = "etlhub-backup-completo"
VERSION = 1
MANIFEST = "manifesto.json"
KEYS = "chaves.json"
SQLITE = "banco/etlhub.sqlite3"
POSTGRES = "banco/postgres.dump"
CONFIG = "config/"
FILES = "arquivos/"
MAX_MANIFEST_BYTES = 256 * 1024**2
CHUNK = 1024 * 1024
LEVEL = 3
_BAD_NAME = re.compile(r"\x00|^/|//|/$|(?:^|/)\.{1,2}(?:/|$)")
_BAD_ON_WINDOWS = re.compile(r'[\x00-\x1f\\:*?"<>|]|[. ](?:/|$)')


class BadBackup(HubError):
    """The file is no whole backup, or not one that this hub can take."""


@dataclass(frozen=True)
class Part:
    nome: str
    tamanho: int
    sha256: str


@dataclass
class Manifest:
    """What a backup holds. `banco` is `sqlite` or `postgresql`; `migracoes` are `app.name`; times are ISO 8601."""

    versao_hub: str
    criado_em: str
    banco: str
    pasta_dados: str
    migracoes: list[str]
    chaves: bool
    arquivos: bool
    partes: list[Part] = field(default_factory=list)


class Writer:
    """Writes parts one by one, counting and hashing them; `close` writes the manifest."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=LEVEL)

    def add(self, name: str, content: bytes) -> None:
        self._zip.writestr(name, content)
        self.manifest.partes.append(Part(name, len(content), hashlib.sha256(content).hexdigest()))

    def add_file(self, name: str, path: Path, *, packed: bool = False) -> None:
        """A file's content as it is read now; `packed` when it is compressed already."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digest, count = hashlib.sha256(), 0
        with path.open("rb") as source, self._zip.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                digest.update(chunk)
                count += len(chunk)
        self.manifest.partes.append(Part(name, count, digest.hexdigest()))

    def close(self) -> None:
        body = {"formato": FORMAT, "versao": VERSION, **asdict(self.manifest)}
        self._zip.writestr(MANIFEST, json.dumps(body, ensure_ascii=False, indent=1))
        self._zip.close()

    def abandon(self) -> None:
        """Let go of the file without a manifest."""
        self._zip.close()


class Reader:
    """Opens a backup; BadBackup when it is none. Parts are believed only after their sum was checked."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise BadBackup(f"O arquivo {path} não existe.") from None
        except (OSError, zipfile.BadZipFile):
            raise BadBackup(f"O arquivo {path} não é um backup do ETL Hub, ou está incompleto.") from None
        self.manifest = self._read_manifest()
        self.parts = {part.nome: part for part in self.manifest.partes}
        self._check_names()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def size(self) -> int:
        """Bytes of all parts, unpacked."""
        return sum(part.tamanho for part in self.manifest.partes)

    def _read_manifest(self) -> Manifest:
        try:
            info = self._zip.getinfo(MANIFEST)
            if info.file_size > MAX_MANIFEST_BYTES:
                raise BadBackup("O manifesto do backup é grande demais.")
            body: dict[str, Any] = json.loads(self._zip.read(info))
            known = (body.pop("formato"), body.pop("versao"))
            body["partes"] = [Part(str(p["nome"]), int(p["tamanho"]), str(p["sha256"])) for p in body["partes"]]
            manifest = Manifest(**body)
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile, OSError, RecursionError):
            raise BadBackup("O arquivo não é um backup do ETL Hub: falta o manifesto, ou está danificado.") from None
        if known != (FORMAT, VERSION):
            raise BadBackup("Este backup foi feito por outra versão do ETL Hub, que esta não sabe ler.")
        return manifest

    def _check_names(self) -> None:
        names = [name for name in self._zip.namelist() if name != MANIFEST]
        if sorted(names) != sorted(self.parts) or len(self.parts) != len(self.manifest.partes):
            raise BadBackup("O conteúdo do backup não é o que o manifesto diz; nada foi restaurado.")
        bad = [name for name in names if _BAD_NAME.search(name) or (os.name == "nt" and _BAD_ON_WINDOWS.search(name))]
        if bad:
            raise BadBackup("O backup tem um nome de arquivo que não é aceito; nada foi restaurado.")

    def read(self, name: str) -> bytes:
        """A small part, checked."""
        content = bytearray()
        for chunk in self._chunks(name):
            content += chunk
        return bytes(content)

    def extract(self, name: str, target: Path) -> None:
        """A part to `target`, checked; BadBackup leaves a file behind that the caller must not use."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for chunk in self._chunks(name):
                file.write(chunk)

    def verify(self) -> None:
        """Read every part and compare its sum."""
        for name in self.parts:
            for _ in self._chunks(name):
                pass

    def _chunks(self, name: str) -> Iterator[bytes]:
        part = self.parts[name]
        digest, left = hashlib.sha256(), part.tamanho
        try:
            with self._zip.open(name) as source:
                yield from _bounded(source, left, digest)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
            raise BadBackup(f"O backup está danificado em {name} ({type(error).__name__}).") from None
        if digest.hexdigest() != part.sha256:
            raise BadBackup(f"O backup está danificado: {name} não confere com a soma do manifesto.")


def _bounded(source: IO[bytes], size: int, digest: Any) -> Iterator[bytes]:
    """Exactly `size` bytes, hashed on the way; ValueError when there are more or fewer."""
    left = size
    while chunk := source.read(min(CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            raise ValueError
        digest.update(chunk)
        yield chunk
    if left:
        raise ValueError
