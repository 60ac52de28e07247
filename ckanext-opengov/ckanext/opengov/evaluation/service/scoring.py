"""From what is stored of an evaluation to its score, and back to the row that keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.evaluation.model.evaluations import Evaluation, Fact, Period
from ckanext.opengov.evaluation.model.evaluations import Value as Row
from ckanext.opengov.evaluation.service import arithmetic, snapshots, stored
from ckanext.opengov.evaluation.service.arithmetic import Result, Status, Value
from ckanext.opengov.evaluation.service.framework import Framework, Kind

# As exact as a column can be; the steps of a page are computed anew, in fractions.
PLACES = 18


def rows(evaluation_id: str) -> dict[str, Row]:
    """Indicator → what is stored."""
    query = sa.select(Row).where(Row.evaluation_id == evaluation_id)
    return {row.indicator: row for row in model.Session.scalars(query)}


def values(framework: Framework, found: Mapping[str, Row], facts: Mapping[str, Fact]) -> dict[str, Value]:
    """Indicator → value as the arithmetic takes it."""
    taken: dict[str, Value] = {}
    for key, leaf in framework.indicators().items():
        row = found.get(key)
        if row is not None and row.status is not None:
            number = None if row.number is None else Fraction(row.number)
            taken[key] = Value(Status(row.status), number)
        elif leaf.automatic:
            fact = facts.get(leaf.automatic)
            taken[key] = (
                arithmetic.share(fact.numerator, fact.cases, fact.whole, framework.minimum)
                if fact
                else Value(Status.TOO_FEW)
            )
    return taken


def result(evaluation: Evaluation, period: Period) -> Result:
    """The score with all its steps, from what is stored now."""
    framework = stored.tree(period.framework_id)
    facts = snapshots.of_agency(period.id, evaluation.agency_id)
    found = values(framework, rows(evaluation.id), facts)
    return arithmetic.score(framework, Kind(evaluation.kind), found)


def keep(evaluation: Evaluation, found: Result) -> None:
    """Write a score to the row of its evaluation."""
    evaluation.score = None if found.score is None else decimal(found.score)
    evaluation.low, evaluation.high = found.low, found.high
    evaluation.blocks = {key: None if one is None else str(decimal(one)) for key, one in found.blocks.items()}


def decimal(number: Fraction) -> Decimal:
    """As the column keeps it."""
    return arithmetic.rounded(number, PLACES)


def rescore(period: Period, evaluations: Iterable[Evaluation] | None = None) -> int:
    """Compute the scores of a period from what is stored, in the session's open transaction.

    :param evaluations: those to compute; None for all that are not ended
    :returns: how many
    """
    framework = stored.tree(period.framework_id)
    if evaluations is None:
        query = sa.select(Evaluation).where(Evaluation.period_id == period.id, Evaluation.state != "ended")
        evaluations = list(model.Session.scalars(query))
    wanted = list(evaluations)
    facts = snapshots.of_period(period.id)
    stored_rows = _rows_of([one.id for one in wanted])
    for one in wanted:
        found = values(framework, stored_rows.get(one.id, {}), facts.get(one.agency_id, {}))
        keep(one, arithmetic.score(framework, Kind(one.kind), found))
    return len(wanted)


def _rows_of(ids: list[str]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    of_these = Row.evaluation_id == sa.any_(sa.bindparam("ids", ids, sa.ARRAY(sa.Text)))
    for row in model.Session.scalars(sa.select(Row).where(of_these, Row.status.is_not(None))):
        found.setdefault(row.evaluation_id, {})[row.indicator] = row
    return found
