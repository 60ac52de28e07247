"""Actions that move an evaluation on its way. Each is one event of the table in service/states.py."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.opengov.evaluation.logic import schema
from ckanext.opengov.evaluation.logic.shared import checked, person
from ckanext.opengov.evaluation.model.evaluations import Evaluation
from ckanext.opengov.evaluation.service import moving, periods

__all__ = [
    "evaluation_agree",
    "evaluation_appeal_create",
    "evaluation_appeal_decide",
    "evaluation_claim_set",
    "evaluation_end",
    "evaluation_evidence_create",
    "evaluation_finish",
    "evaluation_publish",
    "evaluation_submit",
    "evaluation_value_set",
]


def _move(context: Context, event: str, data: dict[str, Any]) -> dict[str, Any]:
    evaluation = moving.transition(data["id"], event, person(context), data)
    model.Session.commit()
    return {"id": evaluation.id, "state": evaluation.state, "score": evaluation.score and str(evaluation.score)}


def evaluation_claim_set(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The agency's own value of an indicator, while it assesses itself.

    :param id: of the evaluation
    :type id: string
    :param indicator: key of the indicator
    :type indicator: string
    :param status: ``given`` (default), ``not_applicable`` or ``not_provided``
    :type status: string
    :param number: the value, in the unit of the indicator; 1 or 0 for yes or no
    :type number: number or string
    :param note: what to know about it (optional)
    :type note: string

    :returns: ``id``, ``state``, ``score``
    :rtype: dictionary
    :raises NotAuthorized: for all but the agency's own officers
    :raises ValidationError: for an indicator that the portal counts, a number that does not fit, after the term
    """
    tk.check_access("evaluation_claim_set", context, data_dict)
    return _move(context, "claim", checked(data_dict, schema.claim_set(), context))


def evaluation_evidence_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Add evidence for a value: a link or a file, which is kept with its SHA-256.

    :param id: of the evaluation
    :type id: string
    :param indicator: key of the indicator
    :type indicator: string
    :param title: what it shows
    :type title: string
    :param url: address of a page
    :type url: string
    :param file: instead of ``url``: an uploaded file of at most 20 MB
    :type file: file

    :returns: ``id``, ``state``, ``score``
    :rtype: dictionary
    :raises NotAuthorized: for all but the agency's own officers
    """
    tk.check_access("evaluation_evidence_create", context, data_dict)
    upload = data_dict.get("file")
    plain = {name: value for name, value in data_dict.items() if name != "file"}
    data = checked(plain, schema.evidence_create(), context)
    given = upload if getattr(upload, "filename", None) else None
    return _move(context, "evidence", {**data, "file": given})


def evaluation_submit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End the self-assessment; what was not given counts as not provided.

    :param id: of the evaluation
    :type id: string

    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the agency
    """
    tk.check_access("evaluation_submit", context, data_dict)
    return _move(context, "submit", checked(data_dict, schema.one_evaluation(), context))


def evaluation_value_set(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The evaluator's value of an indicator, which counts. It is signed in the journal by who and when.

    :param id: of the evaluation
    :type id: string
    :param indicator: key of the indicator
    :type indicator: string
    :param status: ``given`` (default), ``not_applicable`` (its weight goes to its neighbours) or ``not_provided``
        (zero points)
    :type status: string
    :param number: the value
    :type number: number or string
    :param reason: why
    :type reason: string
    :param revision: the ``revision`` that was shown (0 for the first value): when another evaluator set one meanwhile,
        this one is refused
    :type revision: int

    :returns: ``id``, ``state``, ``score``
    :rtype: dictionary
    :raises NotAuthorized: for all but evaluators of another agency
    :raises ValidationError: also when another evaluator was quicker; ``revision`` says who and what
    """
    tk.check_access("evaluation_value_set", context, data_dict)
    return _move(context, "value", checked(data_dict, schema.value_set(), context))


def evaluation_finish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """All values are set: from now on the agency may object.

    :param id: of the evaluation
    :type id: string

    :rtype: dictionary
    :raises NotAuthorized: for all but evaluators of another agency
    :raises ValidationError: while values are missing; the message names them
    """
    tk.check_access("evaluation_finish", context, data_dict)
    return _move(context, "finish", checked(data_dict, schema.one_evaluation(), context))


def evaluation_appeal_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The agency objects to a value, within the term.

    :param id: of the evaluation
    :type id: string
    :param indicator: key of the indicator
    :type indicator: string
    :param text: what is wrong, and what would be right
    :type text: string

    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the agency
    :raises ValidationError: after the term, and for a second objection to the same value
    """
    tk.check_access("evaluation_appeal_create", context, data_dict)
    return _move(context, "object", checked(data_dict, schema.appeal_create(), context))


def evaluation_agree(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The agency has no further objections: nobody waits for the end of the term.

    :param id: of the evaluation
    :type id: string

    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the agency
    """
    tk.check_access("evaluation_agree", context, data_dict)
    return _move(context, "agree", checked(data_dict, schema.one_evaluation(), context))


def evaluation_appeal_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide an objection.

    :param id: of the evaluation
    :type id: string
    :param indicator: key of the indicator
    :type indicator: string
    :param decision: ``accepted`` or ``rejected``
    :type decision: string
    :param reason: why
    :type reason: string
    :param status: with ``accepted``: what counts from now on, as in :py:func:`evaluation_value_set`
    :type status: string
    :param number: the same
    :type number: number or string

    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors of another agency
    :raises ValidationError: for whoever set the value, and when it was decided already
    """
    tk.check_access("evaluation_appeal_decide", context, data_dict)
    return _move(context, "decide", checked(data_dict, schema.appeal_decide(), context))


def evaluation_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The agency was merged into another or abolished in the period: its evaluation ends and is not ranked.

    :param id: of the evaluation
    :type id: string
    :param ended_on: the day
    :type ended_on: string
    :param reason: by which act
    :type reason: string
    :param successor: id or name of the agency into which it was merged: what the portal counts of it in the period
        counts for that one
    :type successor: string

    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: for a day outside the period
    """
    tk.check_access("evaluation_end", context, data_dict)
    data = checked(data_dict, schema.end(), context)
    data["successor_id"] = data.pop("successor", None)
    return _move(context, "end", data)


def evaluation_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish one evaluation, or all of a period that are ready.

    :param id: of the evaluation
    :type id: string
    :param period: id or name of a period, instead of ``id``
    :type period: string

    :returns: ``published``: how many; ``waiting``: ids of those of the period that are not ready
    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: when the one that is named is not ready
    """
    tk.check_access("evaluation_publish", context, data_dict)
    data = checked(data_dict, schema.publish(), context)
    if data.get("id"):
        _move(context, "publish", {"id": data["id"]})
        return {"published": 1, "waiting": []}
    period, who = periods.get(data.get("period")), person(context)
    published, waiting = 0, []
    of_period = sa.select(Evaluation.id, Evaluation.state).where(Evaluation.period_id == period.id)
    for evaluation_id, state in model.Session.execute(of_period.order_by(Evaluation.id)).all():
        if state in ("published", "ended"):
            continue
        try:
            moving.transition(evaluation_id, "publish", who, {"id": evaluation_id})
            # Each by itself, so that one that is not ready keeps nobody waiting.
            model.Session.commit()
            published += 1
        except (tk.ValidationError, tk.NotAuthorized):
            model.Session.rollback()
            waiting.append(evaluation_id)
    return {"published": published, "waiting": waiting}
