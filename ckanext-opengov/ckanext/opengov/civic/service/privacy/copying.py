"""The public copy of a citizen's document: its text with the findings masked, and nothing else of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from ckanext.opengov.civic.service.privacy.extract import extract
from ckanext.opengov.civic.service.privacy.findings import Finding
from ckanext.opengov.civic.service.privacy.masking import mask
from ckanext.opengov.civic.service.privacy.searching import find
from ckanext.opengov.civic.service.refusal import N_

NO_TEXT = N_("The file has no text that can be searched: it seems to be a scan. It stays private.")
PARTLY = N_("Some pages have no text that can be searched: they seem to be scans and are left out of the public copy.")


@dataclass(frozen=True)
class PublicCopy:
    """``content`` is UTF-8 text, or None when the file stays private. ``note`` is an English message, or empty."""

    name: str
    content: bytes | None
    findings: tuple[Finding, ...] = ()
    note: str = ""


def public_copy(data: bytes, name: str) -> PublicCopy:
    """The masked text copy of a file.

    The name is masked too: people call files by their IIN.

    :raises FileRefusal: for a file that cannot be taken, see ``extract``
    """
    extracted = extract(data, name)
    stem = PurePath(name).stem
    copy_name = f"{mask(stem, find(stem)).text}.txt"
    if not extracted.searchable:
        return PublicCopy(copy_name, None, note=NO_TEXT)
    findings = find(extracted.text)
    content = mask(extracted.text, findings).text.encode("utf-8", "replace")
    return PublicCopy(copy_name, content, tuple(findings), "" if extracted.complete else PARTLY)
