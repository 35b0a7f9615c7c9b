"""Who is in and what was done: browser sessions, API tokens, identities, second factors, the audit of actions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from etlhub.access import Papel

PAPEIS = [(int(papel), papel.name.lower()) for papel in list(Papel)[1:]]


class WebSession(AbstractBaseSession):
    """A browser's session. `expire_date` moves on with use, never past the absolute limit (etlhub.sessions)."""

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="web_sessions")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "sessão"
        verbose_name_plural = "sessões"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from etlhub.sessions import SessionStore

        return SessionStore


class ApiToken(models.Model):
    """Lets a script in as its owner, with at most `papel`. Only the hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name="dono")
    nome = models.CharField("nome", max_length=100)
    prefixo = models.CharField("começo", max_length=20)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    papel = models.PositiveSmallIntegerField("papel", choices=PAPEIS)
    criado_em = models.DateTimeField("criado em", auto_now_add=True)
    expira_em = models.DateTimeField("expira em")
    usado_em = models.DateTimeField("último uso", null=True, blank=True)
    revogado_em = models.DateTimeField("revogado em", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "token de API"
        verbose_name_plural = "tokens de API"

    def __str__(self) -> str:
        return f"{self.nome} ({self.prefixo}…)"

    @property
    def valid(self) -> bool:
        return self.revogado_em is None and self.expira_em > timezone.now()


class IdentidadeExterna(models.Model):
    """Who a user is at the OIDC provider: its name for the person (`sub`), which never changes, unlike names and addresses."""

    user = models.OneToOneField(User, models.CASCADE, related_name="identidade", verbose_name="usuário")
    emissor = models.CharField("emissor", max_length=500)
    sub = models.CharField("sub", max_length=255)
    criado_em = models.DateTimeField("criado em", auto_now_add=True)

    class Meta:
        verbose_name = "identidade externa"
        verbose_name_plural = "identidades externas"
        constraints = [models.UniqueConstraint(fields=["emissor", "sub"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.user.get_username()} em {self.emissor}"


class SegundoFator(models.Model):
    """The authenticator app of one user. The secret is sealed by the vault's keys and opens only in its own place."""

    user = models.OneToOneField(User, models.CASCADE, related_name="segundo_fator", verbose_name="usuário")
    key_id = models.CharField("chave", max_length=16)
    selado = models.BinaryField("segredo selado")
    criado_em = models.DateTimeField("criado em", auto_now_add=True)
    confirmado_em = models.DateTimeField("confirmado em", null=True, blank=True)
    ultimo_passo = models.BigIntegerField("último passo aceito", default=0)

    class Meta:
        verbose_name = "segundo fator"
        verbose_name_plural = "segundos fatores"

    def __str__(self) -> str:
        return f"segundo fator de {self.user.get_username()}"

    @property
    def place(self) -> tuple[str, str]:
        """Where the secret belongs; no sistema can be called so."""
        return f"usuario:{self.user_id}", "totp"


class CodigoRecuperacao(models.Model):
    """Stands in once for a code of the app. Only the hash is kept; the code is random enough for a plain one (80 bits)."""

    fator = models.ForeignKey(SegundoFator, models.CASCADE, related_name="codigos")
    sha256 = models.CharField(max_length=64, editable=False)
    usado_em = models.DateTimeField("usado em", null=True, blank=True)

    class Meta:
        verbose_name = "código de recuperação"
        verbose_name_plural = "códigos de recuperação"

    def __str__(self) -> str:
        return f"código de recuperação {self.pk}"


class AppendOnly(TypeError):
    """Someone tried to change or delete what was audited."""


class AppendOnlyQuerySet(models.QuerySet["AuditoriaAcao"]):
    """Reads, and adds by `create`."""

    def update(self, **_kwargs: Any) -> int:
        raise AppendOnly("A auditoria só aceita registros novos.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A auditoria só aceita registros novos.")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> int:
        raise AppendOnly("A auditoria só aceita registros novos.")


class AuditoriaAcao(models.Model):
    """One action: who, when, from where, what, on what, how it ended. No foreign keys: it outlives its subjects."""

    em = models.DateTimeField("quando", default=timezone.now, db_index=True)
    usuario = models.CharField("quem", max_length=150, blank=True, db_index=True)
    via = models.CharField("por meio de", max_length=60, blank=True)
    origem = models.CharField("de onde", max_length=60, blank=True)
    acao = models.CharField("ação", max_length=80)
    rota = models.CharField("rota", max_length=200, blank=True)
    alvo = models.CharField("alvo", max_length=200, blank=True)
    dados = models.JSONField("dados", default=dict, blank=True)
    status = models.PositiveSmallIntegerField("resultado (HTTP)", default=200)
    mensagem = models.CharField("mensagem", max_length=300, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "ação auditada"
        verbose_name_plural = "auditoria das ações"

    def __str__(self) -> str:
        return f"{self.usuario or '?'}: {self.acao} {self.alvo}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("A auditoria só aceita registros novos.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A auditoria só aceita registros novos.")
