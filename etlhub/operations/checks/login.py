"""The login by the company's provider (OIDC): are its settings right, does it answer, would it work."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import User

from etlhub.errors import HubError
from etlhub.oidc import provider
from etlhub.oidc.config import Misconfigured, config, enabled
from etlhub.operations.findings import Finding, good, problem, warning

NOME = "Login pelo provedor"
NETWORK = "Confira ETLHUB_OIDC_ISSUER, a rede e o firewall. Enquanto isso, o login com senha funciona."


def oidc() -> Iterator[Finding]:
    """Nothing where it is not configured."""
    if not enabled():
        if not settings.LOGIN_LOCAL:
            text = "ETLHUB_LOGIN_LOCAL=false não vale: o login por OIDC não está configurado."
            yield warning(NOME, text, "Configure ETLHUB_OIDC_ISSUER, ou tire ETLHUB_LOGIN_LOCAL.")
        return
    provider.forget()
    try:
        wanted = config()
        secret = wanted.secret()
        found = provider.discover(wanted)
        provider.keys(found)
    except Misconfigured as error:
        yield problem(NOME, error.message, "Corrija as variáveis ETLHUB_OIDC_ e reinicie o hub.")
        return
    except provider.ProviderAway as error:
        yield problem(NOME, f"{wanted.issuer} não responde como deve: {error.reason}.", NETWORK)
        return
    except HubError as error:
        yield problem(NOME, error.message, NETWORK)
        return
    yield good(NOME, f"{found.issuer}, {len(wanted.papeis)} valor(es) de {wanted.claim} com papel")
    if not secret:
        what = f"Se o provedor deu um segredo, grave-o em {settings.DATA_DIR}/chaves/oidc_client_secret (modo 0600)."
        yield warning(NOME, "Sem segredo de cliente: só serve a um cliente público.", what)
    if found.challenge_methods is not None and "S256" not in found.challenge_methods:
        yield warning(NOME, "O provedor não anuncia PKCE com S256.", "Ligue PKCE (S256) no cadastro do cliente.")
    if not settings.LOGIN_LOCAL and not User.objects.filter(is_superuser=True, is_active=True).exists():
        text = "O login com senha está desligado e não há superusuário ativo para uma emergência."
        yield problem(NOME, text, "Crie um: manage.py createsuperuser.")
