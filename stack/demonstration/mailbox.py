"""The letters that the portal sent, as the local stack's mail server keeps them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

_LINK = re.compile(r"/user/confirm/([\w-]+)")


def confirmations(folder: Path) -> dict[str, str]:
    """Address → token of the newest letter with a link that confirms it."""
    found: dict[str, str] = {}
    for path in sorted((folder / "mail" / "new").glob("*.eml")):
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        link = _LINK.search(body.get_content()) if body else None
        if link:
            found[str(letter["Delivered-To"])] = link[1]
    return found
