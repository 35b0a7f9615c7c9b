"""The document is masked on the way out and merged on the way in, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from pytest_django import DjangoAssertNumQueries

from credentials import document, store, vault
from credentials.models import AuditEntry, Credential, Secret
from etlhub.errors import Invalid, NotFound
from sistemas.fundos import MAX_FUNDOS
from sistemas.models import Fundo, Sistema

MASK = "********"


def save(data: Any, **more: Any) -> document.Saved:
    return document.save_document(data, actor="ana", address="10.0.0.7", **more)


def clear(sistema_id: str, campo: str = "password") -> str:
    return store.open_many([sistema_id])[sistema_id].secrets.get(campo, "")


def test_the_empty_document_has_the_contract_s_shape(sistemas: list[str]) -> None:
    empty = {"url": "", "username": "", "password": ""}
    with_funds = empty | {"fundos": [], "fundos_selecionados": [], "usar_todos": True}
    found = document.masked_document()
    assert found["amplis"] == {"reag": empty, "master": empty}
    assert found["fidc"] == found["qore"] == with_funds
    assert found["maps"] == with_funds | {"totp": ""}
    assert found["jcot"] == found["britech"] == found["trustee"] == empty
    assert set(found["paths"]) >= {"csv", "pdf", "maps", "qore_excel", "qore_pdf", "bd_xlsx", "selenium_temp"}
    assert found["fundos"] == {"selecionados": []}
    assert found["version"] == "2.0"


def test_a_choice_of_funds_of_any_portal_that_takes_one_reaches_its_runs(sistemas: list[str]) -> None:
    save({"trustee": {"url": "https://a.example", "username": "ana", "password": "s3gredo"}})
    chosen = {"fundos": ["A", "B"], "fundos_selecionados": ["B"], "usar_todos": False}
    assert {"trustee.fundos", "trustee.usar_todos"} <= set(save({"trustee": chosen}).changed)
    assert chosen.items() <= document.masked_document()["trustee"].items()
    assert chosen.items() <= vault.run_secrets(["trustee"], actor="ana").document["trustee"].items()
    assert save(document.masked_document()).changed == []
    assert "trustee.usar_todos" in save({"trustee": {"usar_todos": True}}).changed
    assert "fundos" not in vault.run_secrets(["trustee"], actor="ana").document["trustee"], "all that there are"
    with pytest.raises(Invalid):
        save({"jcot": {"usar_todos": False}})


def test_secrets_are_masked_and_the_masked_document_sent_back_changes_nothing(sistemas: list[str]) -> None:
    save({"amplis": {"reag": {"url": "https://a.example", "username": "ana", "password": "s3gredo"}}})
    shown = document.masked_document()
    assert shown["amplis"]["reag"] == {"url": "https://a.example", "username": "ana", "password": MASK}
    assert "s3gredo" not in str(shown)
    tag = document.etag()
    # As the config endpoint's client does: everything it read, its own fields included.
    saved = save(shown | {"versao": "2.0", "ultimaModificacao": None, "periodo": {}, "sistemas": {"maps": {}}})
    assert saved.changed == []
    assert saved.etag == tag
    assert clear("amplis_reag") == "s3gredo"


def test_part_of_a_section_merges_and_empty_clears(sistemas: list[str]) -> None:
    save({"jcot": {"url": "https://j.example", "username": "ana", "password": "um"}})
    save({"jcot": {"username": "bia"}})
    assert document.masked_section("jcot") == {"url": "https://j.example", "username": "bia", "password": MASK}
    save({"jcot": {"password": ""}})
    assert document.masked_section("jcot")["password"] == ""
    assert not Secret.objects.exists()


def test_other_secret_fields_are_kept_under_their_names(sistemas: list[str]) -> None:
    save({"britech": {"token": "tok", "api_key": "chave"}})
    assert document.masked_section("britech") == {
        "url": "",
        "username": "",
        "password": "",
        "token": MASK,
        "api_key": MASK,
    }


def test_every_wrong_path_is_told_at_once_and_nothing_is_saved(sistemas: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        save(
            {
                "jcot": {"password": "boa"},
                "amplis": {"reag": {"url": 5}, "outro": {}},
                "maps": {"fundos": ["A", 3, " "], "usar_todos": "sim", "totp": "não é base32"},
                "britech": "texto",
                "qore": {"cor": "azul", "url": "javascript:alert(1)"},
                "fidc": {"url": "https://ana:senha@fidc.example"},
                "paths": {"csv": None, "lua": "/x"},
                "fundos": {"selecionados": "todos", "x": 1},
                "inexistente": {},
            }
        )
    assert {field.campo for field in caught.value.fields} == {
        "amplis.reag.url",
        "amplis.outro",
        "maps.fundos.1",
        "maps.fundos.2",
        "maps.usar_todos",
        "maps.totp",
        "britech",
        "qore.cor",
        "qore.url",
        "fidc.url",
        "paths.csv",
        "paths.lua",
        "fundos.selecionados",
        "fundos.x",
        "inexistente",
    }
    assert "senha@" not in caught.value.message
    assert not Secret.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("data", [None, [], "x", 3, {"amplis": []}, {"maps": {"password": "a\ud800"}}])
def test_what_is_no_document_is_refused(sistemas: list[str], data: Any) -> None:
    with pytest.raises(Invalid):
        save(data)


def test_funds_paths_and_the_general_selection(sistemas: list[str]) -> None:
    save(
        {
            "maps": {"fundos": ["A", "B"], "fundos_selecionados": ["A", "C"], "usar_todos": False},
            "paths": {"csv": r"\\srv\csv", "pdf": "C:\\pdf"},
            "fundos": {"selecionados": ["X", "Y"]},
        }
    )
    found = document.masked_document()
    assert found["maps"]["fundos"] == ["A", "B", "C"]
    assert found["maps"]["fundos_selecionados"] == ["A", "C"]
    assert found["maps"]["usar_todos"] is False
    assert (found["paths"]["csv"], found["paths"]["pdf"]) == (r"\\srv\csv", "C:\\pdf")
    assert found["fundos"] == {"selecionados": ["X", "Y"]}

    save({"maps": {"fundos": ["B", "C"]}, "fundos": {"selecionados": ["Y"]}})
    found = document.masked_document()
    assert found["maps"]["fundos"] == ["B", "C"]
    assert found["maps"]["fundos_selecionados"] == ["C"]
    assert found["fundos"] == {"selecionados": ["Y"]}
    assert Fundo.objects.filter(sistema=None).count() == 2


def test_thousands_of_funds_take_a_few_queries(
    sistemas: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"FUNDO {n:05d}" for n in range(6000)]
    asked = {"maps": {"fundos": names, "fundos_selecionados": names[::2], "usar_todos": False}}
    with django_assert_max_num_queries(60):  # 500 names a statement
        save(asked)
    assert Fundo.objects.filter(sistema="maps", selecionado=True).count() == 3000
    with django_assert_max_num_queries(60):
        save({"fundos": {"selecionados": names}})
    with django_assert_max_num_queries(25):
        assert save(asked | {"fundos": {"selecionados": names}}).changed == [], "the same document back"


def test_too_many_funds_are_refused_by_the_path_of_the_field(sistemas: list[str]) -> None:
    names = [f"FUNDO {n}" for n in range(MAX_FUNDOS)]
    with pytest.raises(Invalid) as caught:
        save({"qore": {"fundos": names, "fundos_selecionados": ["MAIS UM"]}})
    assert [field.campo for field in caught.value.fields] == ["qore.fundos"]
    assert not Fundo.objects.exists()


def test_an_edit_on_an_old_copy_is_refused_and_one_without_a_tag_is_not(sistemas: list[str]) -> None:
    tag = document.etag()
    save({"jcot": {"password": "de outra pessoa"}}, if_match=tag)
    assert document.etag() != tag
    with pytest.raises(document.Stale):
        save({"jcot": {"password": "minha"}}, if_match=tag)
    assert clear("jcot") == "de outra pessoa"
    save({"jcot": {"password": "nova"}}, if_match=f'W/{document.etag()}, "outra"')
    save({"jcot": {"password": "sem versão"}})
    assert clear("jcot") == "sem versão"


def test_audit_tells_field_and_address_never_the_value(sistemas: list[str]) -> None:
    save({"jcot": {"username": "ana", "password": "valor-secreto"}})
    save({"jcot": {"password": ""}})
    rows = list(AuditEntry.objects.order_by("id").values_list("quem", "acao", "sistema", "campo", "origem"))
    assert rows == [
        ("ana", "alteracao", "jcot", "username", "10.0.0.7"),
        ("ana", "alteracao", "jcot", "password", "10.0.0.7"),
        ("ana", "remocao", "jcot", "password", "10.0.0.7"),
    ]
    assert "valor-secreto" not in str(list(AuditEntry.objects.values()))


def test_totp_is_accepted_as_apps_show_it(sistemas: list[str]) -> None:
    save({"maps": {"totp": "jbsw y3dp ehpk 3pxp"}})
    assert clear("maps", "totp") == "JBSWY3DPEHPK3PXP"
    save({"maps": {"totp": "otpauth://totp/MAPS:ana?secret=GEZDGNBVGY3TQOJQ&issuer=MAPS"}})
    assert clear("maps", "totp") == "GEZDGNBVGY3TQOJQ"
    assert document.masked_section("maps")["totp"] == MASK


def test_a_lost_key_shows_in_the_section(sistemas: list[str], settings: LazySettings) -> None:
    save({"jcot": {"url": "https://j.example", "username": "ana", "password": "um"}})
    settings.CREDENTIAL_KEYS = ["outra"]
    section = document.masked_section("jcot")
    assert section["problema"]["codigo"] == "precisa_informar_de_novo"
    assert document.situations()["jcot"]["situacao"] == "precisa_informar_de_novo"
    save({"jcot": section})
    save({"jcot": {"password": "outro"}})
    assert "problema" not in document.masked_section("jcot")
    assert document.situations()["jcot"]["situacao"] == "ok"


def test_unknown_sistema(sistemas: list[str]) -> None:
    with pytest.raises(NotFound):
        document.masked_section("nenhum")


def test_a_sistema_added_later_has_a_section_of_its_own(sistemas: list[str]) -> None:
    Sistema.objects.create(pk="novo", nome="NOVO")
    save({"novo": {"url": "https://n.example"}})
    assert document.masked_document()["novo"]["url"] == "https://n.example"
    assert Credential.objects.get().pk == "novo"
