"""A citizen's file as an answer: never opened in the portal's own name, since it may be a page with scripts."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask, Response
from werkzeug.http import parse_options_header

# What a browser may do with it, should it be opened as a page.
SANDBOX = "sandbox; default-src 'none'"
TEXT = "text/plain; charset=utf-8"
PICTURE = "image/webp"


def install(app: Flask) -> None:
    """Look at each answer that is a file."""
    app.after_request(named)


def named(response: Response) -> Response:
    """A file's name as headers carry it (RFC 6266): servers send them in Latin-1, and names are Kazakh and Russian."""
    value = response.headers.get("Content-Disposition", "")
    if value.isascii():
        return response
    kind, options = parse_options_header(value)
    name = options.get("filename") or "file"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {
        "filename": plain if plain.partition(".")[0].strip() else f"file{plain.strip()}",
        "filename*": f"UTF-8''{quote(name, safe='')}",
    }
    response.headers.set("Content-Disposition", kind, **names)
    return response


def served(name: str, mimetype: str, content: bytes | str, *, inline: bool = False) -> Response:
    """The file for saving; ``inline`` is for pictures that the portal itself has encoded."""
    answer = Response(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    answer.headers.set("Content-Security-Policy", SANDBOX)
    answer.headers.set("X-Content-Type-Options", "nosniff")
    return answer


def found(shown: Mapping[str, Any], *, copy: bool) -> Response | None:
    """What an action shows of a file: the file itself, or its public copy; None when there is nothing to see.

    :param shown: ``name``, ``text``, ``picture`` and for those inside ``original``
    :param copy: the public copy, even for those who may have the file itself
    """
    original = None if copy else shown.get("original")
    if original:
        return served(original["name"], original["mimetype"], base64.b64decode(original["content"]))
    if shown.get("picture"):
        return served(shown["name"], PICTURE, base64.b64decode(shown["picture"]), inline=True)
    return served(shown["name"], TEXT, shown["text"]) if shown["text"] is not None else None
