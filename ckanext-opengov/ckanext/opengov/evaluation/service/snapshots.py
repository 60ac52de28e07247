"""The facts of a period: counted by the components' statements at its end, kept with every case, and recomputable.

Everything is counted inside the database, one statement an indicator. What an agency did before it was merged counts
for its successor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ckanext.opengov.civic.interfaces import Indicator
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Fact, Period
from ckanext.opengov.evaluation.service import periods, registry, stored


def take(period: Period, actor: str | None) -> int:
    """Count all automatic indicators of the period's framework and keep the facts, in the session's open transaction.

    :returns: how many facts there are
    :raises ValidationError: before the end of the period, or when the facts were taken already
    """
    begin, end = periods.moments(period)
    if utc_now() < end:
        message = tk._("The period runs until {day}; the facts are taken after its end.")
        raise tk.ValidationError({"id": [message.format(day=period.ends_on.isoformat())]})
    if period.snapshot_at is not None:
        raise tk.ValidationError({"id": [tk._("The facts of this period were taken already and are not taken again.")]})
    known = registry.indicators()
    for name in sorted(set(stored.tree(period.framework_id).automatic().values())):
        if name not in known:
            raise tk.ValidationError(
                {"id": [tk._("The component that counts “{name}” is not loaded.").format(name=name)]}
            )
        model.Session.execute(_counted(period, name, known[name], begin, end))
    period.snapshot_at = utc_now()
    period.digest = digest(period.id)
    journal.record(periods.TYPE, period.id, "period.counted", actor=actor, public={"digest": period.digest})
    return model.Session.scalar(sa.select(sa.func.count()).where(Fact.period_id == period.id)) or 0


def _counted(period: Period, name: str, indicator: Indicator, begin: Any, end: Any) -> sa.Insert:
    cases = indicator.rows(begin, end).subquery("cases")
    heir = sa.func.coalesce(Evaluation.successor_id, Evaluation.agency_id)
    pair = sa.func.jsonb_build_array(cases.c.entity_id, cases.c.part)
    facts = (
        sa.select(
            sa.literal(period.id),
            sa.literal(name),
            heir,
            sa.func.sum(cases.c.part),
            sa.func.count(),
            sa.literal(indicator.whole),
            sa.func.jsonb_agg(aggregate_order_by(pair, cases.c.entity_id)),
        )
        .select_from(cases)
        .join(Evaluation, sa.and_(Evaluation.period_id == period.id, Evaluation.agency_id == cases.c.agency_id))
        .group_by(heir)
    )
    columns = ["period_id", "indicator", "agency_id", "numerator", "cases", "whole", "rows"]
    return sa.insert(Fact.__table__).from_select(columns, facts)


def digest(period_id: str) -> str:
    """A digest of all facts with all their cases; any change gives another one."""
    one = sa.func.md5(sa.cast(Fact.rows, sa.Text))
    query = sa.select(Fact.indicator, Fact.agency_id, Fact.numerator, Fact.cases, Fact.whole, one)
    found = hashlib.sha256()
    for row in model.Session.execute(query.where(Fact.period_id == period_id).order_by(Fact.indicator, Fact.agency_id)):
        found.update("|".join(map(str, row)).encode())
    return found.hexdigest()


def verify(period: Period) -> dict[str, Any]:
    """Count all facts again from their cases, as they were kept.

    :returns: ``facts``, ``different`` (indicator and agency of those whose sums are not those of their cases) and
        ``digest_equal``
    """
    case = sa.func.jsonb_array_elements(Fact.rows).table_valued("value", name="one", joins_implicitly=True)
    part = sa.cast(sa.cast(case.c.value, JSONB)[1].astext, sa.BigInteger)
    again = (
        sa.select(Fact.indicator, Fact.agency_id, Fact.numerator, Fact.cases)
        .select_from(Fact)
        .join(case, sa.true())
        .where(Fact.period_id == period.id)
        .group_by(Fact.indicator, Fact.agency_id, Fact.numerator, Fact.cases)
        .having(sa.or_(sa.func.sum(part) != Fact.numerator, sa.func.count() != Fact.cases))
    )
    different = [{"indicator": row[0], "agency_id": row[1]} for row in model.Session.execute(again)]
    number = model.Session.scalar(sa.select(sa.func.count()).where(Fact.period_id == period.id)) or 0
    return {"facts": number, "different": different, "digest_equal": digest(period.id) == period.digest}


def of_period(period_id: str) -> Mapping[str, Mapping[str, Fact]]:
    """Agency → indicator → fact, without the cases."""
    found: dict[str, dict[str, Fact]] = {}
    for fact in model.Session.scalars(sa.select(Fact).where(Fact.period_id == period_id)):
        found.setdefault(fact.agency_id, {})[fact.indicator] = fact
    return found


def of_agency(period_id: str, agency_id: str) -> Mapping[str, Fact]:
    """Indicator → fact, without the cases."""
    query = sa.select(Fact).where(Fact.period_id == period_id, Fact.agency_id == agency_id)
    return {fact.indicator: fact for fact in model.Session.scalars(query)}


def cases(period_id: str, agency_id: str, name: str, offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """The cases behind a fact, those that took away from it first: ``id``, ``part``, ``title``, ``url``.

    What not everybody may see has neither title nor url.
    """
    fact = model.Session.get(Fact, (period_id, name, agency_id), options=[sa.orm.undefer(Fact.rows)])
    if fact is None:
        return 0, []
    indicator = registry.indicators().get(name)
    worst_last = bool(indicator and indicator.less_is_better)
    ordered = sorted(fact.rows, key=lambda row: (-row[1] if worst_last else row[1], row[0]))
    page = ordered[offset : offset + limit]
    links = indicator.links([row[0] for row in page]) if indicator else {}
    shown = [
        {
            "id": row[0],
            "part": row[1],
            "title": links[row[0]].title if row[0] in links else None,
            "url": links[row[0]].url if row[0] in links else None,
        }
        for row in page
    ]
    return len(ordered), shown
