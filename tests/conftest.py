"""Fixtures for all tests. Unit tests use Django's test database; `hub` (tests/hub.py) is a whole hub in real processes."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from etlhub.access import Papel
from sistemas import catalogue


@pytest.fixture
def catalogo(db: None) -> None:
    """The default sistemas, as on first start."""
    catalogue.seed()


def make_user(papel: Papel, name: str = "") -> User:
    """A user of that role."""
    user = User.objects.create_user(name or papel.name.lower(), password="senha-de-teste")
    group, _ = Group.objects.get_or_create(name=papel.name.lower())
    user.groups.add(group)
    return user


def client_of(papel: Papel) -> Client:
    """A browser in which a user of that role is logged in."""
    client = Client()
    client.force_login(User.objects.filter(username=papel.name.lower()).first() or make_user(papel))
    return client


@pytest.fixture
def admin(catalogo: None) -> Client:
    return client_of(Papel.ADMINISTRADOR)


@pytest.fixture
def operador(catalogo: None) -> Client:
    return client_of(Papel.OPERADOR)


@pytest.fixture
def visualizador(catalogo: None) -> Client:
    return client_of(Papel.VISUALIZADOR)
