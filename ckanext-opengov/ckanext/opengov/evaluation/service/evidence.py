"""Evidence for what an agency claims: links, and files that are kept with their hash and looked at again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.evaluation.model.evaluations import Evidence, new_id

FOLDER = "opengov/evidence"
MOST_BYTES = 20 << 20
MOST = 20
SUFFIXES = (".pdf", ".docx", ".xlsx", ".csv", ".png", ".jpg", ".jpeg", ".odt", ".ods", ".txt")


def add(evaluation_id: str, indicator: str, data: Mapping[str, Any], user_id: str) -> Evidence:
    """Keep a link or a file, in the session's open transaction.

    :raises ValidationError: for both or neither, a file of another kind, one too large or empty, or one too many
    """
    number = sa.select(sa.func.count()).where(Evidence.evaluation_id == evaluation_id, Evidence.indicator == indicator)
    if (model.Session.scalar(number) or 0) >= MOST:
        raise tk.ValidationError({"file": [tk._("There are at most {number} pieces of evidence.").format(number=MOST)]})
    url, upload = data.get("url"), data.get("file")
    if bool(url) == (upload is not None):
        raise tk.ValidationError({"url": [tk._("Give the address of a page or a file, one of the two.")]})
    made = Evidence(
        id=new_id(), evaluation_id=evaluation_id, indicator=indicator, title=data["title"], url=url, added_by=user_id
    )
    if upload is not None:
        name, content = _read(upload)
        made.file_name, made.size = name, len(content)
        made.sha256 = hashlib.sha256(content).hexdigest()
        path = path_of(made)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    model.Session.add(made)
    model.Session.flush()
    return made


def _read(upload: Any) -> tuple[str, bytes]:
    name = Path(str(getattr(upload, "filename", "") or "").replace("\\", "/")).name[:120]
    if not hasattr(upload, "read") or not name.lower().endswith(SUFFIXES):
        message = tk._("Files are taken that end in {known}.").format(known=", ".join(SUFFIXES))
        raise tk.ValidationError({"file": [message]})
    content = upload.read(MOST_BYTES + 1)
    if not content or len(content) > MOST_BYTES:
        raise tk.ValidationError({"file": [tk._("A file is not empty and has at most 20 MB.")]})
    return name, content


def path_of(one: Evidence) -> Path:
    """Where a file lies; outside the public folders."""
    return Path(tk.config["ckan.storage_path"]) / FOLDER / one.id[:2] / one.id


def state(one: Evidence, *, thorough: bool = True) -> str:
    """``link``, ``there``, ``gone`` or ``changed``: whether the file is still the one that was given.

    :param thorough: by its hash; else by its size only, which costs a page nothing
    """
    if one.url:
        return "link"
    path = path_of(one)
    if not path.is_file():
        return "gone"
    if os.path.getsize(path) != one.size:
        return "changed"
    if not thorough:
        return "there"
    return "there" if hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256 else "changed"


def of(evaluation_id: str) -> dict[str, list[Evidence]]:
    """Indicator → its evidence."""
    query = sa.select(Evidence).where(Evidence.evaluation_id == evaluation_id).order_by(Evidence.added_at)
    found: dict[str, list[Evidence]] = {}
    for one in model.Session.scalars(query):
        found.setdefault(one.indicator, []).append(one)
    return found


def check(evaluation_id: str, indicator: str) -> None:
    """Refuse to confirm a claim whose evidence is gone or is not what was given.

    :raises ValidationError: naming the file
    """
    for one in of(evaluation_id).get(indicator, []):
        found = state(one)
        if found in ("gone", "changed"):
            message = tk._("The file “{name}” is gone, so the claim cannot be confirmed by it.")
            if found == "changed":
                message = tk._(
                    "The file “{name}” is not the one that was given, so the claim cannot be confirmed by it."
                )
            raise tk.ValidationError({"number": [message.format(name=one.file_name)]})
