"""A Firefox as it comes, driven by its own WebDriver BiDi: Playwright drives only a Firefox of its own making."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox", "firefox-esr")
PLACES = (
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
)
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_SECONDS = 60
ANSWER_SECONDS = 30
PATIENCE_SECONDS = 30
# Asks nobody outside while it is tested.
QUIET = """\
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("app.update.disabledForTesting", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("intl.accept_languages", "pt-BR");
"""


def find() -> str | None:
    """Where Firefox is installed; None when it is not."""
    return next((found for name in NAMES if (found := shutil.which(name))), None) or next(
        (place for place in PLACES if Path(place).is_file()), None
    )


@dataclass
class Tab:
    """One tab. What goes wrong in it, and what its console warns of, is in `problems`."""

    socket: ClientConnection
    context: str = ""
    problems: list[str] = field(default_factory=list)
    _number: int = 0

    def call(self, method: str, **params: Any) -> Any:
        """The answer to a command. AssertionError when the browser refuses it."""
        self._number += 1
        self.socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=ANSWER_SECONDS))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] in ("warn", "error"):
                self.problems.append(str(message["params"]["text"]))
            if message.get("id") == self._number:
                assert message["type"] == "success", message
                return message["result"]

    def goto(self, url: str) -> None:
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression that is a text, a number or a truth value."""
        answer = self.call(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < limit, f"never true: {expression}\n{self.evaluate('document.body.innerText')}"

    def click(self, selector: str) -> None:
        """With the mouse, where the element is."""
        self.until(f"document.querySelector({json.dumps(selector)})")
        (node,) = self.call(
            "browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": selector}
        )["nodes"][:1]
        self.evaluate(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        press, release = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._perform({"type": "pointer", "id": "mouse", "actions": [move, press, release]})

    def type(self, text: str) -> None:
        keys = [{"type": kind, "value": char} for char in text for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keys", "actions": keys})

    def _perform(self, action: dict[str, Any]) -> None:
        self.call("input.performActions", context=self.context, actions=[action])


@contextlib.contextmanager
def tab(program: str, profile: Path) -> Iterator[Tab]:
    """A headless Firefox with a fresh profile, and its one tab."""
    (profile / "user.js").write_text(QUIET, encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    clock = threading.Timer(START_SECONDS, process.kill)
    clock.start()
    try:
        assert process.stderr
        url = next((found[1] for line in process.stderr if (found := LISTENS.search(line))), None)
        clock.cancel()
        assert url, f"Firefox did not start: {process.poll()}"
        threading.Thread(target=process.stderr.read, daemon=True).start()
        with connect(f"{url}/session", max_size=None, proxy=None) as socket:
            page = Tab(socket)
            page.call("session.new", capabilities={})
            page.context = page.call("browsingContext.getTree")["contexts"][0]["context"]
            page.call("session.subscribe", events=["log.entryAdded"])
            yield page
            with contextlib.suppress(Exception):
                page.call("browser.close")
    finally:
        clock.cancel()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if process.poll() is None:
            process.kill()
            process.wait(timeout=10)
