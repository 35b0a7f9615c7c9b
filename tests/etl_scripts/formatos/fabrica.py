"""Files to read in the tests: those of the demonstration portals, and ANBIMA XML written here from the same carteiras."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from etl_scripts.demo_portal import files_csv, files_fidc, files_pdf, files_xlsx
from etl_scripts.demo_portal.data import Carteira, Position, carteira_of
from etl_scripts.demo_portal.funds import FIDC_FUNDS, FUNDS

DIA = date(2026, 11, 24)
ARAUCARIA = carteira_of(FUNDS[0], DIA)
FIDC = carteira_of(FIDC_FUNDS[0], DIA)
TODAS = tuple(carteira_of(fundo, DIA) for fundo in FUNDS)

_ELEMENTOS_401 = {"rf": "titpublico", "rv": "acoes", "credito": "titprivado"}
_TIPOS_50 = {"rf": "GOVE", "rv": "EQUI", "credito": "RECE", "caixa": "CASH"}
NS_50 = "urn:iso:std:iso:20022:tech:xsd:semt.003.001.04"


def xml_401(carteira: Carteira = ARAUCARIA, tributos: Decimal = Decimal(0), *, liquido: bool = True) -> bytes:
    """An ANBIMA 4.01 file. `tributos` are stated on each asset, whose value is before them unless `liquido` is false."""
    fundo = carteira.fundo
    ativos = "".join(_ativo_401(posicao, tributos, liquido) for posicao in carteira.posicoes)
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<arquivoposicao_4_01>
<fundo>
<header><isin>{fundo.isin}</isin><cnpj>{fundo.cnpj}</cnpj><nome>{escape(fundo.nome)}</nome>
<dtposicao>{carteira.data:%Y%m%d}</dtposicao><nomeadm>ADM</nomeadm><valorcota>{carteira.cota}</valorcota>
<quantidade>{carteira.quantidade_cotas}</quantidade><patliq>{carteira.patrimonio}</patliq>
<vlcotasemitir>0.00</vlcotasemitir><vlcotasresgatar>0.00</vlcotasresgatar></header>
{ativos}</fundo>
</arquivoposicao_4_01>
""".encode("iso-8859-1")


def _ativo_401(posicao: Position, tributos: Decimal, liquido: bool) -> str:
    if posicao.classe == "caixa":
        return f"<caixa><isininstituicao>BANCO</isininstituicao><tpconta>C</tpconta><saldo>{posicao.valor}</saldo></caixa>\n"
    if posicao.classe == "cpr":
        lado = "C" if posicao.valor >= 0 else "D"
        quando = f"<dt>20261201</dt><valor>{abs(posicao.valor)}</valor>"
        return f"<provisao><codprov>8</codprov><credeb>{lado}</credeb>{quando}</provisao>\n"
    nome = _ELEMENTOS_401[posicao.classe]
    valor = posicao.valor + (tributos if liquido else 0)
    return (
        f"<{nome}><isin>BR0</isin><codativo>{escape(posicao.codigo)}</codativo>"
        f"<qtdisponivel>{posicao.quantidade or 0}</qtdisponivel><qtgarantia>0</qtgarantia>"
        f"<puposicao>{posicao.preco or 0}</puposicao><valorfindisp>{valor}</valorfindisp>"
        f"<valorfinemgar>0</valorfinemgar><tributos>{tributos}</tributos><classeoperacao>C</classeoperacao></{nome}>\n"
    )


def xml_50(carteira: Carteira = ARAUCARIA, raiz: str = "GalgoAssBalStmt") -> bytes:
    """An ANBIMA 5.0 file with a prefix for the ISO namespace, as Galgo writes it."""
    fundo = carteira.fundo
    ativos = "".join(_ativo_50(posicao) for posicao in carteira.posicoes if posicao.classe != "cpr")
    provisoes = "".join(_provisao_50(posicao) for posicao in carteira.posicoes if posicao.classe == "cpr")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{raiz} xmlns="http://www.sistemagalgo.com/SchemaPosicaoAtivos"><BsnsMsg>
<n:Document xmlns:n="{NS_50}"><n:SctiesBalAcctgRpt>
<n:Pgntn><n:PgNb>1</n:PgNb><n:LastPgInd>true</n:LastPgInd></n:Pgntn>
<n:StmtGnlDtls><n:StmtDtTm><n:Dt>{carteira.data.isoformat()}</n:Dt></n:StmtDtTm></n:StmtGnlDtls>
<n:BalForAcct><n:FinInstrmId><n:ISIN>{fundo.isin}</n:ISIN>
<n:OthrId><n:Id>{fundo.cnpj}</n:Id><n:Tp><n:Cd>CNPJ</n:Cd></n:Tp></n:OthrId>
<n:Desc>{escape(fundo.nome)}</n:Desc></n:FinInstrmId>
{_quantidade_50(carteira.quantidade_cotas)}
{provisoes}{_preco_50("NAVL", carteira.cota)}
</n:BalForAcct>
<n:SubAcctDtls>
{ativos}</n:SubAcctDtls>
<n:AcctBaseCcyTtlAmts><n:TtlHldgsValOfStmt>{_montante_50(carteira.patrimonio)}</n:TtlHldgsValOfStmt></n:AcctBaseCcyTtlAmts>
</n:SctiesBalAcctgRpt></n:Document></BsnsMsg></{raiz}>
""".encode()


def _ativo_50(posicao: Position) -> str:
    return f"""<n:BalForSubAcct><n:FinInstrmId><n:OthrId><n:Id>{_TIPOS_50[posicao.classe]}</n:Id>
<n:Tp><n:Prtry>TABELA NIVEL 1</n:Prtry></n:Tp></n:OthrId><n:Desc>{escape(posicao.ativo)}</n:Desc></n:FinInstrmId>
{_quantidade_50(posicao.quantidade)}{_preco_50("MRKT", posicao.preco)}
<n:AcctBaseCcyAmts><n:HldgVal>{_montante_50(posicao.valor)}</n:HldgVal></n:AcctBaseCcyAmts></n:BalForSubAcct>
"""


def _quantidade_50(quantidade: Decimal | None) -> str:
    if quantidade is None:
        return ""
    unidades = f"<n:Qty><n:Qty><n:Qty><n:Unit>{quantidade}</n:Unit></n:Qty></n:Qty></n:Qty>"
    return f"<n:AggtBal><n:ShrtLngInd>LONG</n:ShrtLngInd>{unidades}</n:AggtBal>"


def _preco_50(tipo: str, preco: Decimal | None) -> str:
    if preco is None:
        return ""
    return f'<n:PricDtls><n:Tp><n:Cd>{tipo}</n:Cd></n:Tp><n:Val><n:Amt Ccy="BRL">{preco}</n:Amt></n:Val></n:PricDtls>'


def _montante_50(valor: Decimal) -> str:
    return f'<n:Amt Ccy="BRL">{abs(valor)}</n:Amt><n:Sgn>{str(valor >= 0).lower()}</n:Sgn>'


def _provisao_50(posicao: Position) -> str:
    lado = "RECE" if posicao.valor >= 0 else "PAYA"
    return (
        f"<n:BalBrkdwn><n:SubBalTp><n:Prtry><n:Id>{lado}</n:Id></n:Prtry></n:SubBalTp><n:AddtlBalBrkdwnDtls><n:SubBalTp>"
        f"<n:Prtry><n:Id>MANF</n:Id><n:SchmeNm>{escape(posicao.ativo)}</n:SchmeNm></n:Prtry></n:SubBalTp>"
        f"<n:Qty><n:Qty><n:FaceAmt>{abs(posicao.valor)}</n:FaceAmt></n:Qty></n:Qty></n:AddtlBalBrkdwnDtls></n:BalBrkdwn>\n"
    )


def cvm_csv(linhas: int = 40, *, novo: bool = True) -> bytes:
    """A CVM informe in the layout since 2024 (`novo`) or in the one before."""
    cabeca = "TP_FUNDO_CLASSE;CNPJ_FUNDO_CLASSE;ID_SUBCLASSE" if novo else "TP_FUNDO;CNPJ_FUNDO"
    inicio = "CLASSES - FIF;{};;" if novo else "FI;{};"
    corpo = "".join(
        inicio.format(f"{i // 20 // 10**6:02d}.{i // 20 // 1000 % 1000:03d}.{i // 20 % 1000:03d}/0001-53")
        + f"2026-11-{i % 20 + 1:02d};1132491.66;{30 + i}.229563000000;{1110000 + i}.25;0.00;0.00;1\r\n"
        for i in range(linhas)
    )
    return f"{cabeca};DT_COMPTC;VL_TOTAL;VL_QUOTA;VL_PATRIM_LIQ;CAPTC_DIA;RESG_DIA;NR_COTST\r\n{corpo}".encode(
        "latin-1"
    )


def zipar(membros: dict[str, bytes]) -> bytes:
    """A ZIP of these members."""
    saida = io.BytesIO()
    with zipfile.ZipFile(saida, "w", zipfile.ZIP_DEFLATED) as pacote:
        for nome, dados in membros.items():
            pacote.writestr(nome, dados)
    return saida.getvalue()


def estoque(linhas: int = 300, carteira: Carteira = FIDC) -> bytes:
    """A FIDC estoque of this carteira."""
    return b"".join(files_fidc.stock_blocks(carteira, linhas))


# Format -> a small good file of it.
AMOSTRAS: dict[str, Callable[[], bytes]] = {
    "csv_carteira": lambda: files_csv.carteira_csv(TODAS[:2]),
    "amplis_ar": lambda: files_csv.movements_csv(carteira_of(FUNDS[0], date(2026, 11, d)) for d in range(3, 25)),
    "amplis_cp": lambda: files_csv.payables_csv(TODAS),
    "fidc_estoque": lambda: estoque(60),
    "cvm_informe": lambda: zipar({"inf_diario_fi_202611.csv": cvm_csv()}),
    "anbima_401": xml_401,
    "anbima_50": xml_50,
    "xlsx_carteira": lambda: files_xlsx.ativo_xlsx(ARAUCARIA),
    "xlsx_tabela": lambda: files_xlsx.passivo_xlsx(ARAUCARIA),
    "pdf": lambda: files_pdf.carteira_pdf((ARAUCARIA,)),
}


def mutar(dados: bytes, sorte: random.Random) -> bytes:
    """The same bytes with a few flipped, cut out, doubled or moved."""
    corpo = bytearray(dados)
    for _ in range(sorte.randint(1, 6)):
        if not corpo:
            return bytes(corpo)
        onde = sorte.randrange(len(corpo))
        tamanho = sorte.choice((1, 1, 2, 8, 64, 512))
        acao = sorte.randrange(6)
        if acao == 0:
            corpo[onde] = sorte.randrange(256)
        elif acao == 1:
            del corpo[onde : onde + tamanho]
        elif acao == 2:
            corpo[onde:onde] = corpo[onde : onde + tamanho]
        elif acao == 3:
            corpo[onde:onde] = sorte.choice(
                (b"\x00", b'"', b";", b"\n", b"9" * 30, b"\xff\xfe", b"-", b"&x;", b"<", b"1E9")
            )
        elif acao == 4:
            de = sorte.randrange(len(corpo))
            corpo[onde : onde + tamanho] = corpo[de : de + tamanho]
        else:
            del corpo[onde:]
    return bytes(corpo)
