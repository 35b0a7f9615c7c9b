"""One provider and one hub that trusts it for all of these tests; each test uses a person of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub import Hub
from tests.oidc.provider import CLIENT_SECRET, Provider


@pytest.fixture(scope="session")
def the_provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def hub(the_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("oidc") / "data"
    keys = folder / "chaves"
    keys.mkdir(parents=True)
    secret = keys / "oidc_client_secret"
    secret.write_text(CLIENT_SECRET + "\n", encoding="utf-8")
    secret.chmod(0o600)
    with Hub(folder, workers=1, environment=the_provider.settings()) as hub:
        yield hub


@pytest.fixture
def provider(the_provider: Provider) -> Iterator[Provider]:
    the_provider.lie()
    yield the_provider
    the_provider.lie()
