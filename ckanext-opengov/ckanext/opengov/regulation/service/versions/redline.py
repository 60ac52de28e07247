"""A redline as rows for the API and for files: what was deleted, what was put in, and from where a part came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions import comparing, wording
from ckanext.opengov.regulation.service.versions.comparing import Comparison, Row, Status
from ckanext.opengov.regulation.service.versions.wording import Segment

STATUSES: Mapping[str, str] = {
    Status.SAME: N_("Text unchanged"),
    Status.CHANGED: N_("Text changed"),
    Status.MOVED: N_("Place moved"),
    Status.DELETED: N_("Part taken out"),
    Status.NEW: N_("Part put in"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One part in a redline, ready to be shown.

    :param eid: in the new version, or in the old one when it was deleted
    :param was: where it stood, when it was moved or numbered anew; else empty
    :param number: the number as printed, old and new
    """

    status: Status
    level: int
    kind: str
    eid: str
    old_eid: str
    new_eid: str
    was: str
    where: str
    number: tuple[Segment, ...]
    heading: tuple[Segment, ...]
    text: tuple[Segment, ...]


@dataclass(frozen=True)
class Redline:
    """:param counts: status → number of parts, over the whole act"""

    lines: tuple[Line, ...]
    counts: Mapping[str, int]


def redline(old: Sequence[Part], new: Sequence[Part], language: str, *, changes_only: bool = False) -> Redline:
    """Compare two versions of one language and make the rows ready.

    :param changes_only: leave out what is the same, but for what stands above a change
    """
    comparison = comparing.compare(old, new)
    rows = list(_with_parents(comparison)) if changes_only else comparison.rows
    before, after = labels.citations(old, language), labels.citations(new, language)
    return Redline(tuple(_line(row, before, after, language) for row in rows), comparison.counts)


def _with_parents(comparison: Comparison) -> Iterator[Row]:
    above: list[Row] = []
    given: set[int] = set()
    for row in comparison.rows:
        del above[row.level :]
        above.append(row)
        if row.status != Status.SAME or row.number[1:]:
            for one in above:
                if id(one) not in given:
                    given.add(id(one))
                    yield one


def _line(row: Row, before: Mapping[str, str], after: Mapping[str, str], language: str) -> Line:
    old, new = row.old, row.new
    was, where = before[old.eid] if old else "", after[new.eid] if new else ""
    is_elsewhere = bool(new) and was != where and (row.status == Status.MOVED or bool(row.number[1:]))
    kind = row.part.kind
    return Line(
        status=row.status,
        level=row.level,
        kind=kind,
        eid=row.part.eid,
        old_eid=old.eid if old else "",
        new_eid=new.eid if new else "",
        was=was if is_elsewhere else "",
        where=where or was,
        number=wording.compare(
            labels.printed(kind, old.number, language) if old else "",
            labels.printed(kind, new.number, language) if new else "",
        ),
        heading=row.heading,
        text=row.text,
    )


def shown(line: Line) -> dict[str, Any]:
    """A row as the API gives it."""
    return {
        "status": line.status.value,
        "level": line.level,
        "kind": line.kind,
        "eid": line.eid,
        "old_eid": line.old_eid or None,
        "new_eid": line.new_eid or None,
        "was": line.was or None,
        "where": line.where,
        "number": _segments(line.number),
        "heading": _segments(line.heading),
        "text": _segments(line.text),
    }


def _segments(segments: Iterable[Segment]) -> list[dict[str, str]]:
    return [{"change": segment.change, "text": segment.text} for segment in segments]
