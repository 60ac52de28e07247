"""Actions on ratings."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.schema import ratings as schema
from ckanext.opengov.civic.service import ratings
from ckanext.opengov.civic.service.limits import limited

__all__ = ["rating_create", "rating_summary"]


@limited("rating")
def rating_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rate how a case was handled; once for each person and case.

    :param entity_type: such as ``appeal``
    :type entity_type: string
    :param entity_id: id of the case
    :type entity_id: string
    :param accessibility: mark from 1 (bad) to 5 (good); left out for "cannot say"
    :type accessibility: int
    :param speed: as above
    :type speed: int
    :param transparency: as above
    :type transparency: int
    :param completeness: as above
    :type completeness: int
    :param comment: at most 2,000 characters (optional)
    :type comment: string

    :returns: the marks given, ``entity_type``, ``entity_id`` and ``comment`` as others read it
    :rtype: dictionary
    :raises NotAuthorized: for visitors and persons whose identity is not confirmed as far as asked; also when they
        rate too often (status 429)
    :raises ValidationError: for a wrong mark, no mark at all, a case that the user may not rate or has rated already
    """
    tk.check_access("rating_create", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.rating_create(), context)
    user = access.user_of(context)
    if errors:
        raise tk.ValidationError(errors)
    if user is None:
        raise tk.NotAuthorized(tk._("Sign in first. Without an account you can read everything but not take part."))
    given = ratings.Given(
        data["entity_type"],
        data["entity_id"],
        user.id,
        {axis: data.get(axis) for axis in ratings.AXES},
        data.get("comment"),
    )
    rating = ratings.create(given)
    model.Session.commit()
    return {
        "entity_type": rating.entity_type,
        "entity_id": rating.entity_id,
        **{axis: getattr(rating, axis) for axis in ratings.AXES},
        "comment": rating.comment_public,
    }


@tk.side_effect_free
def rating_summary(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How cases of one kind were rated: at one agency, at all together, or one case.

    The interval is Wilson's at 95 % for the share of marks 4 and 5 (E. B. Wilson, JASA 22, 1927, 209–212).

    :param entity_type: such as ``appeal``
    :type entity_type: string
    :param agency_id: id of the agency; all agencies when left out
    :type agency_id: string
    :param entity_id: one case instead
    :type entity_id: string

    :returns: ``minimum``: the number of marks from which on figures are shown; ``axes``: for each of accessibility,
        speed, transparency and completeness ``number`` of marks, ``mean`` (1 to 5), ``good`` (share of marks 4 and 5,
        0 to 1) and its interval ``good_low``, ``good_high``; None under the minimum
    :rtype: dictionary
    :raises ValidationError: for a type whose cases are not rated
    """
    tk.check_access("rating_summary", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.rating_summary(), context)
    if errors:
        raise tk.ValidationError(errors)
    ratings.rules_of(data["entity_type"])
    if data.get("entity_id"):
        return ratings.summary_of_case(data["entity_type"], data["entity_id"])
    return ratings.summary(data["entity_type"], data.get("agency_id"))
