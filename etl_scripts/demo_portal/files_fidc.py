"""FIDC stock files (“estoque”): one line a receivable, `;`, decimal comma, no dots for thousands, CRLF.

The columns are those that FIDC administrators' stock reports commonly have. VALOR_PRESENTE adds up to the carteira's
direitos creditórios, VALOR_PDD to its provision, to the cent. Lines are made one block at a time and never kept, so a
million of them costs no memory. Odd-numbered funds write Latin-1, even ones UTF-8 with a byte order mark, as is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from .data import Carteira
from .funds import FIDC_FUNDS, make_cnpj, make_cpf

COLUMNS = (
    "NOME_FUNDO", "DOC_FUNDO", "DATA_FUNDO", "NOME_GESTOR", "DOC_GESTOR", "NOME_ORIGINADOR", "DOC_ORIGINADOR",
    "NOME_CEDENTE", "DOC_CEDENTE", "NOME_SACADO", "DOC_SACADO", "SEU_NUMERO", "NU_DOCUMENTO", "TIPO_RECEBIVEL",
    "VALOR_NOMINAL", "VALOR_PRESENTE", "VALOR_AQUISICAO", "VALOR_PDD", "FAIXA_PDD", "DATA_REFERENCIA",
    "DATA_VENCIMENTO_ORIGINAL", "DATA_VENCIMENTO_AJUSTADA", "DATA_EMISSAO", "DATA_AQUISICAO", "PRAZO", "PRAZO_ATUAL",
    "SITUACAO_RECEBIVEL", "TAXA_CESSAO", "TX_RECEBIVEL", "COOBRIGACAO",
)  # fmt: skip
BLOCK_ROWS = 2000
_CEDENTES = tuple((f"CEDENTE FICTÍCIO {n:02d} LTDA.", make_cnpj(99_999_300 + n)) for n in range(1, 13))
_SACADOS = tuple((f"SACADO EXEMPLO {n:03d}", make_cpf(999_200_000 + n)) for n in range(1, 200))
_KINDS = ("DUPLICATA MERCANTIL", "CCB", "CHEQUE", "CONTRATO DE CRÉDITO CONSIGNADO")
_MANAGER = f"GESTORA FICTÍCIA LTDA.;{make_cnpj(99_999_401)}"


def encoding_of(carteira: Carteira) -> str:
    """The fund's own encoding."""
    return ("latin-1", "utf-8-sig")[FIDC_FUNDS.index(carteira.fundo) % 2]


def _cents(value: Decimal) -> int:
    return int(abs(value) * 100)


def _shares(total: int, count: int) -> Iterator[int]:
    """`count` different amounts that add up to `total`: in pairs about the mean, the rest in the last."""
    mean = total // count
    span = max(mean * 3 // 4, 1)
    for i in range(count - 1):
        shift = (i // 2) * 2_654_435_761 % span
        if i % 2 or i < count - 2:
            yield mean + (shift if i % 2 else -shift)
        else:
            yield mean
    yield total - mean * (count - 1)


def _plain(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def stock_lines(carteira: Carteira, rows: int) -> Iterator[str]:
    """The header and `rows` (at least 2) lines."""
    yield ";".join(COLUMNS)
    worth = {p.codigo: p.valor for p in carteira.of_class("credito")}
    overdue = max(rows // 12, 1)
    provision = _shares(_cents(worth["PDD"]), overdue)
    day = carteira.data
    fund = f"{carteira.fundo.nome};{carteira.fundo.cnpj_formatado};{day:%d/%m/%Y};{_MANAGER};"
    calendar = [(day + timedelta(days=n)).strftime("%d/%m/%Y") for n in range(-400, 400)]
    groups = (("VENCIDO", worth["DC-VC"], overdue), ("A VENCER", worth["DC-AV"], rows - overdue))
    number = 0
    for situation, total, count in groups:
        late = situation == "VENCIDO"
        for present in _shares(_cents(total), count):
            number += 1
            cedente, document = _CEDENTES[number % 12]
            sacado, cpf = _SACADOS[number * 7 % 199]
            pdd = next(provision) if late else 0
            term = 30 + number * 13 % 300
            left = -(1 + number % 90) if late else number % term + 1
            due, issued = calendar[400 + left], calendar[400 + max(left - term, -400)]
            yield (
                f"{fund}{cedente};{document};{cedente};{document};{sacado};{cpf};{number:09d};NF{number:08d};"
                f"{_KINDS[number % 4]};{_plain(present * 103 // 100)};{_plain(present)};{_plain(present * 96 // 100)};"
                f"{_plain(pdd)};{'D' if late else 'A'};{calendar[400]};{due};{due};{issued};{issued};{term};{left};"
                f"{situation};1,85;1,85;{'SIM' if number % 3 else 'NAO'}"
            )


def stock_blocks(carteira: Carteira, rows: int) -> Iterator[bytes]:
    """The file, a block at a time."""
    encoding = "latin-1" if encoding_of(carteira) == "latin-1" else "utf-8"
    if encoding == "utf-8":
        yield b"\xef\xbb\xbf"
    block: list[str] = []
    for line in stock_lines(carteira, rows):
        block.append(line)
        if len(block) >= BLOCK_ROWS:
            yield ("\r\n".join(block) + "\r\n").encode(encoding)
            block.clear()
    if block:
        yield ("\r\n".join(block) + "\r\n").encode(encoding)
