"""XML from strangers: no entities, no DTD, no network."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ckanext.opengov.regulation.service.document.doubts import Unreadable

_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_ADDRESS = re.compile(rb"(?:SYSTEM|PUBLIC)\s+[\"']([^\"']{0,200})", re.IGNORECASE)


def looks_like_html(head: str) -> bool:
    """Whether text that begins with ``<`` is HTML rather than XML.

    :param head: the beginning in small letters
    """
    if "<akomantoso" in head or ":akomantoso" in head:
        return False
    return re.search(r"<(?:!doctype\s+html|html|head|body|p|div|h[1-6]|table|ol|ul|meta)[\s>]", head) is not None


def parse(content: bytes) -> Any:
    """The root element.

    :raises Unreadable: when it is damaged, or has a DOCTYPE: that is where entities and DTDs come from
    """
    plain = content.replace(b"\x00", b"")
    if _DOCTYPE.search(plain):
        address = _ADDRESS.search(plain)
        raise Unreadable(
            "external_entity", detail=(address.group(1) if address else b"DOCTYPE").decode("utf-8", "replace")
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("broken", detail=str(error).split(", line")[0][:200]) from error
