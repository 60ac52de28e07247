"""Workbooks with faults are kept for a day, so that they can be had back with their cells marked."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault

FOLDER = "opengov_templates"
DAY = 86_400
# Of the file as it is sent.
MOST_BYTES = 60 << 20
_PIECE = 1 << 20


@dataclass(frozen=True)
class Kept:
    """Whose file it was, and for which table and agency."""

    resource_id: str
    user_id: str
    agency: str


def _folder() -> Path:
    folder = Path(tk.config["ckan.storage_path"]) / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def save(upload: Any, of: Kept) -> tuple[str, Path]:
    """Write an upload down.

    :raises Faulty: when it is too large
    """
    name = str(uuid4())
    path = _folder() / f"{name}.file"
    size = 0
    with path.open("wb") as out:
        while piece := upload.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                out.close()
                path.unlink()
                text = N_("The file is larger than {limit} MB. Send it in several parts, or let your system push it.")
                raise fault(text, limit=MOST_BYTES >> 20)
            out.write(piece)
    path.with_suffix(".json").write_text(json.dumps(asdict(of)))
    return name, path


def find(name: str) -> tuple[Kept, Path] | None:
    """A file that was kept, None when there is none (any more)."""
    try:
        path = _folder() / f"{UUID(name)}.file"
        of = Kept(**json.loads(path.with_suffix(".json").read_text()))
    except (ValueError, TypeError, OSError):
        return None
    return (of, path) if path.is_file() else None


def drop(path: Path) -> None:
    """Nobody needs it any more."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def forget() -> int:
    """Delete what is older than a day.

    :returns: how many files
    """
    old = [path for path in _folder().glob("*.file") if path.stat().st_mtime < time.time() - DAY]
    for path in old:
        drop(path)
    return len(old)
