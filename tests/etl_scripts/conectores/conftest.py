"""The same portal and bench as the command's tests."""

from __future__ import annotations

from tests.etl_scripts.comando.conftest import bancada, portal

__all__ = ["bancada", "portal"]
