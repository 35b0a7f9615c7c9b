"""The documentation builds without a warning, and the pages made from the code say what the code says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from etlhub.operations import api_doc
from tests.hub import ROOT


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "seguranca" / "index.html").is_file()


def test_the_hooks_of_contributing_run_without_an_activated_environment(tmp_path: Path) -> None:
    """Git gives a hook the PATH of whoever commits: ours is nowhere on it."""
    ours = Path(sys.executable).parent
    path = os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if Path(each) != ours)
    environment = os.environ | {"PATH": path, "PRE_COMMIT_HOME": str(tmp_path)}
    for hook in ("ruff-check", "ruff-format"):
        command = [sys.executable, "-m", "pre_commit", "run", hook, "--files", "start.py"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert "Passed" in done.stdout, done.stdout + done.stderr


def test_the_page_on_the_api_is_the_one_of_this_code() -> None:
    from etlhub.api import api

    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert page == api_doc.markdown(api.get_openapi_schema()), "rode: manage.py show_api --write docs/api.md"


def test_a_schema_is_told_in_words() -> None:
    schema = {
        "paths": {
            "/api/x/{n}": {
                "post": {
                    "tags": ["coisas"],
                    "description": "Does <it>.",
                    "x-papel": "operador",
                    "parameters": [{"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Coisa"}}}
                    },
                    "responses": {
                        "200": {
                            "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}
                        }
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Coisa": {
                    "required": ["a"],
                    "properties": {
                        "a": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                        "b": {"enum": ["x", "y"]},
                    },
                }
            }
        },
    }
    page = api_doc.markdown(schema)
    for line in (
        "## Coisas",
        "### `POST /api/x/{n}`",
        "Does &lt;it&gt;.",
        "Papel: operador.",
        "| `n` | path | inteiro | sim |",
        "Corpo (`application/json`): [Coisa](#coisa)",
        "Resposta 200: lista de texto",
        "| `a` | texto (date) ou nulo | sim |  |",
        "| `b` | `x`, `y` |  |  |",
    ):
        assert line in page.splitlines(), line
