"""Pictures of citizens: what the camera wrote does not come along, and what is no picture does not come in."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from ckanext.opengov.civic.service import privacy
from ckanext.opengov.civic.service.privacy import limits, pictures
from PIL import Image

from tests.civic.photos import CAMERA, photo, says_nothing_more


def bomb(width: int, height: int) -> bytes:
    """A small file whose header tells of a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_public_copy_has_its_points_only(kind: str) -> None:
    source = photo(kind, (2_400, 1_200))
    assert CAMERA.encode() in source
    copy = privacy.public_copy(source + b"<script>alert(1)</script>", f"701 234 56 78.{kind.lower()}")
    assert copy.is_picture
    assert says_nothing_more(copy.content or b"")
    assert b"script" not in (copy.content or b"")
    # Turned upright, then made smaller.
    assert Image.open(io.BytesIO(copy.content or b"")).size == (800, 1_600)
    assert copy.mimetype == pictures.FORMATS[kind]


def test_a_photo_of_several_pictures_is_taken_for_its_first() -> None:
    target = io.BytesIO()
    first, second = (Image.new("RGB", (60, 40), colour) for colour in ("teal", "red"))
    first.save(target, "MPO", save_all=True, append_images=[second])
    assert privacy.public_copy(target.getvalue(), "panorama.jpg").mimetype == "image/jpeg"


def test_the_name_of_a_picture_is_masked() -> None:
    assert "701" not in privacy.public_copy(photo(), "+7 701 234 56 78.jpg").name


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("forged.jpg", b"<!doctype html><script>alert(1)</script>", "no picture"),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "no picture"),
        ("cut.jpg", photo()[:300], "no picture"),
        ("empty.webp", b"", "no picture"),
        ("bomb.png", bomb(50_000, 50_000), "far too many points"),
        ("wide.png", bomb(10_000, 8_000), "points, too many"),
        ("heavy.jpg", b"\xff\xd8" + b"\0" * limits.MAX_PICTURE, "larger than 20 MB"),
        ("photo.heic", b"\0\0\0\x18ftypheic", "JPEG"),
        ("moving.gif", b"GIF89a", "JPG"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_would_be_right(name: str, content: bytes, says: str) -> None:
    with pytest.raises(privacy.FileRefusal, match=says):
        privacy.public_copy(content, name)
