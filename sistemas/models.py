"""What can be run: sistemas, their opções and fundos, the folders files go to, the default period; each user's routines."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.validators import MinValueValidator
from django.db import models


class Sistema(models.Model):
    """A portal that the ETL command collects from. Its live status is read from its last Execution (jobs.queries)."""

    id = models.SlugField("identificador", primary_key=True, max_length=40)
    nome = models.CharField("nome", max_length=80)
    descricao = models.CharField("descrição", max_length=300, blank=True)
    icone = models.CharField("ícone (lucide)", max_length=40, default="Database")
    ativo = models.BooleanField("ativo", default=True)
    ordem = models.PositiveSmallIntegerField("ordem", default=0)
    usar_todos_fundos = models.BooleanField("usar todos os fundos", default=True)
    limite_segundos = models.PositiveIntegerField(
        "tempo máximo (s)", null=True, blank=True, help_text="Vazio = o padrão do servidor."
    )
    limite_silencio_segundos = models.PositiveIntegerField(
        "tempo máximo sem saída (s)", null=True, blank=True, help_text="Vazio = o padrão do servidor."
    )
    tentativas = models.PositiveSmallIntegerField("tentativas", default=1, validators=[MinValueValidator(1)])
    espera_tentativa_segundos = models.PositiveIntegerField("espera entre tentativas (s)", default=30)
    depois_de = models.ForeignKey(
        "self", verbose_name="só depois de", null=True, blank=True, on_delete=models.SET_NULL, related_name="seguintes"
    )

    class Meta:
        ordering = ["ordem", "id"]
        verbose_name = "sistema"
        verbose_name_plural = "sistemas"

    def __str__(self) -> str:
        return self.nome


class Opcao(models.Model):
    """A switch that a sistema declares (csv, pdf, base_total, …)."""

    sistema = models.ForeignKey(Sistema, on_delete=models.CASCADE, related_name="opcoes")
    nome = models.SlugField("nome", max_length=40)
    valor = models.BooleanField("ligada", default=True)
    ordem = models.PositiveSmallIntegerField("ordem", default=0)

    class Meta:
        ordering = ["ordem", "nome"]
        verbose_name = "opção"
        verbose_name_plural = "opções"
        constraints = [models.UniqueConstraint(fields=["sistema", "nome"], name="opcao_unica_por_sistema")]

    def __str__(self) -> str:
        return f"{self.sistema_id}.{self.nome}"


class Fundo(models.Model):
    """A fund as a sistema names it; without a sistema it belongs to the general selection (`fundos.selecionados`)."""

    sistema = models.ForeignKey(Sistema, on_delete=models.CASCADE, null=True, blank=True, related_name="fundos")
    nome = models.CharField("nome", max_length=200)
    selecionado = models.BooleanField("selecionado", default=True)

    class Meta:
        ordering = ["nome"]
        verbose_name = "fundo"
        verbose_name_plural = "fundos"
        constraints = [
            models.UniqueConstraint(fields=["sistema", "nome"], name="fundo_unico_por_sistema"),
            models.UniqueConstraint(
                fields=["nome"], condition=models.Q(sistema__isnull=True), name="fundo_geral_unico"
            ),
        ]

    def __str__(self) -> str:
        return self.nome


class Caminho(models.Model):
    """A folder, by the key that the ETL command knows it by. Windows, POSIX or UNC; may hold `${VAR}` or `%VAR%`."""

    chave = models.SlugField("chave", primary_key=True, max_length=40)
    caminho = models.CharField("caminho", max_length=1000, blank=True)
    descricao = models.CharField("descrição", max_length=200, blank=True)
    ordem = models.PositiveSmallIntegerField("ordem", default=0)

    class Meta:
        ordering = ["ordem", "chave"]
        verbose_name = "caminho"
        verbose_name_plural = "caminhos"

    def __str__(self) -> str:
        return self.chave


class DePara(models.Model):
    """Where a fund's PDFs are filed: the folder, relative to the base folder, for the fund's name in the documents."""

    fundo = models.CharField("fundo", max_length=200, unique=True)
    pasta = models.CharField("pasta", max_length=300)

    class Meta:
        ordering = ["fundo"]
        verbose_name = "pasta de um fundo (De-Para)"
        verbose_name_plural = "De-Para (fundo → pasta)"

    def __str__(self) -> str:
        return f"{self.fundo} → {self.pasta}"


class Periodo(models.Model):
    """The default period of a run; one row (id 1)."""

    data_inicial = models.DateField("data inicial", null=True, blank=True)
    data_final = models.DateField("data final", null=True, blank=True)
    usar_d1_anbima = models.BooleanField("usar D-1 (calendário ANBIMA)", default=True)
    alterado_em = models.DateTimeField("alterado em", auto_now=True)

    class Meta:
        verbose_name = "período padrão"
        verbose_name_plural = "período padrão"

    def __str__(self) -> str:
        return "D-1 ANBIMA" if self.usar_d1_anbima else f"{self.data_inicial} a {self.data_final}"


class Rotina(models.Model):
    """What a user runs together, by name ("rotina da manhã"). Sistemas and opções are kept by id: they may go meanwhile."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="rotinas", verbose_name="dono")
    nome = models.CharField("nome", max_length=60)
    chave = models.CharField(max_length=180, editable=False)
    sistemas = models.JSONField("sistemas", default=list)
    opcoes = models.JSONField("opções", default=dict)
    usar_d1 = models.BooleanField("usar D-1", default=True)
    simular = models.BooleanField("simular", default=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "rotina"
        verbose_name_plural = "rotinas"
        constraints = [models.UniqueConstraint(fields=["user", "chave"], name="rotina_unica_por_usuario")]

    def __str__(self) -> str:
        return self.nome


class Preferencias(models.Model):
    """How a user wants the interface; empty where nothing was chosen."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferencias", verbose_name="dono")
    tema = models.CharField("tema", max_length=10, blank=True)
    avisos = models.BooleanField("avisos na área de trabalho", null=True)
    quebrar_linhas = models.BooleanField("quebrar linhas longas", null=True)

    class Meta:
        verbose_name = "preferências"
        verbose_name_plural = "preferências"

    def __str__(self) -> str:
        return f"preferências de {self.user.get_username()}"
