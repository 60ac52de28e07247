"""Plain text: a part on each line, or lines that were broken at a width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ckanext.opengov.regulation.service.document import patterns
from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable
from ckanext.opengov.regulation.service.document.lines import Line, Source
from ckanext.opengov.regulation.service.document.reading.words import plain

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Has the letters of both Russian and Kazakh, and agrees with Windows-1251 in all that Russian uses.
_OLD = "kz1048"


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding when it had to be guessed, else an empty string."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        # A beginning that was cut off inside a letter is still UTF-8.
        if error.start >= len(content) - 3:
            return content[: error.start].decode("utf-8"), ""
        return content.decode(_OLD, "replace"), _OLD


def read(content: bytes) -> Source:
    """:raises Unreadable: when there is no text in it"""
    text, guessed = decoded(content)
    doubts = (Doubt("encoding", values={"encoding": guessed}),) if guessed else ()
    lines = tuple(joined((plain(line), number) for number, line in enumerate(text.splitlines(), 1)))
    if not lines:
        raise Unreadable("no_text")
    return Source(lines, doubts)


def joined(lines: Iterable[tuple[str, int]]) -> Iterator[Line]:
    """Lines of text; what was broken at a width of the page is one line again."""
    held: Line | None = None
    was_empty = True
    for text, number in lines:
        if not text:
            was_empty = True
            continue
        if held is not None and not was_empty and _goes_on(held.text, text):
            held = Line(f"{held.text} {text}", held.where)
            continue
        if held is not None:
            yield held
        held, was_empty = Line(text, number), False
    if held is not None:
        yield held


def _goes_on(before: str, text: str) -> bool:
    return text[0].islower() and before[-1] not in ".;:" and patterns.begin(text) is None
