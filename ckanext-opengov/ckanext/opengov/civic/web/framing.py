"""Pages of the portal stand in frames of its own pages only; a page that others may frame says so itself."""

from __future__ import annotations

from flask import Flask, Response

HEADER = "Content-Security-Policy"


def install(app: Flask) -> None:
    """Look at every answer."""
    app.after_request(refuse_foreign_frames)


def refuse_foreign_frames(response: Response) -> Response:
    """Nobody is led to press a button of ours under a picture of theirs."""
    if response.mimetype == "text/html":
        response.headers.setdefault(HEADER, "frame-ancestors 'self'")
    return response
