"""Forms of the sistemas admin: what is saved there passes the same checks as through the API."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from sistemas import caminhos, de_para, fundos
from sistemas.models import Caminho, DePara, Periodo, Sistema


class CaminhoForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Caminho
        fields = ("chave", "descricao", "caminho", "ordem")

    def clean_caminho(self) -> str:
        text = str(self.cleaned_data["caminho"]).strip()
        if wrong := caminhos.text_problem(text):
            raise forms.ValidationError(wrong[0].upper() + wrong[1:] + ".")
        return text


class DeParaForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DePara
        fields = ("fundo", "pasta")

    def clean_fundo(self) -> str:
        return " ".join(str(self.cleaned_data["fundo"]).split())

    def clean_pasta(self) -> str:
        text = str(self.cleaned_data["pasta"]).strip()
        if wrong := de_para.pasta_problem(text):
            raise forms.ValidationError(wrong[0].upper() + wrong[1:] + ".")
        return text


class PeriodoForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Periodo
        fields = ("usar_d1_anbima", "data_inicial", "data_final")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("data_inicial"), cleaned.get("data_final")
        if first and last and last < first:
            self.add_error("data_final", "A data final é anterior à data inicial.")
        return cleaned


class ImportForm(forms.Form):
    """A workbook or CSV to import a table from."""

    arquivo = forms.FileField(label="Planilha (.xlsx) ou CSV", widget=UnfoldAdminFileFieldWidget())
    aba = forms.CharField(
        label="Aba",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Vazio = a primeira.",
    )
    substituir = forms.BooleanField(
        label="Substituir o que existe",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Desligado, só acrescenta e atualiza.",
    )


class ImportFundosForm(ImportForm):
    """The same for funds: of which sistema, and in which column the names are."""

    sistema = forms.ChoiceField(label="Sistema", widget=UnfoldAdminSelectWidget())
    coluna = forms.CharField(
        label="Coluna do nome",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Letra ou título. Vazio = a coluna “Fundo”, “Nome”, …",
    )
    field_order = ("sistema", "arquivo", "aba", "coluna", "substituir")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*Sistema.objects.values_list("pk", "nome"), (fundos.GERAL, "Seleção geral")]
        self.fields["sistema"].choices = choices  # type: ignore[attr-defined]
