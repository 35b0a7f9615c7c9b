"""Several machines of one hub: who gives signs of life, and whether keys, version and files are the same on all."""

from __future__ import annotations

from collections.abc import Iterator

from etlhub.operations import machines as known
from etlhub.operations.findings import Finding, good, problem, warning

# fact -> what differs, as the beginning of a sentence; what to do.
_MUST_AGREE = {
    "versao": (
        "As máquinas têm versões diferentes do hub",
        "Pare todas e atualize cada uma antes de ligá-las (docs/implantacao/atualizacao.md).",
    ),
    "sessoes": (
        "As máquinas têm chaves de sessão diferentes: quem entrou por uma não é reconhecido pela outra",
        "Dê a todas a mesma ETLHUB_SECRET_KEY (ou ETLHUB_SECRET_KEY_FILE).",
    ),
    "cofre": (
        "As máquinas têm chaves do cofre diferentes: uma não abre as senhas guardadas por outra",
        "Dê a todas as mesmas ETLHUB_CREDENTIAL_KEYS_FILE e depois rode manage.py rotate_credentials.",
    ),
    "pasta": (
        "As máquinas guardam os arquivos em pastas diferentes: o que uma coletou não é baixado pela outra",
        "Dê a todas a mesma pasta compartilhada em ETLHUB_ARQUIVOS.",
    ),
}


def machines() -> Iterator[Finding]:
    everyone = known.machines()
    yield good("Máquinas", "; ".join(str(each) for each in everyone) or "nenhuma com sinal de vida")
    for fact, (what, action) in _MUST_AGREE.items():
        if holders := list(known.differing(everyone, fact)):
            groups = "; ".join(", ".join(names) for _value, names in holders)
            yield problem("Máquinas", f"{what} ({groups}).", action)
    for each in everyone:
        if each.workers and not each.vigias:
            text = f"{each.nome} tem workers e nenhum vigia: o que parar nela demora mais a ser retomado."
            yield warning("Máquinas", text, "Ligue manage.py watch também nela.")
        if each.fatos and not each.fatos.get("pasta"):
            text = f"{each.nome} não alcança a pasta dos arquivos, ou não grava nela."
            yield problem("Máquinas", text, "Confira ETLHUB_ARQUIVOS e se o compartilhamento está montado nela.")
