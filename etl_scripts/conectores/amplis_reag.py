"""AMPLIS (REAG): favourites 0 carteira diária, 1 aplicação e resgate, 2 contas a pagar."""

from __future__ import annotations

from etl_scripts.conectores.amplis import Amplis, Favorito


class AmplisReag(Amplis):
    """Three reports."""

    sistema = "amplis_reag"
    favoritos = (
        Favorito(0, "carteira", "", "csv_carteira"),
        Favorito(1, "ar", "ar.csv", "amplis_ar"),
        Favorito(2, "cp1", "cp1.csv", "amplis_cp"),
    )


CONECTOR = AmplisReag
