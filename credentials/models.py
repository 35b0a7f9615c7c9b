"""The vault as the database keeps it: what may be read by anyone with the file (address, user), and sealed secrets."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from sistemas.models import Sistema


class Campo(models.TextChoices):
    """The fields that are secrets, by their names in the credentials document (credentials.sections.SECRET_FIELDS)."""

    PASSWORD = "password", "senha"
    SENHA = "senha", "senha (campo senha)"
    SECRET = "secret", "segredo"
    TOKEN = "token", "token"
    API_KEY = "api_key", "chave de API"
    TOTP = "totp", "segredo do autenticador"


class Credential(models.Model):
    """How to log in to one sistema. `versao` grows with every change, so an edit made on an older copy is noticed."""

    sistema = models.OneToOneField(Sistema, primary_key=True, on_delete=models.CASCADE, related_name="credencial")
    url = models.CharField("endereço", max_length=2000, blank=True)
    username = models.CharField("usuário", max_length=320, blank=True)
    versao = models.PositiveIntegerField("versão", default=0, editable=False)
    recusada_codigo = models.CharField("recusa", max_length=40, blank=True, editable=False)
    recusada_motivo = models.CharField("motivo da recusa", max_length=1000, blank=True, editable=False)
    recusada_em = models.DateTimeField("recusada em", null=True, blank=True, editable=False)
    alterado_em = models.DateTimeField("alterada em", auto_now=True)

    class Meta:
        ordering = ["sistema__ordem", "sistema_id"]
        verbose_name = "credencial"
        verbose_name_plural = "credenciais"

    def __str__(self) -> str:
        return f"Credencial de {self.sistema_id}"


class Secret(models.Model):
    """One sealed field. `selado` is nonce, ciphertext and tag; it opens only with its key and in its own place."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="secrets")
    campo = models.CharField("campo", max_length=20, choices=Campo)
    key_id = models.CharField("chave", max_length=16)
    selado = models.BinaryField("valor selado")
    alterado_em = models.DateTimeField("alterado em", auto_now=True)

    class Meta:
        ordering = ["credential_id", "campo"]
        verbose_name = "segredo"
        verbose_name_plural = "segredos"
        constraints = [models.UniqueConstraint(fields=["credential", "campo"], name="secret_once_per_field")]

    def __str__(self) -> str:
        return f"{self.credential_id}.{self.campo}"

    @property
    def place(self) -> tuple[str, str]:
        """Where it belongs: the associated data of its seal."""
        return self.credential_id, self.campo


class AppendOnly(TypeError):
    """Code tried to change or delete what may only be added to."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def _refuse(self) -> NoReturn:
        raise AppendOnly("A auditoria só aceita registros novos: não se altera nem se apaga.")

    def update(self, **_kwargs: Any) -> int:
        self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse()

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> int:
        self._refuse()


class AuditEntry(models.Model):
    """Who did what to which secret, when, from where; never the value. No foreign keys: it outlives its subject."""

    class Acao(models.TextChoices):
        LEITURA = "leitura", "lida para uso"
        ALTERACAO = "alteracao", "alterada"
        REMOCAO = "remocao", "apagada"
        TESTE = "teste", "login testado"
        RECUSA = "recusa", "recusada pelo portal"
        LIBERACAO = "liberacao", "liberada de novo"
        IMPORTACAO = "importacao", "importada"
        COPIA = "copia", "copiada para backup"
        ROTACAO = "rotacao", "cifrada com outra chave"

    em = models.DateTimeField("quando", auto_now_add=True)
    quem = models.CharField("quem", max_length=150)
    acao = models.CharField("ação", max_length=12, choices=Acao)
    sistema = models.CharField("sistema", max_length=40, blank=True)
    campo = models.CharField("campo", max_length=60, blank=True)
    origem = models.CharField("de onde", max_length=100, blank=True)
    detalhe = models.CharField("detalhe", max_length=300, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "registro de auditoria"
        verbose_name_plural = "auditoria das credenciais"
        indexes = [models.Index(fields=["sistema", "acao", "-em"], name="audit_sistema_acao_em")]

    def __str__(self) -> str:
        return f"{self.quem}: {self.get_acao_display()} {self.sistema} {self.campo}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("A auditoria só aceita registros novos: não se altera nem se apaga.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A auditoria só aceita registros novos: não se altera nem se apaga.")
