"""How fast the masker reads: MB/s on clean output, on output with a secret in every hundredth line, and per short line.

Prints JSON. The baseline, in the same run: the same forms as one regular expression, on the clean output. With `--check`
exits 1 when the clean rate is below the promised one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from credentials.disguises import disguises
from credentials.masking import MASK_BYTES, Masker

PROMISED_MB_PER_SECOND = 200
CHUNK_BYTES = 64 * 1024
SECONDS = 1.0
SECRETS = [f"S3nh@-do-sistema-{n}/çã" for n in range(8)] + ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"]
LINE = "[INFO] [MAPS] Baixando composição do fundo EXEMPLO FIC FIM de 24/11/2026 (página 3 de 10)\n".encode()


def rate(feed: Callable[[bytes], bytes], chunk: bytes) -> float:
    """MB (10^6 bytes) a second through `feed`."""
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        for _ in range(20):
            feed(chunk)
            done += len(chunk)
    return done / (time.perf_counter() - started) / 1e6


def plain() -> Callable[[bytes], bytes]:
    """What one would write first: it takes a secret cut by the end of a chunk for none."""
    forms = {form for secret in SECRETS for form in disguises(secret)}
    pattern = re.compile(b"|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    return lambda chunk: pattern.sub(MASK_BYTES, chunk)


def main() -> int:
    clean = (LINE * (CHUNK_BYTES // len(LINE) + 1))[:CHUNK_BYTES]
    dirty = LINE * 99 + f"[ERROR] [MAPS] falhou com {SECRETS[3]}\n".encode()
    started = time.perf_counter()
    masker = Masker(SECRETS)
    built = time.perf_counter() - started
    measured = {
        "limpo_mb_s": rate(masker.feed, clean),
        "com_segredos_mb_s": rate(Masker(SECRETS).feed, dirty * (CHUNK_BYTES // len(dirty) + 1)),
        "sem_segredos_mb_s": rate(Masker([]).feed, clean),
        "linha_a_linha_mb_s": rate(Masker(SECRETS).feed, LINE),
        "linha_a_linha_por_s": rate(Masker(SECRETS).feed, LINE) * 1e6 / len(LINE),
    }
    result = {
        "nome": "masker",
        "formas": repr(masker),
        "construcao_ms": round(built * 1e3, 1),
        "linha_de_base": {"re_mb_s": round(rate(plain(), clean)), "prometido_mb_s": PROMISED_MB_PER_SECOND},
        "medido": {name: round(value) for name, value in measured.items()},
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return int("--check" in sys.argv and measured["limpo_mb_s"] < PROMISED_MB_PER_SECOND)


if __name__ == "__main__":
    sys.exit(main())
