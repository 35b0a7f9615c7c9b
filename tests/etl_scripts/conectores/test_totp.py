"""One-time codes are computed from the secrets that authenticators really give."""

from __future__ import annotations

import pytest

from etl_scripts.conector import codigo_totp
from etl_scripts.erros import Falha


def test_a_secret_of_sixteen_characters_is_taken() -> None:
    assert codigo_totp("jbsw y3dp ehpk 3pxp").isdigit()


@pytest.mark.parametrize("secret", ["", "não é base32", "ABC"])
def test_what_is_no_secret_is_said(secret: str) -> None:
    with pytest.raises(Falha):
        codigo_totp(secret)
