"""What evaluation may count of open regulations: each indicator as the statement that selects its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Indicator, Link
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service.words import PROMISES, SHORTEST_REASON, TYPE


def _remarks(begin: dt.datetime, end: dt.datetime, is_worth: Any) -> sa.Select[Any]:
    """Comments on the acts whose report was published in the period."""
    part = sa.case((is_worth, 1), else_=0).label("part")
    comment = sa.cast(Remark.comment_id, sa.Text).label("entity_id")
    return (
        sa.select(DraftAct.agency_id.label("agency_id"), comment, part)
        .select_from(Remark)
        .join(DraftAct, DraftAct.id == Remark.package_id)
        .outerjoin(Response, Response.id == Remark.response_id)
        .where(DraftAct.reported_at >= begin, DraftAct.reported_at < end)
    )


def answered(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Worth one when the answer gives a reason of some length, or promises the change that was asked for."""
    has_reason = sa.func.char_length(Response.reason) >= SHORTEST_REASON
    return _remarks(begin, end, sa.or_(has_reason, Response.outcome.in_(PROMISES)))


def accepted(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Worth one when the proposal was accepted, in whole or in part."""
    return _remarks(begin, end, Response.outcome.in_(PROMISES)).where(Remark.kind == "proposal")


def reports_in_time(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Acts whose answers were due in the period."""
    in_time = sa.case((DraftAct.reported_at <= DraftAct.answers_due_at, 1), else_=0).label("part")
    query = sa.select(DraftAct.agency_id.label("agency_id"), DraftAct.id.label("entity_id"), in_time)
    return query.where(DraftAct.answers_due_at >= begin, DraftAct.answers_due_at < end)


def act_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Acts that the public has seen."""
    query = sa.select(DraftAct.id, DraftAct.number, DraftAct.title)
    found = model.Session.execute(query.where(DraftAct.id.in_(ids), DraftAct.version > 0))
    return {one.id: Link(wording.pick(one.title, wording.current()), f"/{TYPE}/{one.number}") for one in found}


def remark_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Comments, on the pages of their acts."""
    query = sa.select(Remark.comment_id, DraftAct.number, DraftAct.title)
    query = query.join(DraftAct, DraftAct.id == Remark.package_id)
    found = model.Session.execute(query.where(Remark.comment_id.in_(ids), DraftAct.version > 0))
    return {
        str(one.comment_id): Link(wording.pick(one.title, wording.current()), f"/{TYPE}/{one.number}") for one in found
    }


INDICATORS: Mapping[str, Indicator] = {
    "answered": Indicator(
        title=N_("Comments answered with substance"),
        about=N_(
            "Comments on acts whose report came out in the period; counted are answers that accept or give a reason."
        ),
        rows=answered,
        links=remark_links,
    ),
    "accepted": Indicator(
        title=N_("Proposals accepted"),
        about=N_("Proposals on acts whose report came out in the period; counted are those accepted at least in part."),
        rows=accepted,
        links=remark_links,
    ),
    "reports_in_time": Indicator(
        title=N_("Reports in time"),
        about=N_("Draft acts whose comments were to be answered in the period; counted are reports within the term."),
        rows=reports_in_time,
        links=act_links,
    ),
}
