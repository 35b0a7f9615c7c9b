"""CVM open data: both layouts, ranges, tags."""

from __future__ import annotations

import csv
import io
import zipfile

import httpx
import pytest

from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.funds import FUNDS

NOVEMBER = "/cvm/inf_diario_fi_202611.zip"


def rows_of(content: bytes) -> list[list[str]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    (name,) = archive.namelist()
    return list(csv.reader(io.StringIO(archive.read(name).decode("latin-1")), delimiter=";"))


@pytest.mark.parametrize(
    ("month", "start"),
    [
        ("202412", ["TP_FUNDO", "CNPJ_FUNDO", "DT_COMPTC"]),
        ("202501", ["TP_FUNDO_CLASSE", "CNPJ_FUNDO_CLASSE", "ID_SUBCLASSE", "DT_COMPTC"]),
    ],
)
def test_layout_of_the_time(client: httpx.Client, month: str, start: list[str]) -> None:
    rows = rows_of(client.get(f"/cvm/dados/FI/DOC/INF_DIARIO/DADOS/inf_diario_fi_{month}.zip").content)
    assert rows[0][: len(start)] == start
    assert {row[1] for row in rows} >= {fund.cnpj_formatado for fund in FUNDS}
    assert all(len(row) == len(rows[0]) for row in rows)


def test_the_current_month_ends_yesterday(client: httpx.Client) -> None:
    rows = rows_of(client.get(NOVEMBER).content)
    assert max(row[3] for row in rows[1:]) == "2026-11-24"
    assert client.get("/cvm/inf_diario_fi_202612.zip").status_code == 404
    assert "inf_diario_fi_202611.zip" in client.get("/cvm/").text


def read_until_cut(client: httpx.Client, got: bytearray) -> None:
    with client.stream("GET", NOVEMBER) as answer:
        for block in answer.iter_raw():
            got += block


def test_a_download_can_be_resumed(portal: DemoPortal, client: httpx.Client) -> None:
    whole = client.get(NOVEMBER)
    portal.faults.set("cvm", "meio_arquivo", "corte", vezes=1)
    part = bytearray()
    with pytest.raises(httpx.RemoteProtocolError):
        read_until_cut(client, part)
    assert part == whole.content[: len(part)]
    headers = {"Range": f"bytes={len(part)}-", "If-Range": whole.headers["etag"]}
    rest = client.get(NOVEMBER, headers=headers)
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes {len(part)}-{len(whole.content) - 1}/{len(whole.content)}"
    assert part + rest.content == whole.content


def test_tags_and_ranges(client: httpx.Client) -> None:
    head = client.head(NOVEMBER)
    assert int(head.headers["content-length"]) == len(client.get(NOVEMBER).content)
    assert client.get(NOVEMBER, headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    assert client.get(NOVEMBER, headers={"Range": "bytes=99999999-"}).status_code == 416
    other = client.get(NOVEMBER, headers={"Range": "bytes=5-", "If-Range": '"outra"'})
    assert other.status_code == 200


def test_many_rows(portal: DemoPortal, client: httpx.Client) -> None:
    portal.faults.set("cvm", "arquivo_enorme", linhas=30_000)
    assert 29_000 < len(rows_of(client.get(NOVEMBER).content)) <= 30_001
