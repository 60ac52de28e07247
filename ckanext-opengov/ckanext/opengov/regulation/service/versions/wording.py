"""Words inside a part: what was taken out and what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
Change = Literal["same", "deleted", "inserted"]


class Segment(NamedTuple):
    """A run of words with one fate."""

    change: Change
    text: str


class Kept(NamedTuple):
    """Words that are in both texts: ``old[start:end]`` is ``new[place:place + end - start]``."""

    start: int
    end: int
    place: int


def compare(old: str, new: str) -> tuple[Segment, ...]:
    """The way from one text to the other, word by word; deleted words come before the inserted ones."""
    if old == new:
        return (Segment("same", old),) if old else ()
    segments: list[Segment] = []
    at = place = 0
    for kept in (*_worth_keeping(kept_runs(old, new), old), Kept(len(old), len(old), len(new))):
        segments.append(Segment("deleted", old[at : kept.start]))
        segments.append(Segment("inserted", new[place : kept.place]))
        segments.append(Segment("same", old[kept.start : kept.end]))
        at, place = kept.end, kept.place + kept.end - kept.start
    return tuple(segment for segment in segments if segment.text)


def kept_runs(old: str, new: str) -> list[Kept]:
    """What stays, run by run in reading order."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    old_ends, new_ends = _ends(before), _ends(after)
    return [
        Kept(old_ends[step.src_start], old_ends[step.src_end], new_ends[step.dest_start])
        for step in Indel.opcodes(before, after)
        if step.tag == "equal"
    ]


def _ends(tokens: Iterable[str]) -> list[int]:
    ends = [0]
    for token in tokens:
        ends.append(ends[-1] + len(token))
    return ends


def _worth_keeping(runs: list[Kept], old: str) -> Iterator[Kept]:
    """Without single spaces and signs between changes: they make a redline hard to read."""
    last = len(runs) - 1
    for number, run in enumerate(runs):
        is_edge = (number == 0 and run.start == 0 == run.place) or (number == last and run.end == len(old))
        if is_edge or any(letter.isalnum() for letter in old[run.start : run.end]):
            yield run


def old_text(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments if segment.change != "inserted")


def new_text(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments if segment.change != "deleted")
