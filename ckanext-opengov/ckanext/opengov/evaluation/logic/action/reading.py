"""Actions that read evaluations: the public ones, and those of the officers."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.evaluation.logic import schema
from ckanext.opengov.evaluation.logic.shared import checked, person
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Period
from ckanext.opengov.evaluation.service import moving, periods, rating, showing, snapshots

__all__ = [
    "evaluation_cases",
    "evaluation_explain",
    "evaluation_list",
    "evaluation_ranking",
    "evaluation_ratings",
    "evaluation_show",
    "evaluation_trend",
]
MOST_LISTED = 1_000


def _newest() -> Period:
    found = periods.listed(published=True)
    if not found:
        raise tk.ObjectNotFound(tk._("No evaluation is published yet."))
    return found[0]


@tk.side_effect_free
def evaluation_ranking(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The table of a period, ranked within each group of peers.

    Equal scores share a place. ``best`` to ``worst`` are the places that the intervals allow: E. B. Wilson's interval
    of each share, put together by the method of Zou and Donner (2008).

    :param period: id or name; the newest by default
    :type period: string
    :param kind: a group of peers: central, region, district
    :type kind: string

    :returns: ``period``; ``rows`` with ``agency``, ``title``, ``kind``, ``place``, ``tied``, ``best``, ``worst``,
        ``score``, ``low``, ``high`` (95 %), ``blocks``; ``ended``: agencies that were merged or abolished
    :rtype: dictionary
    :raises ObjectNotFound: when nothing is published
    """
    tk.check_access("evaluation_ranking", context, data_dict)
    data = checked(data_dict, schema.ranking(), context)
    period = periods.get(data["period"]) if data.get("period") else _newest()
    return {
        "period": showing.period(period),
        "rows": showing.ranking(period, data.get("kind")),
        "ended": showing.ended(period),
    }


def _public(data: dict[str, Any]) -> tuple[Evaluation, Period]:
    if not data.get("id"):
        return showing.find(data.get("agency"), data.get("period"))
    evaluation = model.Session.get(Evaluation, data["id"])
    if evaluation is None or evaluation.state != "published":
        raise tk.ObjectNotFound(tk._("There is no published evaluation of this agency."))
    return evaluation, model.Session.get_one(Period, evaluation.period_id)


@tk.side_effect_free
def evaluation_explain(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Why a score is what it is: every step from the values to it, exact as a fraction and as it is shown.

    :param agency: id or name of the agency
    :type agency: string
    :param period: id or name; the newest of the agency by default
    :type period: string
    :param id: of the evaluation, instead of agency and period
    :type id: string

    :returns: ``score``, ``exact``, ``low``, ``high``, ``steps`` (``level`` 0 block, 1 criterion, 2 indicator;
        ``weight``, ``applied`` after what does not apply was left out, ``status``, ``number``, ``points``,
        ``contribution``), ``standing`` (place among its peers) and ``gains``: what would raise the score most
    :rtype: dictionary
    :raises ObjectNotFound: when nothing is published of the agency
    """
    tk.check_access("evaluation_explain", context, data_dict)
    return showing.explained(*_public(checked(data_dict, schema.card(), context)))


@tk.side_effect_free
def evaluation_cases(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The cases behind an indicator that the portal counted, as they were kept with the facts.

    :param agency: id or name of the agency
    :type agency: string
    :param indicator: key of the indicator
    :type indicator: string
    :param period: id or name; the newest of the agency by default
    :type period: string
    :param offset: how many to leave out
    :type offset: int
    :param limit: how many at most (20, up to 100)
    :type limit: int

    :returns: ``count``, ``cases`` (``id``, ``part``, ``title``, ``url``; the last two None for what is not public)
    :rtype: dictionary
    :raises ObjectNotFound: for an indicator that the portal does not count
    """
    tk.check_access("evaluation_cases", context, data_dict)
    data = checked(data_dict, schema.cases(), context)
    evaluation, period = _public(data)
    name = showing.stored.tree(period.framework_id).automatic().get(data["indicator"])
    if name is None:
        raise tk.ObjectNotFound(tk._("The portal does not count this indicator."))
    count, found = snapshots.cases(period.id, evaluation.agency_id, name, data["offset"], data["limit"])
    return {"count": count, "cases": found}


@tk.side_effect_free
def evaluation_trend(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """An agency's published scores under the framework of one of its evaluations, oldest first.

    :param agency: id or name of the agency
    :type agency: string
    :param period: id or name of a period under that framework; the newest by default
    :type period: string

    :rtype: list of dictionaries with ``period``, ``title``, ``ends_on``, ``score``, ``low``, ``high`` and ``break``:
        whether the version of the framework is another one than before
    """
    tk.check_access("evaluation_trend", context, data_dict)
    evaluation, period = _public(checked(data_dict, schema.card(), context))
    return showing.trend(evaluation.agency_id, period.framework_name)


@tk.side_effect_free
def evaluation_ratings(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Citizens' ratings of all services of an agency; as :py:func:`service_rating_summary`.

    :param agency: id or name of the agency
    :type agency: string

    :raises ValidationError: for an unknown agency
    """
    tk.check_access("evaluation_ratings", context, data_dict)
    return rating.summary(agency_id=checked(data_dict, schema.of_agency("agency"), context)["agency"])


# --- of officers


@tk.side_effect_free
def evaluation_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """An evaluation on its way, for the agency's officers, evaluators and supervisors.

    :param id: of the evaluation
    :type id: string

    :returns: as :py:func:`evaluation_explain`, with ``due_at`` and ``possible``: the events that you may cause
    :rtype: dictionary
    :raises NotAuthorized: for others
    """
    tk.check_access("evaluation_show", context, data_dict)
    data = checked(data_dict, schema.one_evaluation(), context)
    evaluation, who = model.Session.get(Evaluation, data["id"]), person(context)
    if evaluation is None:
        raise tk.ObjectNotFound(tk._("There is no such evaluation."))
    if not who.kinds(evaluation.agency_id):
        raise tk.NotAuthorized(tk._("Only the agency's officers, evaluators and supervisors see this."))
    period = model.Session.get_one(Period, evaluation.period_id)
    return {
        **showing.explained(evaluation, period),
        "due_at": evaluation.due_at.isoformat() if evaluation.due_at else None,
        "possible": moving.possible(evaluation, who),
    }


@tk.side_effect_free
def evaluation_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The evaluations that concern you as an officer: of your agencies, or of all others.

    :param period: id or name of a period (optional)
    :type period: string

    :rtype: list of dictionaries with ``id``, ``agency``, ``title``, ``period``, ``kind``, ``state``, ``due_at``
    """
    tk.check_access("evaluation_list", context, data_dict)
    who = person(context)
    query = (
        sa.select(Evaluation, Period, model.Group.name, model.Group.title, agencies.TITLES)
        .join(Period, Period.id == Evaluation.period_id)
        .join(model.Group, model.Group.id == Evaluation.agency_id)
        .order_by(Period.ends_on.desc(), model.Group.name)
        .limit(MOST_LISTED)
    )
    if data_dict.get("period"):
        query = query.where(Period.id == periods.get(data_dict["period"]).id)
    kinds: dict[str, bool] = {}
    found = []
    for evaluation, period, *names in model.Session.execute(query):
        if kinds.setdefault(evaluation.agency_id, bool(who.kinds(evaluation.agency_id))):
            found.append(
                {
                    "id": evaluation.id,
                    "agency": names[0],
                    "title": agencies.shown_title(*names),
                    "period": period.name,
                    "period_title": showing.pick(period.title),
                    "kind": evaluation.kind,
                    "state": evaluation.state,
                    "due_at": evaluation.due_at.isoformat() if evaluation.due_at else None,
                }
            )
    return found
