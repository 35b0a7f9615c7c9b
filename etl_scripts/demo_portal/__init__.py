"""Invented portals that imitate the real ones: demo mode, test bench of the connectors, and a place to learn."""

from __future__ import annotations

from .constants import DEMO_PASSWORD, DEMO_TOTP_SECRET, DEMO_USER
from .faults import FaultError
from .server import DemoPortal
from .world import Settings

__all__ = ["DEMO_PASSWORD", "DEMO_TOTP_SECRET", "DEMO_USER", "DemoPortal", "FaultError", "Settings"]
