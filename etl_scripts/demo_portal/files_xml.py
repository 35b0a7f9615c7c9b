"""ANBIMA position files: 4.01 (`arquivoposicao_4_01`) and 5.0 (`PosicaoAtivosCarteira`, ISO 20022 semt.003.001.04).

Source: ANBIMA's public layouts. 4.01: dates AAAAMMDD, decimal point, debits and credits of `provisao` by `credeb`.
5.0: the fund is `BalForAcct`, each holding a `BalForSubAcct` whose `OthrId` of “TABELA NIVEL 1” names its kind; `Sgn`
false means negative. Only the elements that the demonstration's funds need are written.
"""

from __future__ import annotations

from decimal import Decimal
from html import escape

from .data import Carteira, Position
from .funds import make_cnpj

ISO = "urn:iso:std:iso:20022:tech:xsd:semt.003.001.04"
HEAD = "urn:iso:std:iso:20022:tech:xsd:head.001.001.01"
ANBIMA = "http://www.anbima.com.br/SchemaPosicaoAtivos"
ADMIN, MANAGER, CUSTODIAN = make_cnpj(99_999_501), make_cnpj(99_999_401), make_cnpj(99_999_502)
LEVEL_ONE = {"publico": "GOVE", "debenture": "DEBE", "privado": "CDB", "rv": "EQUI", "caixa": "CASH", "cpr": "PROV"}


def _tags(**values: object) -> str:
    """Elements in this order; their names are the keywords."""
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())


def _kind(line: Position) -> str:
    """publico, debenture or privado of a fixed-income line; else its class."""
    if line.classe != "rf":
        return line.classe
    return line.tipo or ("debenture" if line.codigo.startswith("DEB") else "privado")


def _isin(line: Position) -> str:
    """Twelve letters and digits that look like an ISIN; invented."""
    return ("BR" + "".join(c for c in line.codigo.upper() if c.isalnum()) + "0000000000")[:12]


# -- 4.01 --------------------------------------------------------------------------------------------------------------


def _bond_401(line: Position) -> str:
    kind = _kind(line)
    element = {"publico": "titpublico", "debenture": "debenture"}.get(kind, "titprivado")
    due = f"{line.vencimento:%Y%m%d}"
    codes = {"publico": {"codativo": line.codigo, "cusip": ""}, "debenture": {"coddeb": line.codigo}}
    own = codes.get(kind, {"codativo": line.codigo})
    if kind == "debenture":
        own |= {"debconv": "N", "debpartlucro": "N", "SPE": "N"}
    body = _tags(
        isin=_isin(line), **own, dtemissao="20230102", dtoperacao="20240102", dtvencimento=due,
        cnpjemissor=make_cnpj(99_999_601), qtdisponivel=line.quantidade, qtgarantia=0, depgar=0,
        pucompra=line.preco, puvencimento=0, puposicao=line.preco, puemissao="1000.00000000",
        principal=line.valor, tributos="0.00", valorfindisp=line.valor, valorfinemgar="0.00", coupom=0,
        indexador="SEL" if kind == "publico" else "DI1", percindex="100.00", caracteristica="N",
        percprovcred="0.00", classeoperacao="C", idinternoativo=line.codigo, nivelrsc="BB",
    )  # fmt: skip
    return f"<{element}>{body}</{element}>"


def _share_401(line: Position) -> str:
    body = _tags(
        isin=_isin(line), cusip="", codativo=line.codigo, qtdisponivel=line.quantidade, lote=1, qtgarantia=0,
        valorfindisp=line.valor, valorfinemgar="0.00", tributos="0.00", puposicao=line.preco, percprovcred="0.00",
        tpconta=1, classeoperacao="C", dtvencalug="", txalug="0.00", cnpjinter="",
    )  # fmt: skip
    return f"<acoes>{body}</acoes>"


def _asset_401(line: Position) -> str:
    if line.classe == "rf":
        return _bond_401(line)
    if line.classe == "rv":
        return _share_401(line)
    if line.classe == "caixa":
        return f"<caixa>{_tags(isininstituicao='BR0000000000', tpconta='C', saldo=line.valor, nivelrsc='BB')}</caixa>"
    due = f"{line.vencimento:%Y%m%d}" if line.vencimento else ""
    side = "D" if line.valor < 0 else "C"
    return f"<provisao>{_tags(codprov='34', credeb=side, dt=due, valor=abs(line.valor))}</provisao>"


def position_401(carteira: Carteira) -> bytes:
    """The 4.01 file, ISO-8859-1."""
    fund, day = carteira.fundo, carteira.data
    due = carteira.of_class("cpr")
    receivable = sum((p.valor for p in due if p.valor > 0), Decimal(0))
    payable = -sum((p.valor for p in due if p.valor < 0), Decimal(0))
    header = _tags(
        isin=fund.isin, cnpj=fund.cnpj, nome=fund.nome, dtposicao=f"{day:%Y%m%d}", nomeadm="ADMINISTRADORA FICTÍCIA",
        cnpjadm=ADMIN, nomegestor="GESTORA FICTÍCIA LTDA.", cnpjgestor=MANAGER, nomecustodiante="BANCO FICTÍCIO",
        cnpjcustodiante=CUSTODIAN, valorcota=carteira.cota, quantidade=carteira.quantidade_cotas,
        patliq=carteira.patrimonio, valorativos=carteira.patrimonio - receivable + payable, valorreceber=receivable,
        valorpagar=payable, vlcotasemitir="0.00", vlcotasresgatar="0.00", codanbid=fund.codigo, tipofundo="0",
        nivelrsc="MM",
    )  # fmt: skip
    order = ("rf", "rv", "caixa", "cpr")
    assets = "".join(_asset_401(p) for classe in order for p in carteira.of_class(classe))
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><arquivoposicao_4_01><fundo>'
        f"<header>{header}</header>{assets}</fundo></arquivoposicao_4_01>"
    )
    return text.replace("><", ">\n<").encode("iso-8859-1")


# -- 5.0 ---------------------------------------------------------------------------------------------------------------


def _other_id(value: str, code: str = "", own: str = "") -> str:
    kind = f"<Cd>{code}</Cd>" if code else f"<Prtry>{own}</Prtry>"
    return f"<OthrId><Id>{escape(value)}</Id><Tp>{kind}</Tp></OthrId>"


def _amount(value: Decimal) -> str:
    sign = "" if value >= 0 else "<Sgn>false</Sgn>"
    return f'<HldgVal><Amt Ccy="BRL">{abs(value)}</Amt>{sign}</HldgVal>'


def _price(value: Decimal, kind: str) -> str:
    return f'<PricDtls><Tp><Cd>{kind}</Cd></Tp><Val><Amt Ccy="BRL">{value}</Amt></Val></PricDtls>'


def _balance(quantity: Decimal) -> str:
    return f"<AggtBal><ShrtLngInd>LONG</ShrtLngInd><Qty><Qty><Qty><Unit>{quantity}</Unit></Qty></Qty></Qty></AggtBal>"


def _holding_50(line: Position) -> str:
    quantity = line.quantidade if line.quantidade is not None else Decimal(1)
    price = line.preco if line.preco is not None else line.valor
    dates = ""
    if line.vencimento:
        issue = "<IsseDt>2023-01-02</IsseDt>" if line.classe == "rf" else ""
        dates = f"<FinInstrmAttrbts>{issue}<MtrtyDt>{line.vencimento}</MtrtyDt></FinInstrmAttrbts>"
    ticker = _other_id(line.codigo, own="BVMF") if line.classe == "rv" else ""
    level = _other_id(LEVEL_ONE[_kind(line)], own="TABELA NIVEL 1")
    identity = f"<FinInstrmId><ISIN>{_isin(line)}</ISIN>{ticker}{level}<Desc>{escape(line.ativo)}</Desc></FinInstrmId>"
    worth = f"<AcctBaseCcyAmts>{_amount(line.valor)}</AcctBaseCcyAmts>"
    return f"<BalForSubAcct>{identity}{dates}{_balance(quantity)}{_price(abs(price), 'MRKT')}{worth}</BalForSubAcct>"


def position_50(carteira: Carteira) -> bytes:
    """The 5.0 file, UTF-8."""
    fund, day = carteira.fundo, carteira.data
    identity = (
        f"<FinInstrmId><ISIN>{fund.isin}</ISIN>{_other_id(fund.cnpj, code='CNPJ')}"
        f"<Desc>{escape(fund.nome)}</Desc></FinInstrmId>"
    )
    whole = f"<AcctBaseCcyAmts>{_amount(carteira.patrimonio)}</AcctBaseCcyAmts>"
    account = f"{identity}{_balance(carteira.quantidade_cotas)}{_price(carteira.cota, 'NAVL')}{whole}"
    holdings = "".join(_holding_50(p) for p in carteira.posicoes)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><PosicaoAtivosCarteira xmlns="{ANBIMA}"><BsnsMsg>'
        f'<AppHdr xmlns="{HEAD}"><BizMsgIdr>{fund.codigo}{day:%Y%m%d}</BizMsgIdr>'
        f"<MsgDefIdr>semt.003.001.04</MsgDefIdr><CreDt>{day}T20:00:00Z</CreDt></AppHdr>"
        f'<Document xmlns="{ISO}"><SctiesBalAcctgRpt><Pgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></Pgntn>'
        f"<StmtGnlDtls><RptNb><Long>1</Long></RptNb><StmtDtTm><Dt>{day}</Dt></StmtDtTm><Frqcy><Cd>DAIL</Cd></Frqcy>"
        "<UpdTp><Cd>COMP</Cd></UpdTp><StmtBsis><Cd>TRAD</Cd></StmtBsis><ActvtyInd>true</ActvtyInd>"
        "<SubAcctInd>true</SubAcctInd></StmtGnlDtls>"
        f"<SfkpgAcct><Id>{fund.codigo}</Id></SfkpgAcct><BalForAcct>{account}</BalForAcct>"
        f"<SubAcctDtls><SfkpgAcct><Id>{fund.codigo}</Id></SfkpgAcct><ActvtyInd>true</ActvtyInd>{holdings}</SubAcctDtls>"
        "</SctiesBalAcctgRpt></Document></BsnsMsg></PosicaoAtivosCarteira>"
    )
    return text.replace("><", ">\n<").encode()
