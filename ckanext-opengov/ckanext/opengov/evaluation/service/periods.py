"""Periods: opened for all agencies to which a framework applies, never two at a time under the same framework."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import journal, terms, transferred_days
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Framework, Period, new_id
from ckanext.opengov.evaluation.service import packages, stored
from ckanext.opengov.evaluation.service.framework import Kind
from ckanext.opengov.evaluation.service.states import SELF_TERM

TYPE = "evaluation_period"
EVENTS = {
    "period.opened": N_("The period was opened with {agencies} agencies"),
    "period.counted": N_("The facts were taken; digest {digest}"),
}
ALMATY = ZoneInfo("Asia/Almaty")
LONGEST = 400
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")


@dataclass(frozen=True)
class Opening:
    """What a period is opened with."""

    name: str
    title: Mapping[str, str]
    framework: Framework
    starts_on: dt.date
    ends_on: dt.date


def moments(period: Period) -> tuple[dt.datetime, dt.datetime]:
    """Its first moment, and the first one after it."""
    begin = dt.datetime.combine(period.starts_on, dt.time(), ALMATY)
    end = dt.datetime.combine(period.ends_on + dt.timedelta(days=1), dt.time(), ALMATY)
    return begin.astimezone(dt.UTC), end.astimezone(dt.UTC)


def due(key: str, since: dt.datetime | None = None) -> dt.datetime:
    """When a term that begins now, or then, ends."""
    term = terms.find(transferred_days.terms_in_force(), key)
    return days.deadline(transferred_days.current(), since or utc_now(), term).ends_at


def kind_of(level: str | None, *, is_below_another: bool) -> Kind:
    """The group of peers of an agency: an akimat is a local agency that belongs to no other."""
    if level != "local":
        return Kind.CENTRAL
    return Kind.DISTRICT if is_below_another else Kind.REGION


def open_period(opening: Opening, actor: str | None) -> Period:
    """Freeze the framework and make an evaluation of every active agency to which something in it applies.

    :raises ValidationError: for a name that is taken, a period that overlaps another under the same framework, or one
        for which there is no agency
    """
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("evaluation:periods"))))
    _check(opening)
    opening.framework.frozen_at = opening.framework.frozen_at or utc_now()
    period = Period(
        name=opening.name,
        title=dict(opening.title),
        framework_id=opening.framework.id,
        framework_name=opening.framework.name,
        starts_on=opening.starts_on,
        ends_on=opening.ends_on,
        opened_by=actor,
    )
    model.Session.add(period)
    model.Session.flush()
    made = _evaluations(period)
    if not made:
        raise tk.ValidationError({"framework": [tk._("There is no agency to which this framework applies.")]})
    journal.record(TYPE, period.id, "period.opened", actor=actor, public={"agencies": len(made)})
    journal.record_many(journal.Happening(packages.EVALUATION, one.id, "evaluation.opened", actor) for one in made)
    return period


def _check(opening: Opening) -> None:
    if opening.starts_on > opening.ends_on:
        raise tk.ValidationError({"ends_on": [tk._("The period ends before it begins.")]})
    if (opening.ends_on - opening.starts_on).days > LONGEST:
        raise tk.ValidationError({"ends_on": [tk._("A period has at most {days} days.").format(days=LONGEST)]})
    if model.Session.scalar(sa.select(Period.id).where(Period.name == opening.name)):
        raise tk.ValidationError({"name": [tk._("There is a period of this name already.")]})
    overlapping = sa.select(Period).where(
        Period.framework_name == opening.framework.name,
        Period.starts_on <= opening.ends_on,
        Period.ends_on >= opening.starts_on,
    )
    other = model.Session.scalars(overlapping.limit(1)).first()
    if other is not None:
        message = tk._("The period overlaps “{name}”, {start} to {end}, under the same framework.")
        shown = message.format(name=other.name, start=other.starts_on.isoformat(), end=other.ends_on.isoformat())
        raise tk.ValidationError({"starts_on": [shown]})


def _evaluations(period: Period) -> list[Evaluation]:
    tree = stored.tree(period.framework_id)
    kinds = frozenset().union(*(leaf.kinds for leaf in tree.indicators().values()))
    due_at = due(SELF_TERM)
    level, kato = (model.Group.extras[name].astext for name in ("level", "region"))  # pyright: ignore[reportIndexIssue]
    above = sa.exists().where(
        model.Member.group_id == model.Group.id, model.Member.table_name == "group", model.Member.state == "active"
    )
    query = sa.select(model.Group.id, model.Group.name, level, kato, above).where(
        model.Group.is_organization, model.Group.state == model.State.ACTIVE
    )
    made, values = [], []
    for agency_id, name, of_level, of_region, is_below in model.Session.execute(query.order_by(model.Group.name)):
        kind = kind_of(of_level, is_below_another=is_below)
        if kind not in kinds:
            continue
        one = Evaluation(
            id=new_id(),
            period_id=period.id,
            agency_id=agency_id,
            kind=str(kind),
            region=of_region,
            state="self_assessment",
            due_at=due_at,
        )
        made.append(one)
        values.append(_package(one, period, name))
    model.Session.add_all(made)
    model.Session.flush()
    if values:
        packages.insert(packages.EVALUATION, values)
    return made


def _package(one: Evaluation, period: Period, agency_name: str) -> dict[str, Any]:
    title = next((period.title[code] for code in ("kk", "ru", "en") if period.title.get(code)), period.name)
    return {
        "id": one.id,
        "name": f"evaluation-{one.id[:13]}",
        "title": title[:250],
        "owner_org": one.agency_id,
        "private": True,
        "period": period.name,
        "framework": period.framework_name,
        "peer_group": one.kind,
        "evaluation_state": one.state,
    }


def get(reference: Any) -> Period:
    """A period by its id or name.

    :raises ObjectNotFound: when there is none
    """
    given = reference if isinstance(reference, str) else ""
    query = sa.select(Period).where(sa.or_(Period.id == given, Period.name == given))
    found = model.Session.scalars(query).first()
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no period “{id}”.").format(id=given[:60]))
    return found


def listed(*, published: bool) -> list[Period]:
    """All periods, the newest first.

    :param published: only those of which something is published
    """
    query = sa.select(Period).order_by(Period.ends_on.desc(), Period.name)
    if published:
        query = query.where(Period.published_at.is_not(None))
    return list(model.Session.scalars(query))
