"""The report on a discussion out of the tables: comments by their place in the act, each with its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.regulation.model.acts import DraftAct, VersionPart
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import answering, clock, storing
from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.report.model import Report, Row
from ckanext.opengov.regulation.service.words import LANGUAGES, PROMISES

ROWS_AT_ONCE = 1_000
# What stands at no part of the newest version comes last.
_LAST = 2_000_000_000


class _Answered(NamedTuple):
    outcome: str
    version: int


class Places:
    """Where comments stand, in words: in the newest version, or in that on which they were written."""

    def __init__(self, act: DraftAct, language: str) -> None:
        self.act_id, self.version = act.id, act.version
        self.language = language
        self._known: dict[int, Mapping[str, str]] = {}

    def of(self, place: str | None, eid: str, written_on: int) -> str:
        """The words for a place; empty for the act as a whole."""
        if not eid:
            return ""
        if place is not None:
            return self._in(self.version).get(place, place)
        return self._in(written_on).get(eid, eid)

    def load(self) -> None:
        """Read all versions now, for where no session is later."""
        for version in storing.all_of(self.act_id, drafts=False):
            self._in(version.number)

    def _in(self, number: int) -> Mapping[str, str]:
        if number not in self._known:
            version = storing.find(self.act_id, number)
            text = storing.read(version.id) if version else {}
            language = (
                self.language if text.get(self.language) else next((one for one in LANGUAGES if text.get(one)), "")
            )
            self._known[number] = labels.citations(text.get(language, ()), language)
        return self._known[number]


def head(act: DraftAct, language: str) -> Report:
    """The report without its rows."""
    figures = dict(act.figures) if act.reported_at and act.figures else answering.figures(act)
    figures["unkept"] = _unkept(act)
    return Report(
        number=act.number,
        title=wording.pick(act.title, language),
        agency=_agency(act.agency_id, language),
        version=act.version,
        language=language,
        made_at=(act.reported_at or clock.now()).isoformat(),
        is_final=act.reported_at is not None,
        figures=figures,
    )


def _agency(agency_id: str, language: str) -> str:
    query = sa.select(model.Group.title, agencies.TITLES).where(model.Group.id == agency_id)
    found = model.Session.execute(query).first()
    return (wording.pick(agencies.titles(found[1]), language) or found[0] or "") if found else ""


def _unkept(act: DraftAct) -> int:
    """How many promises the newest version has not kept."""
    query = (
        sa.select(sa.func.count())
        .select_from(Remark)
        .join(Comment, Comment.id == Remark.comment_id)
        .join(Response, Response.id == Remark.response_id)
        .where(Remark.package_id == act.id, Comment.state == "public", Response.outcome.in_(PROMISES))
        .where(Remark.eid != "", Response.version < act.version, Remark.mark.in_(("same", "moved")))
    )
    return model.Session.scalar(query) or 0


def _query(act: DraftAct, language: str) -> Any:
    version = storing.find(act.id, act.version)
    part = (
        sa.select(VersionPart.eid, VersionPart.position)
        .where(VersionPart.version_id == (version.id if version else None), VersionPart.language == language)
        .subquery()
    )
    order = sa.case((Remark.eid == "", -1), else_=sa.func.coalesce(part.c.position, _LAST)).label("section")
    columns = (
        order,
        Remark.position,
        Remark.comment_id,
        Remark.eid,
        Remark.place,
        Remark.mark,
        Remark.kind,
        Remark.channel,
        Remark.version,
        Remark.wording_public,
        Comment.text_public,
        Comment.votes_for,
        Comment.votes_against,
        Comment.created_at,
        Response.outcome,
        Response.reason,
        Response.version.label("answered_version"),
        Response.answered_at,
    )
    return (
        sa.select(*columns)
        .select_from(Remark)
        .join(Comment, Comment.id == Remark.comment_id)
        .outerjoin(Response, Response.id == Remark.response_id)
        .outerjoin(part, part.c.eid == Remark.place)
        .where(Remark.package_id == act.id, Comment.state == "public")
        .order_by(order, Remark.position)
    )


def _order_language(act: DraftAct, language: str) -> str:
    """The language whose parts give the order: this one, else one that the newest version has."""
    version = storing.find(act.id, act.version)
    known = storing.languages([version.id]).get(version.id, []) if version else []
    return language if language in known else next(iter(known), language)


def _row(row: Any, places: Places, public_version: int) -> Row:
    answered: Any = _Answered(row.outcome, row.answered_version) if row.outcome else None
    return Row(
        section=places.of(row.place, row.eid, row.version),
        eid=row.place or row.eid,
        comment_id=row.comment_id,
        kind=row.kind,
        author=row.channel,
        text=row.text_public or "",
        wording=row.wording_public or "",
        response=row.outcome or "",
        reason=row.reason or "",
        votes_for=row.votes_for,
        votes_against=row.votes_against,
        place=row.mark,
        unkept=answering.is_unkept(row, answered, public_version),
        written_at=row.created_at.isoformat(),
        answered_at=row.answered_at.isoformat() if row.answered_at else "",
    )


def page(act: DraftAct, language: str, cursor: tuple[int, int] | None, limit: int) -> tuple[list[Row], str | None]:
    """Rows in the order of the act, and the cursor of the next page."""
    ordered = _query(act, _order_language(act, language)).subquery()
    query = sa.select(ordered).order_by(ordered.c.section, ordered.c.position).limit(limit + 1)
    if cursor is not None:
        query = query.where(sa.tuple_(ordered.c.section, ordered.c.position) > sa.tuple_(*map(sa.literal, cursor)))
    found = list(model.Session.execute(query))
    places = Places(act, language)
    rows = [_row(row, places, act.version) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return rows, f"{last.section}.{last.position}" if last is not None else None


def stream(act: DraftAct, language: str) -> Iterator[Row]:
    """All rows; neither the answer of the database nor the rows ever stand in memory."""
    query, version = _query(act, _order_language(act, language)), act.version
    places = Places(act, language)
    # Its own connection: the session of the request is gone when the last rows are sent.
    engine: Any = model.Session.get_bind()

    def rows() -> Iterator[Row]:
        with engine.connect() as connection:
            for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
                yield _row(row, places, version)

    places.load()
    return rows()


def by_agency(agency_id: str | None = None) -> list[dict[str, Any]]:
    """Figures of published reports, per agency: commented, answered, accepted, in time; the busiest first."""

    def total(name: str) -> Any:
        return sa.func.coalesce(sa.func.sum(DraftAct.figures[name].as_integer()), 0).label(name)

    names = ("commented", "answered", "accepted", "partly", "not_accepted", "out_of_scope")
    in_time = sa.func.count().filter(DraftAct.figures["in_time"].as_boolean()).label("in_time")
    query = (
        sa.select(DraftAct.agency_id, sa.func.count().label("acts"), in_time, *(total(name) for name in names))
        .where(sa.func.jsonb_typeof(DraftAct.figures) == "object", DraftAct.version > 0)
        .group_by(DraftAct.agency_id)
        .order_by(sa.desc("commented"), DraftAct.agency_id)
    )
    if agency_id:
        query = query.where(DraftAct.agency_id == agency_id)
    return [dict(row._mapping) for row in model.Session.execute(query)]
