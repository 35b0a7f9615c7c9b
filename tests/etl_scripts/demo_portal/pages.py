"""Reading the pages as a plain HTTP client does."""

from __future__ import annotations

import httpx
from selectolax.lexbor import LexborHTMLParser

from etl_scripts.demo_portal import DEMO_PASSWORD, DEMO_USER


def parse(answer: httpx.Response) -> LexborHTMLParser:
    return LexborHTMLParser(answer.text)


def hidden_fields(answer: httpx.Response, form: str = "form") -> dict[str, str]:
    """What the page's form carries without being shown."""
    nodes = parse(answer).css(f"{form} input[type=hidden]")
    return {node.attributes["name"] or "": node.attributes["value"] or "" for node in nodes}


def has_id(answer: httpx.Response, element_id: str) -> bool:
    return parse(answer).css_first(f'[id="{element_id}"]') is not None


def texts(answer: httpx.Response, selector: str) -> list[str]:
    return [node.text(strip=True) for node in parse(answer).css(selector)]


def values(answer: httpx.Response, selector: str) -> list[str]:
    return [node.attributes.get("value") or "" for node in parse(answer).css(selector)]


def file_name(answer: httpx.Response) -> str:
    return answer.headers["content-disposition"].split('filename="')[1].split('"')[0]


def log_in_amplis(client: httpx.Client, sistema: str = "amplis_reag", password: str = DEMO_PASSWORD) -> httpx.Response:
    page = client.get(f"/{sistema}/")
    fields = {"loginForm:userLoginInput:campo": DEMO_USER, "loginForm:userPasswordInput": password}
    return client.post(f"/{sistema}/login.jsf", data={**hidden_fields(page), **fields, "loginForm:botaoOk": "OK"})


def log_in_fidc(client: httpx.Client) -> httpx.Response:
    page = client.get("/fidc/")
    fields = {"j_username": DEMO_USER, "j_password": DEMO_PASSWORD}
    return client.post("/fidc/j_spring_security_check", data={**hidden_fields(page), **fields})
