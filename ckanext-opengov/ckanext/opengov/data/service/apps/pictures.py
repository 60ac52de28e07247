"""Pictures that citizens upload: looked at, encoded anew, and kept without what the camera wrote into them.

Nothing of the uploaded file is stored: a file that is a picture and something else at once (a script in an SVG, HTML
behind a GIF) ends here. The picture is decoded with limits, turned upright, made smaller and written as WebP.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from PIL import Image, ImageOps

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.apps.rules import AppRefusal

FOLDER = "opengov/apps"
# Only these decoders of Pillow see a byte of what was uploaded.
FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
SMALLEST = 200
LARGEST = 1_600
QUALITY = 82
_NO_PICTURE = N_("“{name}” is no picture in PNG, JPEG or WebP. Save it in one of these formats and upload that.")


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    width: int
    height: int


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
    if len(content) > MOST_BYTES:
        text = N_("“{name}” is larger than {limit} MB. Make it smaller and upload it again.")
        raise AppRefusal("pictures", text, name=name, limit=MOST_BYTES // 1024 // 1024)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(name, image)
                return _encoded(image)
    except AppRefusal:
        raise
    except Exception as error:
        # Decoders of broken files raise whatever their authors thought of.
        raise AppRefusal("pictures", _NO_PICTURE, name=name) from error


def _check_size(name: str, image: Image.Image) -> None:
    # The header tells the size before anything is decoded.
    width, height = image.size
    if width * height > MOST_PIXELS:
        text = N_("“{name}” has {width} × {height} points, too many. Make it smaller and upload it again.")
        raise AppRefusal("pictures", text, name=name, width=width, height=height)
    if min(width, height) < SMALLEST:
        text = N_("“{name}” has {width} × {height} points. It should have at least {least} on each side.")
        raise AppRefusal("pictures", text, name=name, width=width, height=height, least=SMALLEST)


def _encoded(image: Image.Image) -> Picture:
    image.draft("RGB", (LARGEST, LARGEST))
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((LARGEST, LARGEST))
    # A picture made of its points alone: no place, no camera, no colour profile comes along.
    clean = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=QUALITY)
    return Picture(target.getvalue(), *clean.size)


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
