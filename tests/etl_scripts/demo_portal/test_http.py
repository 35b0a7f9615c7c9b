"""The server itself: odd requests, many at once, workbooks of the home page."""

from __future__ import annotations

import io
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import openpyxl

from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.constants import MAX_SESSIONS
from etl_scripts.demo_portal.sessions import SessionStore


def raw(portal: DemoPortal, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_odd_requests_are_answered(portal: DemoPortal) -> None:
    assert b" 413 " in raw(portal, b"POST /fidc/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
    assert b" 413 " in raw(portal, b"POST /fidc/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
    assert b" 400 " in raw(portal, b"GET /fidc/login?" + b"&".join([b"a=1"] * 3000) + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 200 " in raw(portal, b"GET /fidc/login HTTP/1.0\r\nCookie: ;;=;\xff\r\n\r\n")
    assert b" 404 " in raw(portal, b"GET /fidc/%2e%2e/%00 HTTP/1.0\r\n\r\n")
    assert b" 302 " in raw(portal, b"GET /fidc HTTP/1.0\r\n\r\n")


def test_many_at_once(portal: DemoPortal) -> None:
    with httpx.Client(base_url=portal.base_url) as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.get("/qore/login").status_code, range(64)))
    assert answers == [200] * 64
    assert portal.requests.count("GET /qore/login") == 64


def test_sessions_are_bounded() -> None:
    store = SessionStore()
    first = store.open(None)
    assert store.open(first.key) is first
    for _ in range(MAX_SESSIONS):
        store.open(None)
    assert store.open(first.key) is not first


def test_the_workbooks_of_the_home_page(client: httpx.Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/arquivos/bd.xlsx").content))
    rows = [(row[0].value, row[9].value) for row in book["BD"].iter_rows(min_row=2)]
    assert ("ARAUCÁRIA FIC FIM", "QORE") in rows
    book = openpyxl.load_workbook(io.BytesIO(client.get("/arquivos/de-para.xlsx").content))
    assert [cell.value for cell in book["De Para"][2]] == ["ARAUCÁRIA FIC FIM", "001 - Araucária Fic Fim"]


def test_two_servers_do_not_share_anything() -> None:
    with DemoPortal() as one, DemoPortal() as two:
        one.faults.set("fidc", "erro_500")
        assert httpx.get(one.url("fidc")).status_code == 500
        assert httpx.get(two.url("fidc")).status_code == 302
