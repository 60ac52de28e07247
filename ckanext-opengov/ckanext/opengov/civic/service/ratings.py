"""Ratings: how citizens found the handling of their case, on the four axes of the portal's model.

Each axis has marks from 1 to 5 or none ("cannot say"); one rating for each person and case. Means and shares are
shown from a smallest number of marks on, with the interval in which the share lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic import statistics
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.ratings import Rating, RatingSum
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.persons import Level
from ckanext.opengov.civic.service.refusal import N_

# Axis → its name and its question. Everything that shows or asks for ratings reads this table.
AXES: Mapping[str, tuple[str, str]] = {
    "accessibility": (N_("Accessibility"), N_("How easy was it to reach the agency?")),
    "speed": (N_("Speed"), N_("How quickly did the agency act?")),
    "transparency": (N_("Transparency"), N_("How clear was it what happens and why?")),
    "completeness": (N_("Completeness"), N_("Was everything answered that you asked?")),
}
MARKS = range(1, 6)
GOOD = 4
COMMENT_LENGTH = 2_000
MINIMUM = "opengov.ratings.minimum"
EVENTS = {"rating.created": N_("Rating given")}


@dataclass(frozen=True)
class RatingRules:
    """How the cases of one entity type are rated.

    :param agency: entity id → id of the agency that is rated
    :param may_rate: user id, entity id → whether that person may rate the case, and if not, why, in their language
    :param level: how far a person's identity must be confirmed
    """

    agency: Callable[[str], str]
    may_rate: Callable[[str, str], tuple[bool, str]]
    level: Level = Level.EMAIL


@dataclass(frozen=True)
class Given:
    """One person's rating of one case."""

    entity_type: str
    entity_id: str
    user_id: str
    # Axis → mark, None for "cannot say".
    marks: Mapping[str, int | None]
    comment: str | None = None


def find_rules(entity_type: object) -> RatingRules | None:
    """The rules of an entity type, or None when its cases are not rated."""
    for manifest in manifests():
        if isinstance(entity_type, str) and entity_type in manifest.ratings:
            return manifest.ratings[entity_type]
    return None


def rules_of(entity_type: object) -> RatingRules:
    """The rules of an entity type.

    :raises ValidationError: when its cases are not rated; the message names the types whose are
    """
    rules = find_rules(entity_type)
    if rules is None:
        known = ", ".join(sorted(kind for manifest in manifests() for kind in manifest.ratings)) or "–"
        message = tk._("Records of type “{type}” are not rated. Types that are: {known}.")
        raise tk.ValidationError({"entity_type": [message.format(type=str(entity_type)[:40], known=known)]})
    return rules


def create(given: Given) -> Rating:
    """Keep a rating and raise the sums of its agency.

    :raises ValidationError: when nothing was rated, the case may not be rated, or this person has rated it already
    """
    rules = rules_of(given.entity_type)
    if not any(given.marks.values()):
        raise tk.ValidationError({"marks": [tk._("Give a mark from 1 to 5 on at least one of the four questions.")]})
    allowed, reason = rules.may_rate(given.user_id, given.entity_id)
    if not allowed:
        raise tk.ValidationError({"entity_id": [reason or tk._("You cannot rate this case.")]})
    rating = _insert(given, rules.agency(given.entity_id))
    _raise_sums(rating)
    # What was said stays with the rating: the journal is never deleted, and who gave which mark is nobody's business.
    journal.record(given.entity_type, given.entity_id, "rating.created", actor=None)
    return rating


def _insert(given: Given, agency_id: str) -> Rating:
    comment = texts.check("comment", given.comment, COMMENT_LENGTH) if given.comment else None
    values = {
        "entity_type": given.entity_type,
        "entity_id": given.entity_id,
        "user_id": given.user_id,
        "agency_id": agency_id,
        **{axis: given.marks.get(axis) for axis in AXES},
        "comment_original": comment,
        "comment_public": public_copy(comment).text if comment else None,
        "created_at": utc_now(),
    }
    # The database decides who was first, so two tries at once cannot both count.
    new = insert(Rating).values(values).on_conflict_do_nothing().returning(Rating)
    rating = model.Session.scalar(new)
    if rating is None:
        raise tk.ValidationError({"entity_id": [tk._("You have rated this case already.")]})
    return rating


def _raise_sums(rating: Rating) -> None:
    rows = [
        {"entity_type": rating.entity_type, "agency_id": rating.agency_id, "axis": axis, "mark": mark, "count": 1}
        for axis in AXES
        if (mark := getattr(rating, axis)) is not None
    ]
    upsert = insert(RatingSum).values(rows)
    key = ["entity_type", "agency_id", "axis", "mark"]
    model.Session.execute(upsert.on_conflict_do_update(index_elements=key, set_={"count": RatingSum.count + 1}))


def summary(entity_type: str, agency_id: str | None) -> dict[str, Any]:
    """The figures of an agency, or of all agencies together, for one kind of case.

    Reads at most twenty rows for each agency, however many ratings there are.
    """
    query = sa.select(RatingSum.axis, RatingSum.mark, sa.func.sum(RatingSum.count))
    query = query.where(RatingSum.entity_type == entity_type)
    if agency_id:
        query = query.where(RatingSum.agency_id == agency_id)
    counts: dict[str, dict[int, int]] = {axis: {} for axis in AXES}
    for axis, mark, count in model.Session.execute(query.group_by(RatingSum.axis, RatingSum.mark)):
        counts[axis][mark] = int(count)
    return _figures(counts)


def summary_of_case(entity_type: str, entity_id: str) -> dict[str, Any]:
    """The figures of one case."""
    columns = [getattr(Rating, axis) for axis in AXES]
    query = sa.select(*columns).where(Rating.entity_type == entity_type, Rating.entity_id == entity_id)
    counts: dict[str, dict[int, int]] = {axis: {} for axis in AXES}
    for row in model.Session.execute(query):
        for axis, mark in zip(AXES, row, strict=True):
            if mark is not None:
                counts[axis][mark] = counts[axis].get(mark, 0) + 1
    return _figures(counts)


def _figures(counts: Mapping[str, Mapping[int, int]]) -> dict[str, Any]:
    minimum = tk.config[MINIMUM]
    return {"minimum": minimum, "axes": {axis: figures(marks, minimum) for axis, marks in counts.items()}}


def figures(counts: Mapping[int, int], minimum: int) -> dict[str, Any]:
    """What is shown of one axis. Under the minimum nothing but the number: few marks would say who gave them.

    :param counts: mark → how often it was given
    :returns: ``number``; and from the minimum on ``mean``, ``good`` (the share of marks 4 and 5, 0 to 1), ``good_low``
        and ``good_high`` (its interval at 95 %)
    """
    number = sum(counts.values())
    shown: dict[str, Any] = {"number": number, "mean": None, "good": None, "good_low": None, "good_high": None}
    if not number or number < minimum:
        return shown
    good = statistics.wilson(sum(count for mark, count in counts.items() if mark >= GOOD), number)
    return shown | {
        "mean": round(statistics.mean_of_marks(counts), 2),
        "good": round(good.share, 4),
        "good_low": round(good.low, 4),
        "good_high": round(good.high, 4),
    }
