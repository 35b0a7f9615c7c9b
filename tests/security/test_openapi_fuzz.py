"""schemathesis asks every operation for nonsense, as nobody and as each role: never a 5xx, always as the OpenAPI says.

Deterministic and bounded; the login test of a portal is left out, it would call where the nonsense says.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from etlhub.access import Papel
from tests.hub import Hub
from tests.security.conftest import name_of

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"
)
EXAMPLES = {Papel.NENHUM: 1, Papel.VISUALIZADOR: 3, Papel.OPERADOR: 3, Papel.ADMINISTRADOR: 2}
PHASES = {Papel.ADMINISTRADOR: "coverage,fuzzing"}
LIMIT_SECONDS = 240


def token_of(hub: Hub, papel: Papel) -> str:
    with hub.client(name_of(papel)) as client:
        made = client.post("/api/tokens", json={"nome": "prova", "papel": name_of(papel), "dias": 1})
        return str(made.raise_for_status().json()["segredo"])


@pytest.fixture(scope="session")
def description(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    with hub.client("visualizador") as client:
        path.write_bytes(client.get("/api/openapi.json").raise_for_status().content)
    return path


@pytest.mark.parametrize("papel", list(Papel), ids=name_of)
def test_no_nonsense_breaks_an_operation_or_its_description(hub: Hub, description: Path, papel: Papel) -> None:
    config = description.with_name(f"{name_of(papel)}.toml")
    header = f'[headers]\nAuthorization = "Bearer {token_of(hub, papel)}"\n' if papel else ""
    config.write_text(header, encoding="utf-8")
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(description),
        "--url", hub.url, "--checks", CHECKS, "--phases", PHASES.get(papel, "fuzzing"),
        "--max-examples", str(EXAMPLES[papel]), "--seed", "1", "--no-shrink", "--warnings", "off",
        "--exclude-path-regex", "credentials/.*/test", "--request-timeout", "20", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=description.parent, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_web_log_shows_no_traceback(hub: Hub) -> None:
    """Stands after the others: what they provoked was answered, not survived."""
    log = (hub.folder / "web.log").read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:3000]
