"""The public copy of a citizen's file: of a document its text with the findings masked, of a picture its points."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from ckanext.opengov.civic.service.privacy import pictures
from ckanext.opengov.civic.service.privacy.extract import extract
from ckanext.opengov.civic.service.privacy.findings import Finding
from ckanext.opengov.civic.service.privacy.masking import mask
from ckanext.opengov.civic.service.privacy.reading import FileRefusal
from ckanext.opengov.civic.service.privacy.searching import find
from ckanext.opengov.civic.service.refusal import N_

NO_TEXT = N_("The file has no text that can be searched: it seems to be a scan. It stays private.")
PARTLY = N_("Some pages have no text that can be searched: they seem to be scans and are left out of the public copy.")
UNSEEN = N_("Everybody sees a picture only after an officer has looked whether it shows anything private.")


@dataclass(frozen=True)
class PublicCopy:
    """``content`` is UTF-8 text, or None when the file stays private. ``note`` is an English message, or empty.

    Of a picture ``content`` is WebP, which nobody sees until an officer has looked at it, and ``mimetype`` what it was.
    """

    name: str
    content: bytes | None
    findings: tuple[Finding, ...] = ()
    note: str = ""
    is_picture: bool = False
    mimetype: str = ""


def public_copy(data: bytes, name: str) -> PublicCopy:
    """The masked text copy of a document, or the copy of a picture without what the camera wrote.

    The name is masked too: people call files by their IIN.

    :raises FileRefusal: for a file that cannot be taken, see ``extract`` and ``pictures.encoded``
    """
    ending = PurePath(name).suffix.lower().removeprefix(".")
    stem = PurePath(name).stem
    masked_stem = mask(stem, find(stem)).text
    if ending in pictures.OF_PHONES:
        raise FileRefusal(pictures.HEIC)
    if ending in pictures.ENDINGS:
        made = pictures.encoded(data)
        return PublicCopy(f"{masked_stem}.webp", made.content, note=UNSEEN, is_picture=True, mimetype=made.source)
    extracted = extract(data, name)
    copy_name = f"{masked_stem}.txt"
    if not extracted.searchable:
        return PublicCopy(copy_name, None, note=NO_TEXT)
    findings = find(extracted.text)
    content = mask(extracted.text, findings).text.encode("utf-8", "replace")
    return PublicCopy(copy_name, content, tuple(findings), "" if extracted.complete else PARTLY)
