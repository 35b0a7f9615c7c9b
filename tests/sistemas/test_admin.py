"""The admin of sistemas, carteiras and users: every page opens, the papel decides, what is saved passes the API's checks."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import etlhub
from etlhub.access import Papel, papel_of, set_papel
from portfolio.loading import load_carteira
from portfolio.models import Carteira
from sistemas.models import Caminho, DePara, Fundo, Sistema
from tests.conftest import make_user
from tests.portfolio.events import carteira

PAGES = ("sistemas_sistema", "sistemas_fundo", "sistemas_caminho", "sistemas_depara", "sistemas_periodo",
         "portfolio_carteira", "portfolio_fundo", "auth_user", "auth_group")  # fmt: skip


def staff(papel: Papel, name: str) -> Client:
    user = make_user(papel, name)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def chefe(catalogo: None) -> Client:
    """An administrador in the admin, no superuser."""
    return staff(Papel.ADMINISTRADOR, "chefe")


@pytest.fixture
def curioso(catalogo: None) -> Client:
    return staff(Papel.VISUALIZADOR, "curioso")


def ids(*objects: Any) -> dict[str, Any]:
    return {"_selected_action": [obj.pk for obj in objects]}


def test_every_list_and_every_form_opens_in_portuguese(chefe: Client) -> None:
    row = load_carteira(carteira())
    for page in PAGES:
        answer = chefe.get(reverse(f"admin:{page}_changelist"))
        assert answer.status_code == 200, page
    for page, pk in (("sistemas_sistema", "maps"), ("sistemas_caminho", "csv"), ("portfolio_carteira", row.pk)):
        answer = chefe.get(reverse(f"admin:{page}_change", args=[pk]))
        assert answer.status_code == 200, page
    text = chefe.get("/admin/").content.decode()
    for words in ("Sistemas", "Caminhos", "De-Para", "Carteiras", "Usuários"):
        assert words.lower() in text.lower(), words


def test_who_only_looks_changes_nothing(curioso: Client) -> None:
    assert curioso.get(reverse("admin:sistemas_sistema_changelist")).status_code == 200
    assert curioso.get(reverse("admin:sistemas_fundo_importar")).status_code == 403
    assert curioso.post(reverse("admin:sistemas_caminho_change", args=["csv"]), {"caminho": "/x"}).status_code == 403
    assert curioso.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_a_user_who_is_not_staff_gets_no_admin(operador: Client) -> None:
    assert operador.get("/admin/").status_code == 302


def test_actions_switch_sistemas_and_funds(chefe: Client) -> None:
    address = reverse("admin:sistemas_sistema_changelist")
    chefe.post(address, {"action": "desativar", **ids(Sistema.objects.get(pk="maps"))})
    assert not Sistema.objects.get(pk="maps").ativo
    fund = Fundo.objects.filter(sistema="fidc").first()
    chefe.post(reverse("admin:sistemas_fundo_changelist"), {"action": "limpar_selecao", **ids(fund)})
    assert fund
    fund.refresh_from_db()
    assert not fund.selecionado


def test_paths_are_checked_when_saved_and_on_demand(chefe: Client) -> None:
    address = reverse("admin:sistemas_caminho_change", args=["csv"])
    answer = chefe.post(address, {"descricao": "x", "caminho": "/a\nb", "ordem": 0})
    assert "controle" in answer.content.decode()
    chefe.post(address, {"descricao": "x", "caminho": "/nao/existe", "ordem": 0})
    row = Caminho.objects.get(pk="csv")
    assert row.caminho == "/nao/existe"
    listing = reverse("admin:sistemas_caminho_changelist")
    answer = chefe.post(listing, {"action": "verificar", **ids(row)}, follow=True)
    assert "csv: A pasta não existe" in answer.content.decode()


def test_a_de_para_folder_is_checked(chefe: Client) -> None:
    address = reverse("admin:sistemas_depara_add")
    answer = chefe.post(address, {"fundo": "A", "pasta": "../fora"})
    assert answer.status_code == 200
    assert not DePara.objects.exists()
    chefe.post(address, {"fundo": " A  FI ", "pasta": "001 - A"})
    assert DePara.objects.get().fundo == "A FI"


def test_imports_on_the_pages(chefe: Client) -> None:
    table = SimpleUploadedFile("x.csv", b"De;Para\nA FI;001\nB FI;../x\n")
    answer = chefe.post(reverse("admin:sistemas_depara_importar"), {"arquivo": table}, follow=True)
    assert DePara.objects.get().pasta == "001"
    assert "linha 3" in answer.content.decode()
    funds = SimpleUploadedFile("x.csv", b"Fundo\nNOVO FI\n")
    chefe.post(reverse("admin:sistemas_fundo_importar"), {"arquivo": funds, "sistema": "fidc", "substituir": "on"})
    assert list(Fundo.objects.filter(sistema="fidc").values_list("nome", flat=True)) == ["NOVO FI"]
    bad = SimpleUploadedFile("x.csv", b"nada")
    answer = chefe.post(reverse("admin:sistemas_depara_importar"), {"arquivo": bad})
    assert "não encontrei as colunas" in answer.content.decode()


def test_deleting_the_shown_carteira_shows_the_other(chefe: Client) -> None:
    shown = load_carteira(carteira())
    load_carteira(carteira(sistema="qore", cota=None))
    chefe.post(reverse("admin:portfolio_carteira_delete", args=[shown.pk]), {"post": "yes"})
    assert Carteira.objects.get().preferida


def test_an_administrador_makes_users_with_a_papel(chefe: Client) -> None:
    fields = {
        "username": "ana",
        "papel": int(Papel.OPERADOR),
        "password1": "cavalo-bateria-9",
        "password2": "cavalo-bateria-9",
    }
    answer = chefe.post(reverse("admin:auth_user_add"), {**fields, "usable_password": "true"})
    assert answer.status_code == 302, answer.content.decode()
    ana = User.objects.get(username="ana")
    assert (papel_of(ana), ana.is_staff, ana.is_superuser) == (Papel.OPERADOR, False, False)
    change = {"username": "ana", "papel": int(Papel.ADMINISTRADOR), "is_active": "on", "is_superuser": "on"}
    answer = chefe.post(reverse("admin:auth_user_change", args=[ana.pk]), change)
    assert answer.status_code == 302, answer.content.decode()
    ana = User.objects.get(username="ana")
    assert (papel_of(ana), ana.is_staff, ana.is_superuser) == (Papel.ADMINISTRADOR, True, False)


def test_an_administrador_cannot_take_a_superuser_over(chefe: Client) -> None:
    root = User.objects.create_superuser("raiz", password="senha-de-teste")
    assert chefe.post(reverse("admin:auth_user_change", args=[root.pk]), {"username": "meu"}).status_code == 403
    assert chefe.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403
    assert chefe.post(reverse("admin:auth_user_delete", args=[root.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.get(pk=root.pk).username == "raiz"


def test_nobody_deletes_the_own_account(chefe: Client) -> None:
    me = User.objects.get(username="chefe")
    assert chefe.post(reverse("admin:auth_user_delete", args=[me.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_other_groups_survive_a_change_of_papel() -> None:
    user = make_user(Papel.VISUALIZADOR, "beto")
    user.groups.add(Group.objects.create(name="mesa de renda fixa"))
    set_papel(user, Papel.OPERADOR)
    assert set(user.groups.values_list("name", flat=True)) == {"mesa de renda fixa", "operador"}


def test_what_unfold_shows_is_in_portuguese(chefe: Client) -> None:
    names = ("sistemas_sistema_changelist", "auth_user_add", "sistemas_fundo_importar", "portfolio_carteira_changelist")
    pages = [reverse(f"admin:{name}") for name in names]
    pages.append(reverse("admin:auth_user_change", args=[User.objects.get().pk]))
    for page in pages:
        text = chefe.get(page).content.decode()
        for english in ("Type to search", "Filters", "Choose file", "After you", "No results", "yielded", "this form"):
            assert english not in text, (page, english)


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    folder = Path(etlhub.__file__).parent / "locale" / "pt_BR" / "LC_MESSAGES"
    source = (folder / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', source, re.MULTILINE)
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(pairs) > 50
    for english, portuguese in pairs:
        assert compiled.gettext(unescape(english)) == unescape(portuguese)


def unescape(text: str) -> str:
    return text.replace('\\"', '"')
