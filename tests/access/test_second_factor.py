"""The second factor: enrolled with password and code, asked for at every password, each code worth once, resettable."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from credentials import keys, rotation
from credentials.crypto import Sealed
from etlhub import second_factor, tokens
from etlhub.access import Papel, papel_of
from etlhub.models import AuditoriaAcao, CodigoRecuperacao, SegundoFator
from tests.conftest import make_user

PASSWORD = "senha-de-teste"
URL = "/api/auth/segundo-fator"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Time that stands still until it is moved; codes are made by it too."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("etlhub.second_factor.time.time", lambda: now[0])
    return now


@pytest.fixture
def ana(db: None) -> User:
    return make_user(Papel.OPERADOR, "ana")


def post(client: Client, path: str, **body: str) -> Any:
    return client.post(path, body, content_type="application/json")


def login(name: str = "ana", codigo: str = "", client: Client | None = None) -> Any:
    return post(client or Client(), "/api/auth/login", username=name, password=PASSWORD, codigo=codigo)


def code(secret: str, clock: Any, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock[0]) + 30 * steps)


def enrol(client: Client, clock: Any) -> tuple[str, list[str]]:
    """The secret and the recovery codes; afterwards the clock is a minute on, so that a fresh code exists."""
    secret = post(client, f"{URL}/iniciar", senha=PASSWORD).json()["segredo"]
    answer = post(client, f"{URL}/confirmar", codigo=code(secret, clock))
    assert answer.status_code == 200, answer.content
    clock[0] += 60
    return secret, answer.json()["codigos"]


def enrolled(name: str, clock: Any) -> tuple[Client, str, list[str]]:
    client = Client()
    assert login(name, client=client).status_code == 200
    return (client, *enrol(client, clock))


def test_enrolling_shows_the_secret_once_and_nothing_is_on_before_the_first_code(ana: User, clock: Any) -> None:
    client = Client()
    login(client=client)
    begun = post(client, f"{URL}/iniciar", senha=PASSWORD).json()
    assert begun["qr"].startswith("data:image/svg+xml")
    assert len(begun["segredo"]) == 32
    assert client.get(URL).json() == {
        "ativo": False, "disponivel": True, "exigido": False, "desde": None, "codigos_restantes": 0,
    }  # fmt: skip
    assert login().status_code == 200
    wrong = post(client, f"{URL}/confirmar", codigo="000000")
    assert (wrong.status_code, wrong.json()["campos"][0]["campo"]) == (422, "codigo")
    done = post(client, f"{URL}/confirmar", codigo=code(begun["segredo"], clock))
    assert len(set(done.json()["codigos"])) == 10
    state = client.get(URL).json()
    assert (state["ativo"], state["codigos_restantes"]) == (True, 10)
    assert begun["segredo"] not in str(state)


def test_enrolling_asks_for_the_password(ana: User) -> None:
    client = Client()
    login(client=client)
    answer = post(client, f"{URL}/iniciar", senha="outra")
    assert (answer.status_code, answer.json()["campos"][0]["campo"]) == (422, "senha")
    assert not SegundoFator.objects.exists()


def test_a_login_needs_the_code_and_says_so(ana: User, clock: Any) -> None:
    _, secret, _ = enrolled("ana", clock)
    asked = login()
    assert (asked.status_code, asked.json()["segundo_fator"]) == (401, True)
    assert "etlhub_session" not in asked.cookies
    assert login(codigo="123456").status_code == 401
    assert login(codigo=code(secret, clock)).status_code == 200
    wrong_password = post(Client(), "/api/auth/login", username="ana", password="x", codigo=code(secret, clock, 1))
    assert "segundo_fator" not in wrong_password.json()


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_one_step_off(ana: User, clock: Any, steps: int, status: int) -> None:
    _, secret, _ = enrolled("ana", clock)
    clock[0] += 300
    assert login(codigo=code(secret, clock, steps)).status_code == status


def test_a_code_is_worth_once_and_none_before_it_either(ana: User, clock: Any) -> None:
    _, secret, _ = enrolled("ana", clock)
    clock[0] += 300
    assert login(codigo=code(secret, clock)).status_code == 200
    assert login(codigo=code(secret, clock)).status_code == 401
    assert login(codigo=code(secret, clock, -1)).status_code == 401
    assert login(codigo=code(secret, clock, 1)).status_code == 200


def test_the_code_that_confirmed_is_used_up(ana: User, clock: Any) -> None:
    _, secret, _ = enrolled("ana", clock)
    clock[0] -= 60
    assert login(codigo=code(secret, clock)).status_code == 401


def test_a_recovery_code_is_worth_once_and_kept_as_a_hash(ana: User, clock: Any) -> None:
    client, _, codes = enrolled("ana", clock)
    assert login(codigo=codes[0].upper().replace("-", " ")).status_code == 200
    assert login(codigo=codes[0]).status_code == 401
    assert client.get(URL).json()["codigos_restantes"] == 9
    assert not CodigoRecuperacao.objects.filter(sha256__contains=codes[1].replace("-", "")).exists()


def test_new_recovery_codes_end_the_former(ana: User, clock: Any) -> None:
    client, secret, codes = enrolled("ana", clock)
    fresh = post(client, f"{URL}/codigos", senha=PASSWORD, codigo=code(secret, clock)).json()["codigos"]
    assert login(codigo=codes[0]).status_code == 401
    assert login(codigo=fresh[0]).status_code == 200


def test_switching_it_on_ends_the_sessions_that_came_in_without(ana: User, clock: Any) -> None:
    other = Client()
    login(client=other)
    client, _, _ = enrolled("ana", clock)
    assert client.get("/api/auth/me").status_code == 200
    assert other.get("/api/auth/me").status_code == 401


def test_switching_off_needs_password_and_code(ana: User, clock: Any) -> None:
    client, secret, _ = enrolled("ana", clock)
    for body in ({"senha": PASSWORD}, {"senha": PASSWORD, "codigo": "111111"}, {"senha": "x", "codigo": "1"}):
        assert post(client, f"{URL}/desligar", **body).status_code == 422, body
    assert post(client, f"{URL}/desligar", senha=PASSWORD, codigo=code(secret, clock)).status_code == 200
    assert login().status_code == 200


def test_the_password_is_not_changed_without_the_code(ana: User, clock: Any) -> None:
    client, secret, _ = enrolled("ana", clock)
    wish = {"atual": PASSWORD, "nova": "uma-senha-bem-nova"}
    refused = post(client, "/api/auth/senha", **wish)
    assert (refused.status_code, refused.json()["campos"][0]["campo"]) == (422, "codigo")
    assert post(client, "/api/auth/senha", **wish, codigo=code(secret, clock)).status_code == 200


def form_login(page: str, **fields: str) -> tuple[bool, str]:
    client = Client()
    answer = client.post(page, {"username": "chefe", "password": PASSWORD, **fields})
    return "etlhub_session" in answer.cookies and answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize("page", ["/entrar/", "/admin/login/"])
def test_the_pages_of_django_ask_for_it_too(db: None, clock: Any, page: str) -> None:
    from etlhub.access import set_papel

    assert 'name="codigo"' not in Client().get(page).content.decode()
    set_papel(make_user(Papel.ADMINISTRADOR, "chefe"), Papel.ADMINISTRADOR)
    _, secret, codes = enrolled("chefe", clock)
    assert 'name="codigo"' in Client().get(page).content.decode()
    inside, text = form_login(page)
    assert not inside
    assert "Informe o código" in text
    assert form_login(page, codigo="123456")[0] is False
    assert form_login(page, codigo=code(secret, clock))[0]
    assert form_login(page, codigo=codes[0])[0]


def test_the_admins_own_password_page_asks_for_it(db: None, clock: Any) -> None:
    from etlhub.access import set_papel

    chefe = make_user(Papel.ADMINISTRADOR, "chefe")
    set_papel(chefe, Papel.ADMINISTRADOR)
    client, secret, _ = enrolled("chefe", clock)
    page = "/admin/password_change/"
    assert 'name="codigo"' in client.get(page).content.decode()
    form = {"old_password": PASSWORD, "new_password1": "outra-senha-boa", "new_password2": "outra-senha-boa"}
    assert "Informe o código" in client.post(page, form).content.decode()
    assert client.post(page, form | {"codigo": code(secret, clock)}).status_code == 302
    chefe.refresh_from_db()
    assert chefe.check_password("outra-senha-boa")
    assert client.get("/api/auth/me").status_code == 200


def test_administrators_count_as_operador_until_they_have_one_where_it_is_compulsory(
    db: None, clock: Any, settings: Any
) -> None:
    settings.TOTP_ADMINISTRADORES = True
    chefe = make_user(Papel.ADMINISTRADOR, "chefe")
    client = Client()
    login("chefe", client=client)
    me = client.get("/api/auth/me").json()
    assert (me["papel"], me["falta_segundo_fator"]) == ("operador", True)
    assert client.get("/api/auditoria").status_code == 403
    assert post(client, "/api/tokens", nome="x", papel="administrador").status_code == 422
    secret, _ = enrol(client, clock)
    me = client.get("/api/auth/me").json()
    assert (me["papel"], me["falta_segundo_fator"]) == ("administrador", False)
    refused = post(client, f"{URL}/desligar", senha=PASSWORD, codigo=code(secret, clock))
    assert refused.status_code == 409
    assert papel_of(make_user(Papel.OPERADOR, "beto")) is Papel.OPERADOR
    assert papel_of(chefe) is Papel.ADMINISTRADOR


def test_a_token_of_an_administrator_works_without(db: None, settings: Any) -> None:
    _, text = tokens.create(make_user(Papel.ADMINISTRADOR, "chefe"), nome="script", papel="administrador", dias=1)
    settings.TOTP_ADMINISTRADORES = True
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/auditoria", headers=headers).status_code == 200
    assert Client().get(URL, headers=headers).status_code == 403


def test_an_administrator_removes_anothers_but_not_the_own_nor_a_superusers(db: None, clock: Any) -> None:
    from etlhub.access import set_papel

    chefe = make_user(Papel.ADMINISTRADOR, "chefe")
    set_papel(chefe, Papel.ADMINISTRADOR)
    User.objects.create_superuser("root", password=PASSWORD)
    make_user(Papel.OPERADOR, "ana")
    boss, _, _ = enrolled("chefe", clock)
    for name in ("ana", "root"):
        enrolled(name, clock)
    chosen = list(User.objects.values_list("pk", flat=True))
    boss.post("/admin/auth/user/", {"action": "remover_segundo_fator", "_selected_action": chosen})
    assert set(SegundoFator.objects.values_list("user__username", flat=True)) == {"chefe", "root"}
    assert login("ana").status_code == 200


def test_the_console_resets_it_and_the_audit_knows(ana: User, clock: Any) -> None:
    enrolled("ana", clock)
    call_command("reset_totp", "ana", verbosity=0)
    assert login().status_code == 200
    assert AuditoriaAcao.objects.filter(acao="removeu o segundo fator", alvo="usuario ana").exists()
    for name in ("ana", "ninguem"):
        with pytest.raises(CommandError):
            call_command("reset_totp", name)


def test_the_audit_has_what_was_done_and_no_secret(ana: User, clock: Any) -> None:
    client, secret, codes = enrolled("ana", clock)
    login(codigo="123456")
    login(codigo=codes[0])
    post(client, f"{URL}/desligar", senha=PASSWORD, codigo=code(secret, clock))
    rows = list(AuditoriaAcao.objects.order_by("pk").values_list("usuario", "acao", "status", "mensagem", "dados"))
    assert [row[1] for row in rows] == [
        "entrou",
        "começou a configurar o segundo fator",
        "ligou o segundo fator",
        "entrou",
        "entrou",
        "desligou o segundo fator",
    ]
    assert rows[3][:4] == ("ana", "entrou", 401, "Código do segundo fator incorreto.")
    for word in (secret, PASSWORD, codes[0], "123456"):
        assert word not in str(rows)


def test_the_secret_is_sealed_and_follows_the_rotation(ana: User, clock: Any, settings: Any) -> None:
    _, secret, _ = enrolled("ana", clock)
    before = SegundoFator.objects.get()
    assert secret.encode() not in bytes(before.selado)
    settings.CREDENTIAL_KEYS = ["uma-chave-nova", *keys.texts()]
    assert rotation.rotate(quem="teste").rotated == 1
    after = SegundoFator.objects.get()
    assert after.key_id == keys.keyring().current.id != before.key_id
    assert login(codigo=code(secret, clock)).status_code == 200


def test_a_secret_copied_to_another_user_does_not_open(ana: User, clock: Any) -> None:
    _, secret, codes = enrolled("ana", clock)
    SegundoFator.objects.filter(user=ana).update(user=make_user(Papel.OPERADOR, "beto"))
    assert "segundo fator de beto" in rotation.check().lost
    answer = login("beto", code(secret, clock))
    assert (answer.status_code, "chave do cofre" in answer.json()["detail"]) == (503, True)
    # The recovery codes still let the owner in.
    assert login("beto", codes[0]).status_code == 200


def test_codes_are_limited_by_account(ana: User, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, int] = {}

    def take(limits: dict[str, int], _window: int) -> int:
        for key in limits:
            taken[key] = taken.get(key, 0) + 1
        return 60 if any(taken[key] > limit for key, limit in limits.items()) else 0

    _, secret, _ = enrolled("ana", clock)
    monkeypatch.setattr("etlhub.throttle.take", take)
    monkeypatch.setattr(
        "etlhub.throttle.give_back", lambda keys, _: taken.update({key: taken[key] - 1 for key in keys})
    )
    for _ in range(30):  # the first step of a login is no try
        assert login().json()["segundo_fator"] is True
    assert not any(taken[key] for key in taken if key.startswith(("codigo:", "conta:")))
    for _ in range(10):
        assert login(codigo="000000").status_code == 401
    taken.update({key: 0 for key in taken if not key.startswith("codigo:")})  # as from another address
    assert login(codigo=code(secret, clock)).status_code == 429


def test_a_user_of_the_company_provider_has_no_factor_here(db: None) -> None:
    user = User.objects.create_user("externa")
    client = Client()
    client.force_login(user)
    assert client.get(URL).json()["disponivel"] is False
    assert post(client, f"{URL}/iniciar", senha="x").status_code == 409


def test_two_browsers_with_one_code_only_one_comes_in(ana: User, clock: Any) -> None:
    """Both read the factor before either is done."""
    enrolled("ana", clock)
    first, second = SegundoFator.objects.get(), SegundoFator.objects.get()
    secret = keys.keyring().open(Sealed(first.key_id, bytes(first.selado)), *first.place)
    digits = code(secret, clock)
    assert [second_factor.accept(each, digits) for each in (first, second)] == [True, False]
