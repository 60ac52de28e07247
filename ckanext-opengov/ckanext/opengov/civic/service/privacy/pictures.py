"""Pictures: encoded anew from their points alone, so that nothing that the camera wrote into them comes along.

Words and faces in a picture cannot be found and masked. Whether the public sees it is a person's decision; what it then
sees is this copy. A file that is a picture and something else at once ends here, too.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageOps

from ckanext.opengov.civic.service.privacy import limits
from ckanext.opengov.civic.service.privacy.reading import FileRefusal
from ckanext.opengov.civic.service.refusal import N_

# Only these decoders of Pillow see a byte of what was uploaded.
FORMATS: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ENDINGS = frozenset({"jpg", "jpeg", "png", "webp"})
# What telephones make and no decoder here reads; their browsers turn it into JPEG when a form asks for that.
OF_PHONES = frozenset({"heic", "heif"})
COPY = "image/webp"
LARGEST = 1_600
QUALITY = 82
NO_PICTURE = N_("It is no picture in JPEG, PNG or WebP. Save it in one of these formats and attach that.")
BOMB = N_("The picture has far too many points. Make it smaller and attach it again.")
HEIC = N_("Photos in HEIC cannot be read here. Save the photo as JPEG, or set the camera to “most compatible”.")


@dataclass(frozen=True)
class Picture:
    """A picture in WebP, and the media type of what it was made from."""

    content: bytes
    width: int
    height: int
    source: str = COPY


def encoded(data: bytes, *, most: int = limits.MAX_PICTURE, smallest: int = 1) -> Picture:
    """The picture, upright, made smaller and encoded anew.

    :param most: bytes that are taken
    :param smallest: points that each side must have
    :raises FileRefusal: when it is too large, too small, or no picture
    """
    if len(data) > most:
        text = N_("The picture is larger than {limit} MB. Make it smaller and attach it again.")
        raise FileRefusal(text, limit=most // limits.MEBIBYTE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                _check_size(image, smallest)
                return _encoded(image)
    except FileRefusal:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise FileRefusal(BOMB) from None
    except Exception:
        # Decoders of broken files raise whatever their authors thought of, and some quote the file.
        raise FileRefusal(NO_PICTURE) from None


def _check_size(image: Image.Image, smallest: int) -> None:
    # The header tells the size before anything is decoded.
    width, height = image.size
    if width * height > limits.MAX_PIXELS:
        text = N_("The picture has {width} × {height} points, too many. Make it smaller and attach it again.")
        raise FileRefusal(text, width=width, height=height)
    if min(width, height) < smallest:
        text = N_("The picture has {width} × {height} points. It should have at least {least} on each side.")
        raise FileRefusal(text, width=width, height=height, least=smallest)


def _encoded(image: Image.Image) -> Picture:
    # Telephones write several JPEGs into one file, which has a name of its own.
    source = FORMATS.get(image.format or "", FORMATS["JPEG"])
    image.draft("RGB", (LARGEST, LARGEST))
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((LARGEST, LARGEST))
    # A picture made of its points alone: no place, no camera, no colour profile comes along.
    clean = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=QUALITY)
    return Picture(target.getvalue(), *clean.size, source)
