"""HTTP for running and watching: parse, call one function, shape the answer."""

from __future__ import annotations

import mimetypes
from typing import Annotated, Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Router
from pydantic import Field

from etlhub import access
from jobs import artifacts, codes, events, queries, submit
from jobs import stats as statistics
from jobs.models import Job, Level, Transition
from jobs.reading import day_range, level_number
from jobs.schemas import (
    ArtifactsOut,
    CodigoIn,
    Done,
    ExecuteIn,
    ExecuteOneIn,
    JobOut,
    JobsOut,
    JobStatusName,
    LogsOut,
    Started,
    StatsOut,
    TransitionOut,
)

router = Router(tags=["execuções"])
Limit = Annotated[int, Field(ge=1, le=500)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Seq = Annotated[int, Field(ge=0, lt=1 << 32)]


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _started(job: Job) -> dict[str, Any]:
    return {"message": f"Execução {job.pk} iniciada.", "job_id": job.pk}


@router.post("/execute", auth=access.executar, response=Started)
def execute(request: HttpRequest, payload: ExecuteIn) -> dict[str, Any]:
    """Run sistemas side by side."""
    return _started(submit.submit(submit.RunRequest(**payload.dict()), user=_user(request)))


@router.post("/execute/{sistema_id}", auth=access.executar, response=Started)
def execute_one(request: HttpRequest, sistema_id: str, payload: ExecuteOneIn | None = None) -> dict[str, Any]:
    """Run one sistema."""
    options = (payload or ExecuteOneIn()).dict()
    opcoes = options.pop("opcoes")
    wish = submit.RunRequest(sistemas=[sistema_id], opcoes={sistema_id: opcoes} if opcoes else {}, **options)
    return _started(submit.submit(wish, user=_user(request), type=Job.Type.SINGLE))


@router.post("/cancel/{job_id}", auth=access.executar, response=Done)
def cancel(request: HttpRequest, job_id: int, sistema: str | None = None) -> dict[str, Any]:
    """Cancel a job, or one sistema of it."""
    user = _user(request)
    message = submit.cancel(job_id, actor=user.get_username() if user else "?", sistema_id=sistema)
    return {"message": message}


@router.get("/jobs", response=JobsOut)
def list_jobs(
    request: HttpRequest,
    status: JobStatusName | None = None,
    sistema: str | None = None,
    de: str | None = None,
    ate: str | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Jobs, newest first; `de` and `ate` are days (both included)."""
    since, until = day_range(de, ate)
    page, total = queries.job_page(status=status, sistema=sistema, since=since, until=until, limit=limit, offset=offset)
    jobs = [queries.job_dict(job, logs=False) for job in page]
    return {"jobs": jobs, "total": total, "limit": limit, "offset": offset}


@router.get("/jobs/history", response=list[JobOut])
def history(request: HttpRequest, limit: Limit = 50) -> list[dict[str, Any]]:
    """The last jobs, newest first."""
    page = queries.jobs().select_related("created_by").prefetch_related("executions__sistema")[:limit]
    return [queries.job_dict(job, logs=False) for job in page]


@router.get("/jobs/{job_id}", response=JobOut)
def get_job(request: HttpRequest, job_id: int, logs: bool = True) -> dict[str, Any]:
    """One job, with its last log lines as text."""
    return queries.job_dict(queries.get_job(job_id), logs=logs)


@router.get("/jobs/{job_id}/logs", response=LogsOut)
def logs(
    request: HttpRequest,
    job_id: int,
    after: Seq = 0,
    before: Seq | None = None,
    limit: Annotated[int, Field(ge=1, le=queries.MAX_LOG_PAGE)] = queries.LOG_PAGE,
    level: str | None = None,
    sistema: str | None = None,
    q: Annotated[str, Field(max_length=200)] | None = None,
    ultimas: bool = False,
) -> dict[str, Any]:
    """Lines after a seq, filtered; `ultimas` gives the last ones before `before` instead."""
    job = queries.get_job(job_id)
    rows = queries.log_lines(
        job_id,
        after=after,
        before=before,
        limit=limit,
        level=level_number(level),
        sistema=sistema,
        q=q,
        newest=ultimas,
    )
    names = {int(each): each.label for each in Level}
    lines = [
        {
            "seq": row.seq,
            "job_id": job_id,
            "level": names[row.level],
            "sistema": row.sistema,
            "mensagem": row.mensagem,
            "timestamp": events.iso(row.timestamp),
        }
        for row in rows
    ]
    return {"logs": lines, "next": rows[-1].seq if rows else after, "total": job.log_seq, "first": job.log_first}


@router.get("/jobs/{job_id}/logs/download")
def download_logs(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """The whole log as a text file, streamed."""
    job = queries.get_job(job_id)
    response = StreamingHttpResponse(
        artifacts.in_background(queries.log_text(job)), content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="etlhub-{job_id}.log"'
    return response


@router.post("/jobs/{job_id}/retry", auth=access.executar, response=Started)
def retry(request: HttpRequest, job_id: int, apenas_falhas: bool = False, insistir: bool = False) -> dict[str, Any]:
    """Run a former job's parameters again."""
    return _started(submit.retry(job_id, user=_user(request), only_failed=apenas_falhas, insist=insistir))


@router.post("/jobs/{job_id}/codigo", auth=access.executar, response=Done)
def answer_code(request: HttpRequest, job_id: int, payload: CodigoIn) -> dict[str, Any]:
    """Give a run the one-time code that it asks for."""
    codes.answer(job_id, payload.execution_id, payload.valor, cancel=payload.cancelar)
    return {"message": "Código enviado." if not payload.cancelar else "Pedido de código recusado."}


@router.get("/jobs/{job_id}/transicoes", response=list[TransitionOut])
def transitions(request: HttpRequest, job_id: int) -> list[dict[str, Any]]:
    """Every change of state in a job: when, by whom, why."""
    queries.get_job(job_id)
    found = Transition.objects.filter(execution__job_id=job_id).select_related("execution").order_by("id")
    return [
        {
            "execution_id": each.execution_id,
            "sistema_id": each.execution.sistema_id,
            "em": events.iso(each.at),
            "de": each.origem,
            "para": each.destino,
            "tentativa": each.tentativa,
            "por": each.actor,
            "motivo": each.motivo,
        }
        for each in found
    ]


@router.get("/jobs/{job_id}/artefatos", response=ArtifactsOut)
def list_artifacts(request: HttpRequest, job_id: int, limit: Limit = 200, offset: Offset = 0) -> dict[str, Any]:
    """The files that a job collected."""
    queries.get_job(job_id)
    found = queries.artifacts(job_id)
    rows = [artifacts.as_dict(each) for each in found[offset : offset + limit]]
    return {"artefatos": rows, "total": found.count()}


@router.get("/artefatos/{artifact_id}/download")
def download_artifact(request: HttpRequest, artifact_id: int) -> HttpResponseBase:
    """A collected file, as it lies in its folder."""
    path, name = artifacts.open_path(artifact_id)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = StreamingHttpResponse(artifacts.read(path.open("rb")), content_type=kind)
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@router.get("/stats", response=StatsOut)
def stats(request: HttpRequest, dias: Annotated[int, Field(ge=1, le=366)] = 30) -> dict[str, Any]:
    """The dashboard's numbers."""
    return statistics.stats(dias)
