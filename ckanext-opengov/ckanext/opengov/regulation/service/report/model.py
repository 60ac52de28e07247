"""The report on a discussion: one model behind the page and all files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

COLUMNS = (
    "section",
    "eid",
    "comment_id",
    "kind",
    "author",
    "text",
    "wording",
    "response",
    "reason",
    "votes_for",
    "votes_against",
    "place",
    "unkept",
    "written_at",
    "answered_at",
)
FIGURES = ("commented", "answered", "accepted", "partly", "not_accepted", "out_of_scope", "unkept", "in_time")


@dataclass(frozen=True, slots=True)
class Row:
    """One comment with its answer.

    :param section: where it stands, in words: “article 5, paragraph 2”; empty for the act as a whole
    :param kind: remark, proposal or support
    :param author: citizen, or the channel of an expert
    :param text: as the public reads it
    :param wording: the wording that a proposal wants
    :param response: accepted, partly, not_accepted, out_of_scope; empty while there is none
    :param place: what became of the place in the newest version: same, changed, moved, deleted
    :param unkept: whether it was accepted and the text at that place is the same in a newer version
    """

    section: str
    eid: str
    comment_id: str
    kind: str
    author: str
    text: str
    wording: str = ""
    response: str = ""
    reason: str = ""
    votes_for: int = 0
    votes_against: int = 0
    place: str = "same"
    unkept: bool = False
    written_at: str = ""
    answered_at: str = ""

    def shown(self) -> dict[str, Any]:
        """The row as the API gives it, in the order of ``COLUMNS``."""
        return asdict(self)


@dataclass(frozen=True)
class Report:
    """:param number: of the act
    :param figures: ``FIGURES``
    :param rows: by section and order of arrival; may be read once only
    """

    number: str
    title: str
    agency: str
    version: int
    language: str
    made_at: str
    is_final: bool
    figures: Mapping[str, Any]
    rows: Iterable[Row] = field(default=())

    def head(self) -> dict[str, Any]:
        """All but the rows."""
        names = ("number", "title", "agency", "version", "language", "made_at", "is_final")
        return {**{name: getattr(self, name) for name in names}, "figures": dict(self.figures)}
