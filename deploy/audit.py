"""Looks up known faults in what the hub depends on: `python -m deploy.audit`, in the project's environment.

Python packages by pip-audit (run apart from the environment, through uv), the front end's by npm. Ends with 0 when none is
known, 1 when some are, 2 when a part could not be looked up (no network, no npm).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIP_AUDIT = "pip-audit==2.10.1"
LIMIT_SECONDS = 300
CLEAN, FAULTS, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class Fault:
    """A known fault of one package."""

    package: str
    version: str
    id: str
    fixed_in: str

    def __str__(self) -> str:
        mended = f"corrigido em {self.fixed_in}" if self.fixed_in else "ainda sem correção"
        return f"{self.package} {self.version}: {self.id}, {mended}"


class NotLookedUp(Exception):
    """A part could not be examined; the message says why."""


def main() -> int:
    """Examine both parts and say what was found."""
    worst = CLEAN
    for name, look in (("Pacotes Python", python_faults), ("Interface (npm)", npm_faults)):
        try:
            faults = look()
        except NotLookedUp as error:
            print(f"{name}: não foi possível verificar: {error}")
            worst = max(worst, UNKNOWN)
            continue
        print(f"{name}: {'nenhuma falha conhecida' if not faults else f'{len(faults)} falha(s) conhecida(s)'}")
        for fault in faults:
            print(f"  {fault}")
        worst = worst or (FAULTS if faults else CLEAN)
    return worst


def python_faults() -> list[Fault]:
    """Faults of the packages installed beside this Python, at their exact versions."""
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    if uv is None:
        raise NotLookedUp("falta o uv; rode “python3 start.py” uma vez")
    frozen = _run([uv, "pip", "freeze", "--python", sys.executable], "uv").stdout
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "requirements.txt"
        pinned.write_text("".join(f"{line}\n" for line in frozen.splitlines() if "==" in line), encoding="utf-8")
        flags = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "-r", str(pinned)]
        done = _run([uv, "tool", "run", "--from", PIP_AUDIT, "pip-audit", *flags], "pip-audit", good=(0, 1))
    return pip_audit_faults(done.stdout, done.stderr)


def pip_audit_faults(text: str, errors: str = "") -> list[Fault]:
    """The faults in pip-audit's JSON report."""
    report = _json(text, errors)
    return [
        Fault(package["name"], package["version"], fault["id"], ", ".join(fault.get("fix_versions", ())))
        for package in report.get("dependencies", ())
        for fault in package.get("vulns", ())
    ]


def npm_faults() -> list[Fault]:
    """Faults of what the built front end is made of; its tools are not in it."""
    npm = shutil.which("npm.cmd" if sys.platform == "win32" else "npm")
    if npm is None:
        raise NotLookedUp("o npm não está instalado")
    done = _run([npm, "audit", "--omit=dev", "--json"], "npm", cwd=ROOT / "frontend", good=(0, 1))
    return npm_audit_faults(done.stdout, done.stderr)


def npm_audit_faults(text: str, errors: str = "") -> list[Fault]:
    """The faults in npm's JSON report (its version 2)."""
    report = _json(text, errors)
    if "vulnerabilities" not in report:
        raise NotLookedUp(str(report.get("message") or report.get("error", "resposta desconhecida do npm"))[:200])
    return [
        Fault(name, str(found.get("range", "")), advisory.get("url") or advisory.get("title", "?"), _mended(found))
        for name, found in report["vulnerabilities"].items()
        for advisory in found.get("via", ())
        if isinstance(advisory, dict)
    ]


def _mended(found: dict[str, object]) -> str:
    fix = found.get("fixAvailable")
    if isinstance(fix, dict):
        return f"{fix.get('name')} {fix.get('version')}"
    return "uma versão mais nova" if fix else ""


def _json(text: str, errors: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise NotLookedUp((errors.strip().splitlines() or ["sem resposta"])[-1][:200]) from None
    if not isinstance(found, dict):
        raise NotLookedUp("resposta desconhecida")
    return found


def _run(
    argv: list[str], name: str, *, cwd: Path = ROOT, good: tuple[int, ...] = (0,)
) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            argv, cwd=cwd, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
            timeout=LIMIT_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotLookedUp(f"o {name} não terminou em {LIMIT_SECONDS} s") from None
    except OSError as error:
        raise NotLookedUp(f"o {name} não pôde ser iniciado: {error.strerror}") from None
    if done.returncode not in good:
        raise NotLookedUp((done.stderr.strip().splitlines() or [f"o {name} falhou"])[-1][:200])
    return done


if __name__ == "__main__":
    sys.exit(main())
