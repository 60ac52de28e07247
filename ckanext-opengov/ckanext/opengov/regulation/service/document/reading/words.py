"""Text as it comes out of files, made plain."""

from __future__ import annotations

import re

from ckanext.opengov.civic.service.discussion import texts

_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060]")


def plain(text: str) -> str:
    """One line: single spaces, normal form, no invisible signs."""
    return " ".join(texts.clean(_INVISIBLE.sub("", text)).split())
