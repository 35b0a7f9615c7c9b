"""Units, container files, dashboard and alerts name only what exists: settings, metrics, files, secrets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from etlhub.operations import metrics
from tests.hub import ROOT

DEPLOY = ROOT / "deploy"
SETTINGS = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
METRIC = re.compile(r"etlhub_[a-z_]+")
HISTOGRAM = re.compile(r"_(?:bucket|sum|count)$")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_compose_names_only_what_exists() -> None:
    made = compose()
    services = made["services"]
    for name, service in services.items():
        assert set(service.get("secrets", [])) <= set(made["secrets"]), name
        assert set(service.get("networks", [])) <= set(made["networks"]), name
        waits = service.get("depends_on", {})
        assert set(waits) <= set(services), name
        for other, how in waits.items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[other], (name, other)
        for volume in service.get("volumes", []):
            source = volume.split(":", 1)[0]
            assert source in made["volumes"] or (DEPLOY / "container" / source).is_file(), (name, source)
    for name in ("web", "worker", "vigia", "preparo"):
        assert set(services[name]["environment"]) <= SETTINGS, name
        assert services[name]["read_only"] is True
        assert "no-new-privileges:true" in services[name]["security_opt"]
    assert "externa" not in services["postgres"]["networks"] + services["valkey"]["networks"]


def test_commands_of_compose_are_commands_of_the_hub() -> None:
    commands = {
        path.stem for folder in ("etlhub", "jobs") for path in (ROOT / folder / "management" / "commands").glob("*.py")
    }
    for name in ("web", "worker", "vigia", "preparo"):
        assert compose()["services"][name]["command"][0] in commands


def test_the_image_copies_what_is_there_and_what_it_needs() -> None:
    text = (DEPLOY / "container" / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for names in copied:
        for name in names.split():
            assert (ROOT / name).exists(), name
    folders = {name.rstrip("/") for names in copied for name in names.split()}
    assert {"credentials", "deploy", "etl_scripts", "etlhub", "jobs", "portfolio", "sistemas"} <= folders
    assert "USER etlhub" in text


def test_the_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    script = shutil.copy(DEPLOY / "container" / "segredos.py", tmp_path)
    for _ in range(2):
        subprocess.run(["python3", script], check=True, capture_output=True, timeout=30)
    folder = tmp_path / "segredos"
    first = {path.name: path.read_text() for path in folder.iterdir()}
    subprocess.run(["python3", script], check=True, capture_output=True, timeout=30)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    wanted = {Path(each["file"]).name for each in compose()["secrets"].values()}
    assert set(first) == wanted
    assert folder.stat().st_mode & 0o077 == 0
    assert first["postgres_password"] in first["database_url"]
    assert first["redis_url"].split(":")[2].split("@")[0] in first["valkey.conf"]


def test_dashboard_and_alerts_ask_for_metrics_that_there_are(catalogo: None) -> None:
    text = metrics.exposition().decode()
    known = {name for line in text.splitlines() if line.startswith("# TYPE") for name in METRIC.findall(line)}
    known |= {f"{name}_total" for name in known} | {
        "etlhub_backup_last_timestamp_seconds",
        "etlhub_workers",
        "etlhub_watchmen",
    }
    dashboard = json.loads((DEPLOY / "grafana" / "etlhub.json").read_text(encoding="utf-8"))
    alerts = yaml.safe_load((DEPLOY / "grafana" / "alertas.yml").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    used = {HISTOGRAM.sub("", name) for expression in asked for name in METRIC.findall(expression)}
    assert used - known == set()
    assert len(dashboard["panels"]) == len({panel["id"] for panel in dashboard["panels"]})


def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return  # on a system without systemd there is nothing that could judge them
    for path in (DEPLOY / "systemd").iterdir():
        name = path.name.replace("web@.", "web@4001.").replace("@.", "@1.")
        # The programs of the target machine are not here; everything else is judged.
        unit = re.sub(r"/opt/etlhub/\.venv/bin/python|/usr/bin/python3", "/bin/sh", path.read_text(encoding="utf-8"))
        (tmp_path / name).write_text(unit, encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run([tool, "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "ignoring" not in done.stderr


def test_units_and_their_settings_are_hardened() -> None:
    for path in (DEPLOY / "systemd").glob("*.service"):
        unit = path.read_text(encoding="utf-8")
        for wanted in ("NoNewPrivileges=yes", "ProtectSystem=strict", "LoadCredential=", "UMask=0077", "LimitCORE=0"):
            assert wanted in unit, (path.name, wanted)
        assert set(re.findall(r"\b(ETLHUB_[A-Z_]+)=", unit)) <= SETTINGS


def test_the_windows_service_file_is_well_formed_and_filled_by_the_script() -> None:
    text = (DEPLOY / "windows" / "etlhub.xml").read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).findtext("id") == "etlhub"
    script = (DEPLOY / "windows" / "instalar.ps1").read_text(encoding="utf-8-sig")
    assert set(re.findall(r"{{(\w+)}}", text)) == set(re.findall(r"{{(\w+)}}", script))
