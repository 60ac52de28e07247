"""Files become trees: one module per format, and the door that tells them apart by what is in them."""

from __future__ import annotations

from collections.abc import Callable

from ckanext.opengov.regulation.service.document.doubts import Unreadable
from ckanext.opengov.regulation.service.document.reading import akoma_ntoso, docx, html, pdf, plain, xml
from ckanext.opengov.regulation.service.document.recognising import Reading, recognise

LARGEST = 30 * 1024 * 1024
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8", b"BM")
FORMATS = ("docx", "html", "text", "pdf", "akoma_ntoso")


def read(content: bytes, language: str) -> Reading:
    """The tree that a file holds.

    :param content: DOCX, HTML, plain text, PDF with text, or Akoma Ntoso; told apart by the content, not by a name
    :param language: of the act: kk, ru or en
    :raises Unreadable: saying why, and what to give instead
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise Unreadable("empty")
    if len(content) > LARGEST:
        raise Unreadable("too_large", size=len(content) // 1024**2, limit=LARGEST // 1024**2)
    return _READERS[format_of(content)](content, language)


def format_of(content: bytes) -> str:
    """One of ``FORMATS``.

    :raises Unreadable: for what is none of them
    """
    if content.startswith(_OLD_WORD):
        raise Unreadable("password" if "EncryptedPackage".encode("utf-16-le") in content else "old_word")
    if content.startswith(_PICTURES):
        raise Unreadable("scan")
    if content.startswith(b"{\\rtf"):
        raise Unreadable("old_word")
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(b"%PDF"):
        return "pdf"
    head = plain.decoded(content[:4096])[0].lstrip("\ufeff \r\n\t").lower()
    if not head.startswith("<"):
        if "\x00" in head:
            raise Unreadable("format")
        return "text"
    return "html" if xml.looks_like_html(head) else "akoma_ntoso"


_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "docx": lambda content, language: recognise(docx.read(content), language),
    "html": lambda content, language: recognise(html.read(content), language),
    "text": lambda content, language: recognise(plain.read(content), language),
    "pdf": lambda content, language: recognise(pdf.read(content), language),
    "akoma_ntoso": akoma_ntoso.read,
}
