"""Files that were sent and wait for somebody to confirm how they are read."""

from __future__ import annotations

import json
import re
import time
import uuid
from pathlib import Path
from typing import Any, Protocol

import ckan.plugins.toolkit as tk

from ckanext.opengov.budget.service.lines.finding import fault
from ckanext.opengov.civic.service.refusal import N_

KEPT = 24 * 3600
_PIECE = 1 << 20


class Readable(Protocol):
    """An upload."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; empty at the end."""
        ...


def _folder() -> Path:
    path = Path(tk.config["ckan.storage_path"]) / "opengov_budget_uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(upload: Readable, file_name: str, budget_id: str) -> str:
    """Store a file for a day.

    :returns: the id by which it is found again
    :raises Faulty: when it is too large, or empty
    """
    upload_id = str(uuid.uuid4())
    size, most = 0, tk.config["opengov.budget.most_bytes"]
    path = _folder() / upload_id
    with path.open("wb") as out:
        while piece := upload.read(_PIECE):
            size += len(piece)
            if size > most:
                break
            out.write(piece)
    if not 0 < size <= most:
        path.unlink()
        text = N_("The file is empty.") if not size else N_("The file is larger than {limit} MB.")
        raise fault("readable", text, limit=most >> 20)
    notes = {"name": Path(file_name).name, "budget": budget_id}
    path.with_suffix(".json").write_text(json.dumps(notes, ensure_ascii=False), encoding="utf-8")
    return upload_id


def find(upload_id: Any, budget_id: str) -> tuple[Path, str] | None:
    """A kept file of a budget and its name."""
    if not isinstance(upload_id, str) or not re.fullmatch(r"[0-9a-f-]{36}", upload_id):
        return None
    path = _folder() / upload_id
    if not path.exists():
        return None
    notes = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return (path, notes["name"]) if notes["budget"] == budget_id else None


def drop(upload_id: str) -> None:
    """Throw a kept file away."""
    for path in (_folder() / upload_id, (_folder() / upload_id).with_suffix(".json")):
        path.unlink(missing_ok=True)


def forget_old() -> int:
    """Throw away what was not imported within a day.

    :returns: how many files
    """
    old = [path for path in _folder().iterdir() if path.stat().st_mtime < time.time() - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
