"""Makes one archive of a release: the code, the built front end and, when asked, every Python package.

`python deploy/build.py [--saida PASTA] [--wheelhouse] [--plataforma linux|windows] [--python 3.12]`. From the unpacked archive
`start.py` runs without Node and, with the packages inside, without a network.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.launcher import commands, environment, frontend  # noqa: E402  (needs the path above)
from deploy.launcher.steps import Session, StartError, use_utf8  # noqa: E402

FOLDERS = ("credentials", "deploy", "docs", "etl_scripts", "etlhub", "jobs", "portfolio", "sistemas")
FILES = (
    ".env.example",
    "CHANGELOG.md",
    "INICIAR.bat",
    "LICENSE",
    "README.md",
    "manage.py",
    "requirements.txt",
    "requirements-extra.txt",
    "start.py",
)
BUILT = "frontend/dist"
STAMP = "versao.json"
GIT_SECONDS = 30.0
DOWNLOAD_SECONDS = 1800.0
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
# pip's names of the systems that a wheel may be for, and uv's name of the system to resolve for.
PLATFORMS = {
    "linux": (
        "x86_64-manylinux_2_28",
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    ),
    "windows": ("x86_64-pc-windows-msvc", ("win_amd64",)),
}


def main(argv: Sequence[str]) -> int:
    """0, or 1 with one sentence on stderr."""
    use_utf8()
    here = "windows" if sys.platform == "win32" else "linux"
    parser = argparse.ArgumentParser(description="Monta o arquivo de uma versão do ETL Hub.", add_help=True)
    parser.add_argument("--saida", type=Path, default=ROOT / "build", help="pasta do arquivo (padrão: build)")
    parser.add_argument("--wheelhouse", action="store_true", help="leva os pacotes do Python, para instalar sem rede")
    parser.add_argument("--plataforma", choices=sorted(PLATFORMS), default=here, help="sistema dos pacotes")
    parser.add_argument(
        "--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}", help="versão do Python deles"
    )
    wanted = parser.parse_args(list(argv))
    with tempfile.TemporaryDirectory(prefix="etlhub-build-") as name:
        work = Path(name)
        session = Session(ROOT, work)
        session.logs.mkdir()
        try:
            frontend.ensure(session)
            wheels = download(session, wanted.plataforma, wanted.python) if wanted.wheelhouse else None
            made = write(ROOT, wanted.saida, wheels)
        except (StartError, commands.CommandError, OSError) as error:
            print(f"Erro: {error}", file=sys.stderr)
            return 1
    print(f"{made}\n{made}.sha256")
    return 0


def version(root: Path) -> str:
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def write(root: Path, target: Path, wheels: Path | None) -> Path:
    """The archive in `target`, whole or not at all, and its SHA-256 beside it. The same sources give the same bytes."""
    name = f"etlhub-{version(root)}" + (f"-{tag_of(wheels)}" if wheels else "")
    commit, moment = _commit(root)
    target.mkdir(parents=True, exist_ok=True)
    archive, draft = target / f"{name}.zip", target / f".{name}.zip.parte"
    top = f"etlhub-{version(root)}"
    sums: dict[str, str] = {}
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for inside, content in _contents(root, wheels):
                sums[inside] = hashlib.sha256(content).hexdigest()
                _put(file, f"{top}/{inside}", content, moment)
            stamp = {"versao": version(root), "commit": commit, "data": moment.isoformat(), "arquivos": sums}
            _put(file, f"{top}/{STAMP}", json.dumps(stamp, indent=1).encode(), moment)
        draft.replace(archive)
    finally:
        draft.unlink(missing_ok=True)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="ascii")
    return archive


def _put(file: zipfile.ZipFile, name: str, content: bytes, moment: datetime) -> None:
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    file.writestr(info, content)


def _contents(root: Path, wheels: Path | None) -> Iterator[tuple[str, bytes]]:
    """(name inside, content), by name: the code as committed, so that nothing local slips in; the build; the wheels."""
    members: dict[str, bytes | Path] = {}
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", "HEAD"))) as code:
        for info in code:
            if info.isfile() and (info.name in FILES or info.name.split("/", 1)[0] in FOLDERS):
                stream = code.extractfile(info)
                members[info.name] = stream.read() if stream else b""
    built = root / BUILT
    if not (built / "index.html").is_file():
        raise StartError(f"Falta a interface montada em {built}.")
    members |= {path.relative_to(root).as_posix(): path for path in built.rglob("*") if path.is_file()}
    if wheels is not None:
        members |= {f"wheelhouse/{path.name}": path for path in wheels.iterdir() if path.is_file()}
    for name, content in sorted(members.items()):
        yield name, content.read_bytes() if isinstance(content, Path) else content


def _commit(root: Path) -> tuple[str, datetime]:
    """The commit's hash (with a mark when the front end was built of something else) and its time."""
    commit, seconds = _git(root, "log", "-1", "--format=%H %ct").decode().split()
    changed = _git(root, "status", "--porcelain", "frontend").strip()
    return commit + ("+interface-alterada" if changed else ""), max(datetime.fromtimestamp(int(seconds), UTC), EPOCH)


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True, timeout=GIT_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(f"A montagem precisa do git e do repositório ({type(error).__name__}).") from None
    return done.stdout


def download(session: Session, system: str, python: str) -> Path:
    """Every package of requirements.txt, and uv, as wheels for that system and Python; the folder they are in."""
    uv = shutil.which("uv") or environment.ensure(session).with_name("uv.exe" if sys.platform == "win32" else "uv")
    folder = session.data / "wheelhouse"
    folder.mkdir()
    resolved = session.data / "resolvido.txt"
    wanted = session.data / "pedido.txt"
    wanted.write_text(f"-r {(ROOT / 'requirements.txt').as_posix()}\n{environment.UV}\n", encoding="utf-8")
    target, names = PLATFORMS[system]
    # Resolved first, because pip would judge the markers (`sys_platform == …`) by this machine.
    resolve = [str(uv), "pip", "compile", str(wanted), "--output-file", str(resolved), "--quiet", "--no-header"]
    resolve += ["--no-annotate", "--python-platform", target, "--python-version", python]
    commands.run(session, resolve, timeout=DOWNLOAD_SECONDS)
    fetch = [*_pip(session), "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    fetch += [part for name in names for part in ("--platform", name)]
    fetch += ["--python-version", python, "--implementation", "cp", "--requirement", str(resolved)]
    with session.steps.step(f"Pacotes baixados para {system}, Python {python}", slow=True):
        commands.run(session, fetch, timeout=DOWNLOAD_SECONDS)
    tag = environment.wheelhouse_tag(python, {"linux": "linux", "windows": "win32"}[system], "x86_64")
    (folder / tag).touch()
    return folder


def tag_of(wheels: Path) -> str:
    """What the wheels are for, as in the archive's name."""
    return next(path.stem for path in wheels.glob(f"*{environment.TAG_SUFFIX}"))


def _pip(session: Session) -> list[str]:
    """A pip: this Python's, or the environment's, where uv may have left it out."""
    ways: Iterable[Path] = (Path(sys.executable), environment.python_of(session.root))
    for python in ways:
        if (
            python.exists()
            and subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
        ):
            return [str(python), "-m", "pip"]
    raise StartError(f"Falta o pip neste Python ({platform.python_version()}): instale-o com python -m ensurepip.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
