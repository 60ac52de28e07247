"""Actions on contests of apps."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked, person, refused
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import wording
from ckanext.opengov.data.logic.auth.contests import is_juror
from ckanext.opengov.data.logic.schema import contests as schema
from ckanext.opengov.data.model.apps import Contest
from ckanext.opengov.data.service.apps import contests, life, showing
from ckanext.opengov.data.service.apps.contests import PHASES
from ckanext.opengov.data.service.apps.rules import COMPONENT, AppRefusal

__all__ = ["contest_create", "contest_decide", "contest_enter", "contest_list", "contest_mark", "contest_show"]

MOST = 100


def _brief(contest: Contest) -> dict[str, Any]:
    now = contests.phase(contest, utc_now())
    return {
        "id": contest.id,
        "name": contest.name,
        "title": dict(contest.title),
        "shown_title": wording.pick(contest.title, wording.current()),
        "phase": str(now),
        "phase_title": tk._(PHASES[now]),
        "opens_at": contest.opens_at.isoformat(),
        "closes_at": contest.closes_at.isoformat(),
        "decided_at": contest.decided_at.isoformat() if contest.decided_at else None,
        "jurors": len(contest.jury),
    }


def _full(contest: Contest, context: Context) -> dict[str, Any]:
    entries = showing.shown(contests.entries(contest))
    given = contests.marks(contest)
    user = access.user_of(context)
    for one in entries:
        marks = given.get(one["id"], {})
        if contest.decided_at is not None and marks:
            one["mean"] = round(sum(marks.values()) / len(marks), 2)
        if user is not None and user.id in contest.jury:
            one["my_mark"] = marks.get(user.id)
    return {
        **_brief(contest),
        "rules": dict(contest.rules),
        "shown_rules": wording.pick(contest.rules, wording.current()),
        "entries": entries,
        "marks_missing": sum(len(contest.jury) - len(one) for one in given.values()),
        "may_mark": is_juror(context, contest),
        "may_decide": access.may("contest_decide", context, COMPONENT, None),
    }


def contest_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Announce a contest of apps.

    :param name: the end of its page's address
    :type name: string
    :param title: language (kk, ru, en) → title; at least one
    :type title: dictionary
    :param rules: language → who may take part, what is judged, what the winners get
    :type rules: dictionary
    :param opens_at: ISO 8601 with its zone; from then on apps are entered
    :type opens_at: string
    :param closes_at: ISO 8601 with its zone; entries end right before it
    :type closes_at: string
    :param jury: names of accounts, 1 to 15
    :type jury: list of strings, or one string with spaces

    :returns: the contest as in :py:func:`contest_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but list approvers
    :raises ValidationError: by field
    """
    tk.check_access("contest_create", context, data_dict)
    data = checked(data_dict, schema.contest_create(), context)
    try:
        contest = contests.create(data, person(context).id)
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return _full(contest, context)


@tk.side_effect_free
def contest_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Contests, the latest first; at most 100.

    :returns: as :py:func:`contest_show`, without rules and entries
    :rtype: list of dictionaries
    """
    tk.check_access("contest_list", context, data_dict)
    newest = sa.select(Contest).order_by(Contest.closes_at.desc(), Contest.id).limit(MOST)
    return [_brief(one) for one in model.Session.scalars(newest)]


@tk.side_effect_free
def contest_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One contest.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``name``, ``title``, ``rules``, ``phase`` (announced, open, judging, decided), ``opens_at``,
        ``closes_at``, ``decided_at`` (UTC), ``jurors`` (number), ``marks_missing`` (number), ``entries``: the published
        apps with ``place`` (1 to 3) and ``mean`` of the marks once it is decided; for a member of the jury ``my_mark``;
        ``may_mark``, ``may_decide``
    :rtype: dictionary
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("contest_show", context, data_dict)
    return _full(contests.get(data_dict.get("id")), context)


def contest_enter(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Enter an app of one's own into a contest while entries are open.

    :param id: id or name of the contest
    :type id: string
    :param app: id of the app
    :type app: string

    :returns: the contest as in :py:func:`contest_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but who sent the app
    :raises ValidationError: outside of the period, for members of the jury, for an app that takes part elsewhere
    """
    tk.check_access("contest_enter", context, data_dict)
    contest = contests.get(data_dict.get("id"))
    try:
        contests.enter(contest, life.get(data_dict.get("app")))
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return _full(contest, context)


def contest_mark(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give an app a mark, after the end of entries and before the decision. A mark given again replaces the first.

    :param id: id or name of the contest
    :type id: string
    :param app: id of the app
    :type app: string
    :param mark: 1 to 10, 10 is best
    :type mark: int
    :param note: for the jury's own papers (optional)
    :type note: string

    :returns: the contest as in :py:func:`contest_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but members of the jury
    :raises ValidationError: outside of that time, for an app that does not take part, for a mark that is none
    """
    tk.check_access("contest_mark", context, data_dict)
    data = checked(data_dict, schema.contest_mark(), context)
    contest = contests.get(data["id"])
    try:
        contests.mark(contest, life.get(data["app"]), person(context).id, data["mark"], data.get("note"))
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return _full(contest, context)


def contest_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End a contest: places follow from the means of the marks; equal means share a place.

    :param id: id or name of the contest
    :type id: string

    :returns: the contest as in :py:func:`contest_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but list approvers
    :raises ValidationError: before the end of entries, a second time, while marks are missing
    """
    tk.check_access("contest_decide", context, data_dict)
    contest = contests.get(data_dict.get("id"))
    try:
        contest = contests.decide(contest, person(context).id)
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return _full(contest, context)
