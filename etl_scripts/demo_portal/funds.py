"""The invented funds of the demonstration: names, CNPJs that are only well formed, cotistas and what each one holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CLASSES = ("caixa", "rf", "rv", "credito", "cpr")


def check_digits(root: str, weights: tuple[int, ...]) -> str:
    """The two modulo-11 check digits of a CPF or CNPJ root; `weights` are those of the second digit."""
    digits = root
    for start in (1, 0):
        total = sum(int(d) * w for d, w in zip(digits, weights[start:], strict=True))
        rest = total % 11
        digits += "0" if rest < 2 else str(11 - rest)
    return digits[-2:]


def make_cnpj(root: int, branch: int = 1) -> str:
    """A well-formed CNPJ, digits only."""
    body = f"{root:08d}{branch:04d}"
    return body + check_digits(body, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))


def make_cpf(root: int) -> str:
    """A well-formed CPF, digits only."""
    body = f"{root:09d}"
    return body + check_digits(body, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2))


def format_cnpj(digits: str) -> str:
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"


def format_document(digits: str) -> str:
    if len(digits) == 14:
        return format_cnpj(digits)
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing a fund holds. `weight` is its share of the patrimônio; `price` the price around which it moves."""

    classe: str
    codigo: str
    nome: str
    emissor: str
    weight: float
    price: float
    vencimento: date | None = None
    tipo: str = ""


@dataclass(frozen=True, slots=True)
class Cotista:
    codigo: str
    nome: str
    documento: str
    cotas: float


@dataclass(frozen=True, slots=True)
class Fund:
    """`cota0` is the quota around the start; `drift` its yearly log return; `swing` the size of its oscillation."""

    sigla: str
    nome: str
    cnpj: str
    isin: str
    codigo: str
    cota0: float
    drift: float
    swing: float
    assets: tuple[Asset, ...]
    cotistas: tuple[Cotista, ...]
    is_fidc: bool = False
    pdd: float = 0.0

    @property
    def cnpj_formatado(self) -> str:
        return format_cnpj(self.cnpj)


TESOURO = "TESOURO NACIONAL"
LFT = Asset("rf", "LFT 2029", "LFT 01/03/2029", TESOURO, 0.14, 15_420.77, date(2029, 3, 1), "publico")
NTNB = Asset("rf", "NTN-B 2035", "NTN-B 15/05/2035", TESOURO, 0.11, 4_215.31, date(2035, 5, 15), "publico")
LTN = Asset("rf", "LTN 2028", "LTN 01/01/2028", TESOURO, 0.09, 812.46, date(2028, 1, 1), "publico")
CDB = Asset("rf", "CDB26FIC1", "CDB JEQUITIBÁ FICTÍCIO", "BANCO JEQUITIBÁ FICTÍCIO", 0.12, 1_034.9, date(2028, 6, 15))
DEB = Asset("rf", "DEBF11", "DEBÊNTURE FERROVIA FICTÍCIA", "FERROVIA FICTÍCIA S.A.", 0.10, 1_011.2, date(2031, 9, 20))
STOCKS = (
    Asset("rv", "CIPX3", "CIA. CIPÓ FICTÍCIA ON", "CIA. CIPÓ FICTÍCIA", 0.09, 27.41),
    Asset("rv", "BURX4", "BURITI FICTÍCIA PN", "BURITI FICTÍCIA S.A.", 0.07, 41.18),
    Asset("rv", "JAMX3", "JAMBO FICTÍCIA ON", "JAMBO FICTÍCIA S.A.", 0.05, 12.93),
    Asset("rv", "UMBX11", "UMBU FICTÍCIA UNT", "UMBU FICTÍCIA S.A.", 0.04, 68.02),
)
CREDIT = (
    Asset("credito", "DC-AV", "DIREITOS CREDITÓRIOS A VENCER", "CEDENTES DIVERSOS", 0.68, 1_000.0),
    Asset("credito", "DC-VC", "DIREITOS CREDITÓRIOS VENCIDOS", "CEDENTES DIVERSOS", 0.06, 1_000.0),
)
INVESTORS = (
    ("FUNDAÇÃO MANACÁ DE PREVIDÊNCIA FICTÍCIA", make_cnpj(99_999_201)),
    ("GUARANÁ PARTICIPAÇÕES INVENTADAS LTDA.", make_cnpj(99_999_202)),
    ("DISTRIBUIDORA SABIÁ FICTÍCIA - CONTA E ORDEM", make_cnpj(99_999_203)),
    ("MARIA EXEMPLO DA SILVA", make_cpf(999_100_001)),
    ("JOSÉ MODELO DE SOUZA", make_cpf(999_100_002)),
)


def _scaled(assets: tuple[Asset, ...], factor: float) -> tuple[Asset, ...]:
    return tuple(
        Asset(a.classe, a.codigo, a.nome, a.emissor, a.weight * factor, a.price, a.vencimento, a.tipo) for a in assets
    )


def _investors(total: float, *shares: float) -> tuple[Cotista, ...]:
    return tuple(
        Cotista(f"{1001 + i}", nome, documento, total * share)
        for i, (share, (nome, documento)) in enumerate(zip(shares, INVESTORS, strict=False))
    )


def _fund(
    number: int,
    sigla: str,
    nome: str,
    quota: tuple[float, float, float],
    assets: tuple[Asset, ...],
    cotistas: tuple[Cotista, ...],
    pdd: float = 0.0,
) -> Fund:
    cota0, drift, swing = quota
    return Fund(
        sigla, nome, make_cnpj(99_999_100 + number), f"BR0{sigla}CTF00{number}", f"{40_100 + number}",
        cota0, drift, swing, assets, cotistas, is_fidc=pdd > 0, pdd=pdd,
    )  # fmt: skip


FUNDS: tuple[Fund, ...] = (
    _fund(1, "ARAU", "ARAUCÁRIA FIC FIM", (1.412, 0.09, 0.03), (LFT, NTNB, LTN, CDB, DEB, *STOCKS),
          _investors(48_310_225.5, 0.46, 0.22, 0.18, 0.09, 0.05)),
    _fund(2, "IPER", "IPÊ ROXO FIDC", (1_021.77, 0.13, 0.004), (*CREDIT, *_scaled((LFT, LTN), 0.6)),
          _investors(181_904.25, 0.55, 0.3, 0.15), pdd=0.021),
    _fund(3, "JACA", "JACARANDÁ FI RENDA FIXA", (2.087, 0.105, 0.006), _scaled((LFT, NTNB, LTN, CDB, DEB), 1.65),
          _investors(33_875_410.0, 0.4, 0.25, 0.2, 0.15)),
    _fund(4, "PAUB", "PAU-BRASIL FIA", (3.664, 0.07, 0.09), (*_scaled(STOCKS, 3.5), _scaled((LFT,), 0.5)[0]),
          _investors(12_204_918.75, 0.35, 0.3, 0.2, 0.1, 0.05)),
    _fund(5, "SERI", "SERINGUEIRA FIDC NP", (987.31, 0.15, 0.005), (*_scaled(CREDIT, 1.12), *_scaled((LFT,), 0.7)),
          _investors(96_450.0, 0.7, 0.3), pdd=0.038),
    _fund(6, "VITO", "VITÓRIA-RÉGIA FIC FIM CP", (1.158, 0.11, 0.02), (*_scaled((LFT, CDB, DEB), 1.8), *STOCKS[:2]),
          _investors(71_020_333.0, 0.5, 0.2, 0.15, 0.1, 0.05)),
)  # fmt: skip

BY_SIGLA: dict[str, Fund] = {fund.sigla: fund for fund in FUNDS}
FIDC_FUNDS: tuple[Fund, ...] = tuple(fund for fund in FUNDS if fund.is_fidc)
NEGATIVE_CPR: tuple[tuple[str, Decimal], ...] = (
    ("TAXA DE ADMINISTRAÇÃO A PAGAR", Decimal("0.00021")),
    ("TAXA DE CUSTÓDIA A PAGAR", Decimal("0.00004")),
    ("AUDITORIA A PAGAR", Decimal("0.00006")),
)
POSITIVE_CPR: tuple[tuple[str, Decimal], ...] = (("JUROS A RECEBER", Decimal("0.00013")),)


def find_fund(text: str) -> Fund | None:
    """The fund of this sigla, code, CNPJ or name (any case); None when there is none."""
    wanted = text.strip().upper()
    for fund in FUNDS:
        if wanted in {fund.sigla, fund.codigo, fund.cnpj, fund.cnpj_formatado, fund.nome}:
            return fund
    return None
