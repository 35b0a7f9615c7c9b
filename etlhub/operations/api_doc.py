"""The page on the API, from the OpenAPI that the hub itself serves: addresses, roles, fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

HEAD = """\
# API

Feita a partir do código por `python manage.py show_api --write docs/api.md`; não edite à mão. As descrições são as do
código, em inglês. O mesmo em OpenAPI 3.1 está em `/api/openapi.json` (para quem entrou).

Um script entra com um token de API, criado por `POST /api/tokens` e mostrado uma só vez:

```
curl -H "Authorization: Bearer $TOKEN" http://localhost:4001/api/jobs?limit=5
```

O papel que cada endereço pede está em [Papéis](papeis.md). Todo erro tem o mesmo formato: `detail` diz em português o que
houve; com 422, `campos` traz cada campo errado. Com 429, `Retry-After` diz quantos segundos esperar. Toda resposta traz
`X-Request-ID`, o número por que o pedido é achado nos registros; um que o cliente mandar é mantido.
"""
METHODS = ("get", "post", "put", "patch", "delete")


def markdown(schema: dict[str, Any]) -> str:
    """docs/api.md."""
    return "\n".join([HEAD, *_operations(schema), *_models(schema)]).rstrip() + "\n"


def _operations(schema: dict[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                by_tag.setdefault((operation.get("tags") or ["outros"])[0], []).append((method, path, operation))
    for tag, found in by_tag.items():
        yield f"## {tag[:1].upper()}{tag[1:]}\n"
        for method, path, operation in found:
            yield f"### `{method.upper()} {path}`\n"
            yield from _operation(operation)


def _operation(operation: dict[str, Any]) -> Iterator[str]:
    if text := str(operation.get("description", "")).strip():
        yield f"{_plain(text)}\n"
    yield f"Papel: {operation.get('x-papel') or 'nenhum (aberto)'}.\n"
    parameters = operation.get("parameters") or []
    if parameters:
        yield "| parâmetro | onde | tipo | obrigatório |\n|---|---|---|---|"
        for each in parameters:
            needed = "sim" if each.get("required") else ""
            yield f"| `{each['name']}` | {each['in']} | {_type(each.get('schema', {}))} | {needed} |"
        yield ""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Corpo (`{media}`): {_type(content.get('schema', {}))}\n"
    for status, response in operation.get("responses", {}).items():
        for content in response.get("content", {}).values():
            if status != "default":
                yield f"Resposta {status}: {_type(content.get('schema', {}))}\n"


def _models(schema: dict[str, Any]) -> Iterator[str]:
    yield "## Objetos\n"
    for name, model in sorted(schema.get("components", {}).get("schemas", {}).items()):
        yield f"### {name}\n"
        if text := str(model.get("description", "")).strip():
            yield f"{_plain(text)}\n"
        if "properties" not in model:
            yield f"{_type(model)}\n"
            continue
        needed = set(model.get("required", ()))
        yield "| campo | tipo | obrigatório | |\n|---|---|---|---|"
        for field, what in model["properties"].items():
            about = _plain(str(what.get("description", ""))).replace("|", "\\|").replace("\n", " ")
            yield f"| `{field}` | {_type(what)} | {'sim' if field in needed else ''} | {about} |"
        yield ""


def _type(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words, naming other objects by a link."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " ou ".join(dict.fromkeys(_type(each) for each in schema[word]))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = schema.get("type", "qualquer")
    if kind == "array":
        return f"lista de {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"objeto de {_type(schema['additionalProperties'])}"
    names = {
        "string": "texto",
        "integer": "inteiro",
        "number": "número",
        "boolean": "booleano",
        "null": "nulo",
        "object": "objeto",
    }
    text = names.get(str(kind), str(kind))
    return f"{text} ({schema['format']})" if "format" in schema else text


def _plain(text: str) -> str:
    """Braces and angle brackets as they are: neither a template nor HTML."""
    return text.replace("<", "&lt;").replace(">", "&gt;")
