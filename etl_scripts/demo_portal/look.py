"""How the pages look: one style sheet of our own, and the small helpers that build HTML text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

STATIC = Path(__file__).with_name("static")


def page(title: str, body: str, *, portal: str = "", accent: str = "", script: str = "", body_class: str = "") -> str:
    """A whole page. `script` names a file of `static/` that runs at its end."""
    colour = f"<style>:root{{--accent:{accent}}}</style>" if accent else ""
    top = f'<header class="topo"><b>{escape(portal)}</b><span>{escape(title)}</span></header>' if portal else ""
    code = f'<script src="/_estatico/{script}"></script>' if script else ""
    css_class = f' class="{body_class}"' if body_class else ""
    return (
        f'<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/_estatico/estilo.css">{colour}</head><body{css_class}>'
        '<div class="faixa">Portal de demonstração: tudo aqui é inventado. <a href="/">O que é isto?</a></div>'
        f"{top}<main>{body}</main>{code}</body></html>"
    )


def hidden(fields: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" id="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )


def options(pairs: Iterable[tuple[str, str]], chosen: Iterable[str] = ()) -> str:
    picked = set(chosen)
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value in picked else ""}>{escape(text)}</option>'
        for value, text in pairs
    )


def error_box(message: str, element_id: str = "", css_class: str = "") -> str:
    """Empty when there is nothing to say."""
    if not message:
        return ""
    identity = f' id="{element_id}"' if element_id else ""
    return f'<div class="erro {css_class}"{identity} role="alert">{escape(message)}</div>'


def text_input(element: str, label: str, value: str = "", kind: str = "text") -> str:
    """A labelled field whose id is also its name."""
    return (
        f'<div><label for="{element}">{label}</label>'
        f'<input type="{kind}" id="{element}" name="{element}" value="{escape(value)}"></div>'
    )


def select(element: str, label: str, choices: str, attributes: str = "") -> str:
    """A labelled `select` whose id is also its name; `choices` is HTML."""
    field = f'<select id="{element}" name="{element}"{attributes}>{choices}</select>'
    return f'<div><label for="{element}">{label}</label>{field}</div>'


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], attributes: str = "") -> str:
    """A table; the cells are HTML."""
    top = "".join(f"<th>{head}</th>" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table{attributes}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def card(content: str, extra_class: str = "") -> str:
    return f'<div class="cartao {extra_class}">{content}</div>'
