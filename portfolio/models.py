"""What the runs collected: funds, their carteira on a date as one sistema reports it, and its positions.

A carteira keeps its totals per class, so that evolutions never read positions. Money has 2 decimals, prices, quotas and
quantities 8; SQLite keeps 15 significant digits of each.
"""

from __future__ import annotations

from django.db import models

from sistemas.models import Sistema


class Classe(models.TextChoices):
    """The classes of the contract; the values are those of the ETL's `carteira` event."""

    CAIXA = "caixa", "caixa"
    RF = "rf", "renda fixa"
    RV = "rv", "renda variável"
    CREDITO = "credito", "direitos creditórios"
    CPR = "cpr", "contas a pagar e a receber"


def money(name: str) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(name, max_digits=20, decimal_places=2, default=0)


def fine(name: str) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(name, max_digits=28, decimal_places=8, null=True, blank=True)


class Fundo(models.Model):
    """A fund of which at least one carteira was read."""

    nome = models.CharField("nome", max_length=200, unique=True)
    cnpj = models.CharField("CNPJ", max_length=14, blank=True)

    class Meta:
        ordering = ["nome"]
        verbose_name = "fundo com carteira"
        verbose_name_plural = "fundos com carteira"

    def __str__(self) -> str:
        return self.nome


class Carteira(models.Model):
    """A fund on a date by one sistema. Of several sistemas' carteiras one is `preferida`: reads show that one."""

    fundo = models.ForeignKey(Fundo, verbose_name="fundo", on_delete=models.CASCADE, related_name="carteiras")
    sistema = models.ForeignKey(Sistema, verbose_name="sistema", on_delete=models.PROTECT, related_name="carteiras")
    data = models.DateField("data")
    fonte = models.CharField("fonte (SHA-256 do arquivo)", max_length=64)
    preferida = models.BooleanField("preferida", default=True)
    patrimonio = money("patrimônio")
    cota = fine("cota")
    quantidade_cotas = fine("quantidade de cotas")
    caixa = money("caixa")
    rf = money("renda fixa")
    rv = money("renda variável")
    credito = money("direitos creditórios")
    cpr = money("contas a pagar e a receber")
    n_posicoes = models.PositiveIntegerField("posições", default=0)
    carregada_em = models.DateTimeField("carregada em", auto_now=True)

    class Meta:
        ordering = ["-data", "fundo_id"]
        verbose_name = "carteira"
        verbose_name_plural = "carteiras"
        constraints = [
            models.UniqueConstraint(fields=["fundo", "data", "sistema"], name="carteira_unica"),
            models.UniqueConstraint(
                fields=["fundo", "data"], condition=models.Q(preferida=True), name="carteira_preferida_unica"
            ),
        ]
        indexes = [models.Index(fields=["data"], condition=models.Q(preferida=True), name="carteira_data")]

    def __str__(self) -> str:
        return f"{self.fundo} em {self.data:%d/%m/%Y} ({self.sistema_id})"


class Posicao(models.Model):
    """One holding of a carteira. `valor` in BRL, negative for what the fund owes; `preco` in BRL per unit."""

    carteira = models.ForeignKey(Carteira, on_delete=models.CASCADE, related_name="posicoes")
    classe = models.CharField("classe", max_length=8, choices=Classe)
    ativo = models.CharField("ativo", max_length=200)
    quantidade = fine("quantidade")
    preco = fine("preço")
    valor = money("valor")

    class Meta:
        ordering = ["id"]
        verbose_name = "posição"
        verbose_name_plural = "posições"

    def __str__(self) -> str:
        return self.ativo
