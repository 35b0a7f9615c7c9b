"""AMPLIS (Master): favourites 0 carteira diária, 1 contas a pagar."""

from __future__ import annotations

from etl_scripts.conectores.amplis import Amplis, Favorito


class AmplisMaster(Amplis):
    """Two reports."""

    sistema = "amplis_master"
    favoritos = (Favorito(0, "carteira", "", "csv_carteira"), Favorito(1, "cp2", "cp2.csv", "amplis_cp"))


CONECTOR = AmplisMaster
