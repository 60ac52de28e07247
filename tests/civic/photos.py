"""Photos as a telephone makes them, for the tests of everything that citizens attach."""

from __future__ import annotations

import base64
import io

from PIL import ExifTags, Image

CAMERA = "Camera of a person"
LATITUDE = (51.0, 7.0, 40.4)


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = LATITUDE
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, exif=exif.tobytes())
    return target.getvalue()


def attached(name: str, content: bytes) -> dict[str, str]:
    """A file as the API takes it."""
    return {"name": name, "content": base64.b64encode(content).decode()}


def says_nothing_more(content: bytes) -> bool:
    """Whether a picture holds its points and nothing that the camera wrote."""
    found = Image.open(io.BytesIO(content))
    return found.format == "WEBP" and not found.getexif() and CAMERA.encode() not in content
