"""What the portal sent on this machine, for ``./opengov mail``: the letters that the catcher kept."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from stack.layout import Layout

LINE = "─" * 72


def letters(layout: Layout, number: int) -> Iterator[EmailMessage]:
    """The newest letters, the newest last: it ends up above the prompt."""
    files = sorted((*layout.mail.glob("new/*.eml"), *layout.mail.glob("cur/*")), key=_moment)
    for path in files[-number:]:
        yield message_from_bytes(path.read_bytes(), policy=default)  # pyright: ignore[reportReturnType, reportArgumentType]


def _moment(path: Path) -> int:
    moment = path.name.split(".", 1)[0]
    return int(moment) if moment.isdigit() else 0


def as_text(letter: EmailMessage) -> str:
    """A letter as one reads it: date, recipient, subject, text."""
    body = letter.get_body(("plain", "html"))
    to = letter["Delivered-To"] or letter["To"]
    head = [f"Date:    {letter['Date']}", f"To:      {to}", f"Subject: {letter['Subject']}"]
    return "\n".join([LINE, *head, "", body.get_content().strip() if body else "(no text)"])
