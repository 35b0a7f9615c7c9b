"""Admin's forms of the vault. Secret fields are write-only: nothing that is held is ever sent to the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminPasswordWidget, UnfoldBooleanWidget

from credentials.legacy import MAX_FILE_BYTES
from credentials.models import Campo, Credential
from credentials.parsing import MAX_SECRET, parse
from credentials.sections import OPEN_FIELDS, SECRET_FIELDS, place_of, put
from credentials.store import Change

CLEAR_PREFIX = "apagar_"
EDITED_MEANWHILE = (
    "Outra pessoa alterou esta credencial enquanto a página estava aberta. Recarregue e refaça a alteração."
)


def _secret_input(campo: str) -> forms.CharField:
    return forms.CharField(
        label=Campo(campo).label.capitalize(),
        required=False,
        strip=False,
        max_length=MAX_SECRET,
        widget=UnfoldAdminPasswordWidget(render_value=False, attrs={"autocomplete": "new-password"}),
    )


def _clear_box(campo: str) -> forms.BooleanField:
    return forms.BooleanField(label=f"Apagar {Campo(campo).label}", required=False, widget=UnfoldBooleanWidget())


class CredentialForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own is not generic
    """Address and user as they are; a secret is only replaced or erased."""

    versao_lida = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    password = _secret_input("password")
    apagar_password = _clear_box("password")
    senha = _secret_input("senha")
    apagar_senha = _clear_box("senha")
    secret = _secret_input("secret")
    apagar_secret = _clear_box("secret")
    token = _secret_input("token")
    apagar_token = _clear_box("token")
    api_key = _secret_input("api_key")
    apagar_api_key = _clear_box("api_key")
    totp = _secret_input("totp")
    apagar_totp = _clear_box("totp")

    class Meta:
        model = Credential
        fields = OPEN_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = set(self.instance.secrets.values_list("campo", flat=True)) if self.instance.pk else set()
        self.initial["versao_lida"] = self.instance.versao
        for campo in SECRET_FIELDS:
            there = campo in held
            self.fields[campo].help_text = (
                "Guardada no cofre. Deixe vazio para manter." if there else "Ainda não informada."
            )
            self.fields[CLEAR_PREFIX + campo].disabled = not there

    @sensitive_variables()
    def change(self) -> Change:
        """What the valid form asks for."""
        return self._change

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk and cleaned.get("versao_lida") != self.instance.versao:
            raise ValidationError(EDITED_MEANWHILE)
        sistema_id = self.instance.pk
        section = {name: cleaned.get(name) or "" for name in OPEN_FIELDS}
        for campo in SECRET_FIELDS:
            if cleaned.get(CLEAR_PREFIX + campo):
                section[campo] = ""
            elif cleaned.get(campo):
                section[campo] = cleaned[campo]
        document: dict[str, Any] = {}
        put(document, sistema_id, section)
        asked, errors = parse(document, [sistema_id], ())
        prefix = ".".join(place_of(sistema_id)) + "."
        for error in errors:
            name = error.campo.removeprefix(prefix)
            self.add_error(name if name in self.fields else None, error.mensagem)
        self._change = asked.changes.get(sistema_id, Change())
        return cleaned


class ImportForm(forms.Form):
    """The predecessor's files."""

    credenciais = forms.FileField(
        label="credentials.json ou credentials.encrypted.json", required=False, widget=UnfoldAdminFileFieldWidget()
    )
    estado = forms.FileField(label="sistemas_state.json", required=False, widget=UnfoldAdminFileFieldWidget())
    chave = forms.CharField(
        label="Chave ETL_MASTER_KEY",
        help_text="Só para o arquivo cifrado. É usada agora e não é guardada.",
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(render_value=False, attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("credenciais", "estado"):
            file = cleaned.get(name)
            if file and file.size > MAX_FILE_BYTES:
                self.add_error(name, "O arquivo é grande demais (mais de 5 MB).")
        if not self.errors and not cleaned.get("credenciais") and not cleaned.get("estado"):
            raise ValidationError("Escolha ao menos um arquivo.")
        return cleaned
