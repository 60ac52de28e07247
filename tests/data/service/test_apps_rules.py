"""The rules of apps and contests: steps, links, pictures, places. No database."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from ckanext.opengov.data.service.apps import pictures, rules
from ckanext.opengov.data.service.apps.contests import places
from ckanext.opengov.data.service.apps.rules import AppRefusal, Event, State
from PIL import ExifTags, Image


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 240), **more: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **more)
    return target.getvalue()


@pytest.mark.parametrize("state", list(State))
def test_only_the_steps_of_the_table_are_possible(state: State) -> None:
    possible = {event for at, event in rules.TABLE if at == state}
    assert Event.CHANGE in possible
    for event in set(Event) - possible:
        with pytest.raises(AppRefusal):
            rules.next_state(state, event)
    assert (state, Event.PUBLISH) not in rules.TABLE or state in (State.WAITING, State.REFUSED)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("website", "http://example.org/"),
        ("website", "javascript:alert(1)"),
        ("website", "https://user:pw@example.org/"),
        ("website", "https://127.0.0.1/"),
        ("website", "https://[::1]/"),
        ("website", "https://0x7f.0x1/"),
        ("website", "https://localhost/"),
        ("website", "https://portal.internal/"),
        ("website", "https://example.org:8443/"),
        ("website", 'https://example.org/"><script>'),
        ("website", "https://example.org/" + "a" * 600),
        ("google_play", "https://play.google.com.example.org/app"),
        ("app_store", "https://example.org/app"),
        ("wallet", "https://example.org/"),
    ],
)
def test_links_lead_to_public_hosts_over_https_and_shops_to_themselves(kind: str, url: str) -> None:
    with pytest.raises(AppRefusal):
        rules.check_links([{"kind": kind, "url": url}])


def test_good_links_are_taken_once_and_empty_rows_left_out() -> None:
    good = {"kind": "google_play", "url": "https://play.google.com/store/apps/details?id=kz.app"}
    assert rules.check_links([good, good, {"kind": "website", "url": ""}]) == [good]


def forged_png(width: int, height: int) -> bytes:
    """A small file whose header tells of a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("script.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("forged.png", b"<!doctype html><script>alert(1)</script>"),
        ("moving.gif", picture("GIF")),
        ("bomb.png", forged_png(50_000, 50_000)),
        ("wide.png", forged_png(10_000, 9_000)),
        ("cut.png", picture()[:200]),
        ("tiny.png", picture(size=(20, 20))),
        ("heavy.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (pictures.MOST_BYTES + 1)),
        ("empty.png", b""),
    ],
)
def test_what_is_no_picture_is_refused_by_name(name: str, content: bytes) -> None:
    with pytest.raises(AppRefusal) as caught:
        pictures.made(name, content)
    assert name in str(caught.value)


def test_a_picture_is_encoded_anew_without_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Camera of a person"
    source = picture("JPEG", (2_400, 1_200), exif=exif.tobytes()) + b"<script>alert(1)</script>"
    made = pictures.made("photo.jpg", source)
    # Turned upright, then made smaller.
    assert (made.width, made.height) == (800, 1_600)
    again = Image.open(io.BytesIO(made.content))
    assert again.format == "WEBP"
    assert not again.getexif()
    assert b"Camera" not in made.content
    assert b"script" not in made.content


def test_places_follow_from_the_means() -> None:
    # Means 8, 8, 7.5 and 9: the two in the middle share the second place and the third is left out.
    assert places({"a": [7, 9], "b": [8, 8], "c": [7, 8], "d": [9, 9]}) == {"a": 2, "b": 2, "c": 4, "d": 1}
    # 10/3 is no number of the machine: thirds must be equal to thirds.
    assert places({"a": [3, 3, 4], "b": [4, 3, 3], "c": []}) == {"a": 1, "b": 1}
