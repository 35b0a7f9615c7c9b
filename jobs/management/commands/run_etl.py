"""`manage.py run_etl`: the same job as the browser starts, followed in the terminal. Exit code 0, 1 or 130."""

from __future__ import annotations

import getpass
import logging
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from etlhub.errors import HubError
from jobs import dispatch, inline, queries, runner, submit
from jobs.models import Job
from jobs.terminal import Follower
from sistemas.models import Sistema


class Command(BaseCommand):
    help = "Executa sistemas e acompanha o log. Ctrl+C cancela."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sistemas", nargs="*", help="ids (ex.: maps fidc); nenhum = todos os ativos")
        parser.add_argument("--data-inicial", help="DD/MM/AAAA ou AAAA-MM-DD (padrão: o período configurado)")
        parser.add_argument("--data-final", help="DD/MM/AAAA ou AAAA-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="só mostra o que seria feito")
        parser.add_argument("--limpar", action="store_true", help="move antes para a lixeira o que já foi coletado")
        parser.add_argument("--baixar-de-novo", action="store_true", help="baixa também o que já foi coletado")
        parser.add_argument("--insistir", action="store_true", help="tenta mesmo com senha recusada antes")
        parser.add_argument(
            "--opcao", action="append", default=[], metavar="SISTEMA.OPCAO=sim|nao", help="liga ou desliga uma opção"
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--fila", action="store_true", help="só põe na fila e mostra o número da execução")
        how.add_argument("--sem-fila", action="store_true", help="executa neste processo, sem Redis nem worker")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            job = submit.submit(self._request(options), user=None, start=not options["sem_fila"])
        except HubError as error:
            raise CommandError(error.message) from None
        if options["sem_fila"]:  # there may be no Redis, and then nobody to announce each line to
            logging.getLogger("jobs.events").setLevel(logging.ERROR)
        if options["fila"]:
            self.stdout.write(str(job.pk))
            return
        console = Console(highlight=False)
        console.print(f"Execução {job.pk} iniciada. Ctrl+C cancela.", style="dim")
        if not options["sem_fila"] and queries.workers_or_none() in (0, None):
            console.print("Nenhum worker responde: a execução fica na fila até um ser ligado.", style="yellow")
        sys.exit(self._follow(job, console, inside=options["sem_fila"]))

    def _follow(self, job: Job, console: Console, *, inside: bool) -> int:
        thread = threading.Thread(target=inline.run_job, args=(job.pk,), daemon=True) if inside else None
        if thread:
            thread.start()
        follower = Follower(job.pk, console, getpass.getpass)
        alive = thread.is_alive if thread else lambda: True
        try:
            return follower.follow(alive=alive)
        except KeyboardInterrupt:
            console.print("Cancelando…", style="yellow")
        try:
            submit.cancel(job.pk, actor=f"terminal ({getpass.getuser()})")
            return follower.follow(alive=alive)
        except HubError:
            return follower.summary()
        except KeyboardInterrupt:
            runner.stopping.set()
            dispatch.dispatch()
            if thread:
                thread.join(15)
            return 130

    @staticmethod
    def _request(options: dict[str, Any]) -> submit.RunRequest:
        opcoes: dict[str, dict[str, bool]] = {}
        for text in options["opcao"]:
            name, _, value = text.partition("=")
            sistema_id, _, opcao = name.partition(".")
            if not opcao or value.lower() not in ("sim", "nao", "não"):
                raise CommandError(f"--opcao {text}: use SISTEMA.OPCAO=sim ou SISTEMA.OPCAO=nao.")
            opcoes.setdefault(sistema_id, {})[opcao] = value.lower() == "sim"
        ids = options["sistemas"] or list(Sistema.objects.filter(ativo=True).values_list("pk", flat=True))
        return submit.RunRequest(
            sistemas=ids,
            dry_run=options["dry_run"],
            limpar=options["limpar"],
            baixar_de_novo=options["baixar_de_novo"],
            insistir=options["insistir"],
            data_inicial=options["data_inicial"],
            data_final=options["data_final"],
            opcoes=opcoes,
        )
