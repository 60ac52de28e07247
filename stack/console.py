"""What the person at the terminal sees, and running other programs with their output kept in a log."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from stack.layout import Layout

_lock = threading.Lock()


class StackError(Exception):
    """Something stands in the way; ``hint`` says what the person can do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def say(text: str = "") -> None:
    with _lock:
        print(text, flush=True)


def fail(error: StackError) -> None:
    with _lock:
        print(f"\n✗ {error}", file=sys.stderr)
        if error.hint:
            print(f"  → {error.hint}", file=sys.stderr)


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without CKAN_*: those variables override the ini and would mix up two instances."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CKAN_")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} | extra


def run(
    layout: Layout,
    command: list[str | Path],
    *,
    log: str,
    hint: str = "",
    env: dict[str, str] | None = None,
    user: str | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program, append its output to ``.opengov/logs/<log>.log`` and return it; a failure is a StackError."""
    words = [str(word) for word in command]
    if user:
        words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
    layout.logs.mkdir(parents=True, exist_ok=True)
    path = layout.logs / f"{log}.log"
    try:
        done = subprocess.run(
            words,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env or clean_environment(),
            cwd=cwd or layout.root,
            check=False,
        )
    except FileNotFoundError as error:
        raise StackError(f"{words[0]} is not on this machine", hint or "./opengov up installs it") from error
    with path.open("a") as out:
        out.write(f"$ {time.strftime('%F %T')} {' '.join(words[:4])} …\n{done.stdout}\n")
    if done.returncode:
        tail = "\n    ".join(done.stdout.strip().splitlines()[-6:])
        raise StackError(f"{Path(words[0]).name} failed with {done.returncode}:\n    {tail}", hint or f"see {path}")
    return done.stdout
