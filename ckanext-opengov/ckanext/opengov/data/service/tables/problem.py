"""What can be wrong with a file that should be a table."""

from __future__ import annotations

from typing import Any


class TableProblem(Exception):  # noqa: N818 - it is the publisher's problem with a file, not an error of ours
    """``code`` names the kind of problem, ``details`` say where it is. ``messages.py`` tells it to people."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
