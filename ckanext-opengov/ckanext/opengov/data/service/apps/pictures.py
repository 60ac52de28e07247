"""Pictures of apps: encoded anew by the kit, and kept in public folders.

Nothing of the uploaded file is stored: a file that is a picture and something else at once (a script in an SVG, HTML
behind a GIF) ends here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import privacy
from ckanext.opengov.civic.service.privacy.pictures import Picture, encoded
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.apps.rules import AppRefusal

FOLDER = "opengov/apps"
MOST_BYTES = 5 * 1024 * 1024
SMALLEST = 200


class PictureRefusal(AppRefusal):
    """The kit does not take a picture; which one is said before."""

    def __init__(self, name: str, error: privacy.FileRefusal) -> None:
        super().__init__("pictures", "{name}: {said}", name=name, said=error)
        self._name = name
        self._error = error

    def translated(self) -> str:
        return f"{self._name}: {self._error.translated()}"


def read(given: Any) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file, or of a dict with ``name`` and ``content`` in base64; at most one too many.

    :raises AppRefusal: for anything else
    """
    if hasattr(given, "read"):
        return str(getattr(given, "filename", "") or "picture")[:80], given.read(MOST_BYTES + 1)
    content = given.get("content") if isinstance(given, dict) else None
    if not isinstance(content, str) or len(content) > 2 * MOST_BYTES:
        raise AppRefusal("pictures", N_("Upload the picture, or give it as name and content, the content in base64."))
    try:
        return str(given.get("name") or "picture")[:80], base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppRefusal("pictures", N_("The content of the picture is no base64.")) from error


def made(name: str, content: bytes) -> Picture:
    """The picture encoded anew.

    :raises AppRefusal: when it is too large, too small, or no picture
    """
    try:
        return encoded(content, most=MOST_BYTES, smallest=SMALLEST)
    except privacy.FileRefusal as error:
        raise PictureRefusal(name, error) from error


def path(picture_id: str) -> Path:
    """Where a picture is kept."""
    return Path(tk.config["ckan.storage_path"]) / FOLDER / picture_id[:2] / f"{picture_id}.webp"


@contextmanager
def stored(new: dict[str, Picture]) -> Iterator[None]:
    """Store pictures by id around the block that commits; take them back when it fails."""
    try:
        for id_, picture in new.items():
            target = path(id_)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(picture.content)
        yield
    except BaseException:
        forget(new)
        raise


def forget(ids: Iterable[str]) -> None:
    """Delete pictures."""
    for id_ in ids:
        path(id_).unlink(missing_ok=True)
