"""The dependency audit: reads the tools' reports as they write them, and says so when it could not look."""

from __future__ import annotations

import json

import pytest

from deploy import audit

PIP = {
    "dependencies": [
        {"name": "good", "version": "1.0", "vulns": []},
        {"name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1", "3.0"]}]},
    ]
}
NPM = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "lib": {"range": "<1.2", "via": [{"url": "https://example.org/GHSA-1"}], "fixAvailable": True},
        "user": {"range": "*", "via": ["lib"], "fixAvailable": False},
    },
}


def test_the_reports_are_read() -> None:
    assert [str(each) for each in audit.pip_audit_faults(json.dumps(PIP))] == [
        "bad 2.0: PYSEC-1, corrigido em 2.1, 3.0"
    ]
    assert [str(each) for each in audit.npm_audit_faults(json.dumps(NPM))] == [
        "lib <1.2: https://example.org/GHSA-1, corrigido em uma versão mais nova"
    ]


@pytest.mark.parametrize("text", ["", "no network", "[]", '{"error": {"summary": "ENOTFOUND"}}'])
def test_what_was_not_looked_up_is_not_called_clean(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(audit.NotLookedUp):
        audit.npm_audit_faults(text, "request failed")


@pytest.mark.parametrize(("faults", "code"), [([], 0), ([audit.Fault("a", "1", "X", "")], 1), (None, 2)])
def test_the_exit_code_tells_the_worst(
    faults: list[audit.Fault] | None, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def look() -> list[audit.Fault]:
        if faults is None:
            raise audit.NotLookedUp("sem rede")
        return faults

    monkeypatch.setattr(audit, "python_faults", look)
    monkeypatch.setattr(audit, "npm_faults", list)
    assert audit.main() == code
    said = capsys.readouterr().out
    assert {0: "nenhuma falha conhecida", 1: "a 1: X, ainda sem correção", 2: "sem rede"}[code] in said
