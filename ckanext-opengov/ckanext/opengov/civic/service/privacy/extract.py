"""The text of a citizen's attachment: TXT, DOCX, PDF with a text layer, XLSX; checked, and read within limits."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Callable
from pathlib import PurePath

import magic
import pypdf

from ckanext.opengov.civic.service.privacy import limits, office, pictures
from ckanext.opengov.civic.service.privacy.reading import Collector, Extracted, FileRefusal, UnsupportedFile, damaged
from ckanext.opengov.civic.service.refusal import N_

# Its warnings quote what it could not read, and that is a citizen's text.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# Kazakh Cyrillic in one byte: what Windows wrote in Kazakhstan, and for Russian letters the same as cp1251.
_ONE_BYTE = ("kz1048", "cp866", "koi8-r")
_FREQUENT = frozenset("оеаинтсрвлкмдпуыеқғәңіөү")
_HEAD = 4096
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def check_number(attachments: int) -> None:
    """:raises FileRefusal: for more attachments than one message may have"""
    if attachments > limits.MAX_ATTACHMENTS:
        raise FileRefusal(
            N_("{given} files are attached; at most {limit} are taken. Put them into fewer files."),
            given=attachments,
            limit=limits.MAX_ATTACHMENTS,
        )


def extract(data: bytes, name: str) -> Extracted:
    """The text of a file.

    A PDF of scanned pages is no error: ``searchable`` is false, and the file stays private.

    :raises UnsupportedFile: for a kind whose text cannot be searched
    :raises FileRefusal: for a file that is empty, too large, damaged, locked, an archive bomb or falsely named
    """
    _check_size(data)
    ending = PurePath(name).suffix.lower().removeprefix(".")
    read = READERS.get(ending)
    if read is None:
        raise UnsupportedFile(
            N_("Files “{ending}” are not taken. These are: {known}."),
            ending=ending or name,
            known=", ".join(kind.upper() for kind in (*READERS, *sorted(pictures.ENDINGS))),
        )
    found = sniff(data)
    if found != ending:
        raise FileRefusal(
            N_("The file is named {ending} but is {found}. Save it as {ending} or give it its right ending."),
            ending=ending.upper(),
            found=found.upper(),
        )
    return read(data)


def sniff(data: bytes) -> str:
    """What the bytes are, whatever the name says: an ending for the known kinds, else a media type."""
    kind = office.kind_of(data)
    if kind:
        return kind
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if _decode(data) is not None:
        return "txt"
    return magic.from_buffer(data[:_HEAD], mime=True)


def _check_size(data: bytes) -> None:
    if not data:
        raise FileRefusal(N_("The file is empty."))
    if len(data) > limits.MAX_FILE:
        raise FileRefusal(
            N_("The file has {given} MB; at most {limit} MB are taken."),
            given=-(-len(data) // limits.MEBIBYTE),
            limit=limits.MAX_FILE // limits.MEBIBYTE,
        )


def _read_txt(data: bytes) -> Extracted:
    text = _decode(data)
    if text is None:
        raise damaged("TXT")
    collector = Collector()
    collector.add(text)
    return Extracted("txt", collector.text)


def _decode(data: bytes) -> str | None:
    """The text in Unicode, or in one of the old one-byte encodings; None when it is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    text = _strict(data, "utf-8")
    if text is not None or b"\x00" in data:
        return text
    decoded = [text for encoding in _ONE_BYTE if (text := _strict(data, encoding)) is not None]
    best = max(decoded, key=_likeness, default=None)
    return best if best is not None and _likeness(best) > 0 else None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if any(_is_control(character) for character in set(text)) else text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\t\n\r\f\v\x85\x1a"


def _likeness(text: str) -> int:
    """How much it looks like Kazakh or Russian: in a wrong encoding common letters become rare ones or frames."""
    head = text[:_HEAD]
    frequent = sum(character in _FREQUENT for character in head)
    strange = sum(not character.isascii() and not character.isalpha() for character in head)
    return frequent - strange


def _read_pdf(data: bytes) -> Extracted:
    collector = Collector()
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        _check_pdf(reader)
        pages = [_read_page(page, collector) for page in reader.pages]
    except FileRefusal:
        raise
    except Exception:
        # pypdf lets errors of every kind through for files that are not well-formed, and some quote the file.
        raise damaged("PDF") from None
    return Extracted("pdf", collector.text, all(pages))


def _check_pdf(reader: pypdf.PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileRefusal(N_("The PDF is locked by a password. Attach one without."))
    if len(reader.pages) > limits.MAX_PAGES:
        raise FileRefusal(
            N_("The PDF has more than {limit} pages. Split it into smaller ones."), limit=limits.MAX_PAGES
        )


def _read_page(page: pypdf.PageObject, collector: Collector) -> bool:
    text = page.extract_text()
    collector.add(f"{text}\n")
    return bool(text.strip())


READERS: dict[str, Callable[[bytes], Extracted]] = {
    "txt": _read_txt,
    "docx": office.read_docx,
    "pdf": _read_pdf,
    "xlsx": office.read_xlsx,
}
