"""Serves static files and any React build: hashed assets for ever, index.html never cached, deep links to index.html."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from whitenoise.base import WhiteNoise

from etlhub.access import Papel, papel_of

CHUNK = 64 * 1024
# vite: name-Hash8x_.js; create-react-app: name.0a1b2c3d.chunk.js
HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.(?:chunk\.)?(?:js|css|svg|png|jpe?g|webp|ico|woff2?|ttf|map|json|wasm)$")
NO_BUILD = (
    "<!doctype html><meta charset=utf-8><title>ETL Hub</title><h1>ETL Hub</h1><p>A interface ainda não foi construída."
    " Rode <code>python start.py</code>, que a constrói, ou aponte <code>REACT_BUILD_DIR</code> para uma pronta."
)


def _immutable(_path: str, url: str) -> bool:
    """Whether the name holds a hash of the content. Below `assets/` every bundler puts one."""
    return bool(HASHED.search(url)) and not url.startswith("/static/")


class BuildMiddleware:
    """Answers for files of the React build and of Django's static folder before anything else looks at the request.

    Asynchronous, so that a file goes out without a thread; whitenoise finds, negotiates and dates the files.
    """

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)
        self.files = WhiteNoise(
            None, max_age=60, allow_all_origins=False, immutable_file_test=_immutable, autorefresh=settings.DEBUG
        )
        if Path(settings.STATIC_ROOT).is_dir():
            self.files.add_files(str(settings.STATIC_ROOT), prefix="static/")
        self.build = Path(settings.REACT_BUILD_DIR)
        if self.build.is_dir():
            self.files.add_files(str(self.build))

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        # index.html belongs to the view below, which knows about sessions and caching.
        if request.method in ("GET", "HEAD") and path not in ("/", "/index.html"):
            found = self.files.find_file(path) if self.files.autorefresh else self.files.files.get(path)
            if found is not None:
                return self._serve(found, request)
        return await self.get_response(request)

    @staticmethod
    def _serve(found: Any, request: HttpRequest) -> HttpResponseBase:
        answer = found.get_response(request.method, request.META)
        response: HttpResponseBase
        if answer.file is None:
            response = HttpResponse(status=int(answer.status))
        else:
            response = StreamingHttpResponse(_chunks(answer.file), status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response


async def _chunks(file: Any) -> AsyncIterator[bytes]:
    try:
        while block := await asyncio.to_thread(file.read, CHUNK):
            yield block
    finally:
        file.close()


def index(request: HttpRequest) -> HttpResponseBase:
    """index.html for every client route. A build that knows no login gets Django's login page first."""
    host = request.get_host()
    if settings.REACT_BUILD_FOREIGN and host.split(":")[0] == "127.0.0.1":
        # The build calls http://localhost:<port>; from 127.0.0.1 that is another origin and goes without the cookie.
        return HttpResponseRedirect("http://" + host.replace("127.0.0.1", "localhost", 1) + request.get_full_path())
    if "." in request.path.rsplit("/", 1)[-1] and request.path != "/index.html":
        return HttpResponse("Arquivo não encontrado.", status=404, content_type="text/plain; charset=utf-8")
    if settings.REACT_BUILD_FOREIGN and papel_of(request.user) is Papel.NENHUM:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
    page = Path(settings.REACT_BUILD_DIR) / "index.html"
    content = page.read_bytes() if page.is_file() else NO_BUILD.encode()
    response = HttpResponse(content, status=200 if page.is_file() else 503)
    response["Cache-Control"] = "no-cache, no-store, must-revalidate"
    return response


def favicon(_request: HttpRequest) -> HttpResponseBase:
    """What browsers ask for on pages that name no icon (admin, login): the build's, or nothing without an error."""
    icon = Path(settings.REACT_BUILD_DIR) / "favicon.svg"
    if not icon.is_file():
        return HttpResponse(status=204)
    response = HttpResponse(icon.read_bytes(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response
