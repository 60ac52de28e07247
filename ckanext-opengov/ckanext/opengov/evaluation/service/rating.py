"""Ratings of public services: one for each person and case, on the kit's four axes, and what is odd about them.

A case is a one-time link that the agency gave for it, or an appeal to the provider whose answer the person rated.
Whatever is noticed is shown beside the figures, which are given with and without the ratings in question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.ratings import Rating
from ckanext.opengov.civic.service import journal, ratings, tokens
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.ratings import AXES, COMMENT_LENGTH
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.services import Flag, FlaggedRating, RatingLink, Service, ServiceRating
from ckanext.opengov.evaluation.service import integrity
from ckanext.opengov.evaluation.service.packages import SERVICE

EVENTS = {"service.links": N_("{number} links for ratings were made")}
KEPT = dt.timedelta(days=60)
MOST_LINKS = 1_000
LOOK_BACK = dt.timedelta(days=40)
MOST_AN_HOUR = "opengov.evaluation.ratings_an_hour"
MINIMUM = ratings.MINIMUM
_ONCE = N_("This link has been used. Each link rates one case, once.")
_OVER = N_("This link is not valid, or its time is over. Ask the agency for another one.")


def make_links(service: Service, number: int, actor: str) -> list[str]:
    """New one-time links, in the session's open transaction.

    :returns: their tokens, which are shown this once
    """
    made = [tokens.new() for _ in range(number)]
    expires = utc_now() + KEPT
    rows = [
        {
            "hash": tokens.digest(one),
            "service_id": service.id,
            "created_by": actor,
            "created_at": utc_now(),
            "expires_at": expires,
        }
        for one in made
    ]
    model.Session.execute(sa.insert(RatingLink), rows)
    journal.record(SERVICE, service.id, "service.links", actor=actor, public={"number": number})
    return made


def link(token: str) -> RatingLink:
    """The link of a token, to rate by it.

    :raises ValidationError: when there is none, it was used, or its time is over
    """
    found = model.Session.get(RatingLink, tokens.digest(token))
    if found is None or found.expires_at < utc_now():
        raise tk.ValidationError({"token": [tk._(_OVER)]})
    if found.used_at is not None:
        raise tk.ValidationError({"token": [tk._(_ONCE)]})
    return found


def by_link(token: str, given: Mapping[str, Any], address: str | None) -> ServiceRating:
    """Rate a case by its link, in the session's open transaction.

    :raises ValidationError: as in :func:`link`, and when no mark is given
    """
    found = link(token)
    # The database decides which of two requests with the same link was first.
    first = sa.update(RatingLink).where(RatingLink.hash == found.hash, RatingLink.used_at.is_(None))
    if not model.Session.execute(first.values(used_at=utc_now())).rowcount:
        raise tk.ValidationError({"token": [tk._(_ONCE)]})
    service = model.Session.get_one(Service, found.service_id)
    return _keep(service, f"link:{found.hash}", given, None, address)


def by_person(service: Service, user_id: str, given: Mapping[str, Any], address: str | None) -> ServiceRating:
    """Rate a service after an appeal to its provider was answered, in the session's open transaction.

    :raises ValidationError: when this person has no such appeal left
    """
    case = open_case(service, user_id)
    if case is None:
        message = tk._(
            "You can rate the service after you have rated the answer to an appeal to its provider, once for each "
            "appeal; or by a link that the agency gave you."
        )
        raise tk.ValidationError({"id": [message]})
    return _keep(service, _case_key(user_id, case), given, user_id, address)


def _case_key(user_id: str, rating_id: int) -> str:
    return f"appeal:{rating_id}:{tokens.keyed('service-rating', user_id)[:16]}"


def open_case(service: Service, user_id: str) -> int | None:
    """An answered appeal to the provider that the person rated and has not used for a service yet."""
    query = sa.select(Rating.id).where(Rating.user_id == user_id, Rating.agency_id == service.agency_id)
    known = list(
        model.Session.scalars(query.where(Rating.entity_type == "appeal").order_by(Rating.id.desc()).limit(50))
    )
    keys = {_case_key(user_id, one): one for one in known}
    used = sa.select(ServiceRating.case_key).where(ServiceRating.case_key.in_(list(keys)))
    for key in model.Session.scalars(used):
        keys.pop(key, None)
    return next(iter(keys.values()), None)


def _keep(
    service: Service, case_key: str, given: Mapping[str, Any], user_id: str | None, address: str | None
) -> ServiceRating:
    marks = {axis: given.get(axis) for axis in AXES}
    if not any(marks.values()):
        raise tk.ValidationError({"marks": [tk._("Give a mark from 1 to 5 on at least one of the four questions.")]})
    comment = texts.check("comment", given["comment"], COMMENT_LENGTH) if given.get("comment") else None
    values = {
        "service_id": service.id,
        "agency_id": service.agency_id,
        "case_key": case_key,
        "person_key": tokens.keyed("service-rating", user_id) if user_id else None,
        "address_key": tokens.keyed("rating-address", address) if address else None,
        **marks,
        "comment_original": comment,
        "comment_public": public_copy(comment).text if comment else None,
        "at": utc_now(),
    }
    made = model.Session.scalar(insert(ServiceRating).values(values).on_conflict_do_nothing().returning(ServiceRating))
    if made is None:
        raise tk.ValidationError({"id": [tk._("You have rated this case already.")]})
    if made.address_key:
        _look_at_address(made)
    return made


# --- what is noticed


def _look_at_address(made: ServiceRating) -> None:
    """At once, so that nobody sees the flood without its sign: the last hour of the address."""
    since = made.at - integrity.HOUR
    query = sa.select(ServiceRating).where(ServiceRating.address_key == made.address_key, ServiceRating.at > since)
    # Those of one address wait for each other, so that the flag is written once.
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(made.address_key))))
    recent = [_mark(one) for one in model.Session.scalars(query.order_by(ServiceRating.at, ServiceRating.id))]
    note(integrity.by_address(recent, tk.config[MOST_AN_HOUR]), {one.id: one for one in recent})


def _mark(one: ServiceRating) -> integrity.Mark:
    marks = tuple(getattr(one, axis) for axis in AXES)
    return integrity.Mark(one.id, one.service_id, one.at, marks, one.person_key, one.address_key)


def note(flags: Iterable[integrity.Flag], marks: Mapping[int, integrity.Mark]) -> int:
    """Keep what was noticed, in the session's open transaction; the same thing again adds to the same flag.

    :returns: how many flags
    """
    number = 0
    for flag in flags:
        first = min(flag.ids)
        key = _key(flag, marks[first])
        values = {"key": key, "kind": flag.kind, "detail": dict(flag.detail), "noted_at": utc_now()}
        upsert = insert(Flag).values(values)
        keep = upsert.on_conflict_do_update(index_elements=["key"], set_={"kind": flag.kind}).returning(Flag.id)
        flag_id = model.Session.scalar(keep)
        rows = [{"flag_id": flag_id, "rating_id": one} for one in sorted(flag.ids)]
        model.Session.execute(insert(FlaggedRating).values(rows).on_conflict_do_nothing())
        _renew(flag_id, flag)
        number += 1
    return number


def _key(flag: integrity.Flag, first: integrity.Mark) -> str:
    day = first.at.date().isoformat()
    if flag.kind == "address":
        return f"address:{first.address}:{day}"
    return f"{flag.kind}:{first.service if flag.kind == 'burst' else ''}:{first.at:%Y%m%d%H}:{first.person or ''}"


def _renew(flag_id: Any, flag: integrity.Flag) -> None:
    """The numbers of a flag after it grew."""
    kept = model.Session.get_one(Flag, flag_id, populate_existing=True)
    count = sa.select(sa.func.count()).where(FlaggedRating.flag_id == flag_id)
    detail = dict(flag.detail) | {"number": model.Session.scalar(count)}
    if "most" in detail:
        detail["most"] = max(detail["most"], kept.detail.get("most", 0))
    kept.detail = detail


def watch() -> int:
    """The clock: look at the ratings of the last weeks together. Commits.

    :returns: how many flags
    """
    query = sa.select(ServiceRating).where(ServiceRating.at > utc_now() - LOOK_BACK)
    marks = [_mark(one) for one in model.Session.scalars(query.order_by(ServiceRating.at, ServiceRating.id))]
    number = note(integrity.look(marks, tk.config[MOST_AN_HOUR]), {one.id: one for one in marks})
    model.Session.commit()
    return number


# --- what the reader sees


def summary(service_id: str | None = None, agency_id: str | None = None) -> dict[str, Any]:
    """The figures of a service or of all services of an agency: with all ratings, and without those in question."""
    return {
        "minimum": tk.config[MINIMUM],
        "all": _figures(service_id, agency_id, with_flagged=True),
        "plain": _figures(service_id, agency_id, with_flagged=False),
        "number": _number(service_id, agency_id),
        "flagged": _number(service_id, agency_id, only_flagged=True),
        "flags": flags(service_id, agency_id),
    }


def _of(service_id: str | None, agency_id: str | None) -> list[sa.ColumnElement[bool]]:
    wanted = [ServiceRating.service_id == service_id] if service_id else []
    return wanted + ([ServiceRating.agency_id == agency_id] if agency_id else [])


_FLAGGED = sa.exists().where(FlaggedRating.rating_id == ServiceRating.id)


def _figures(service_id: str | None, agency_id: str | None, *, with_flagged: bool) -> dict[str, Any]:
    columns = [getattr(ServiceRating, axis) for axis in AXES]
    query = sa.select(*columns, sa.func.count()).where(*_of(service_id, agency_id)).group_by(*columns)
    if not with_flagged:
        query = query.where(~_FLAGGED)
    counts: dict[str, dict[int, int]] = {axis: {} for axis in AXES}
    for *marks, number in model.Session.execute(query):
        for axis, mark in zip(AXES, marks, strict=True):
            if mark is not None:
                counts[axis][mark] = counts[axis].get(mark, 0) + number
    return {axis: ratings.figures(one, tk.config[MINIMUM]) for axis, one in counts.items()}


def _number(service_id: str | None, agency_id: str | None, *, only_flagged: bool = False) -> int:
    query = sa.select(sa.func.count()).select_from(ServiceRating).where(*_of(service_id, agency_id))
    return model.Session.scalar(query.where(_FLAGGED) if only_flagged else query) or 0


def flags(service_id: str | None, agency_id: str | None) -> list[dict[str, Any]]:
    """What was noticed, in the reader's language, newest first. Nobody is named."""
    query = (
        sa.select(Flag)
        .join(FlaggedRating, FlaggedRating.flag_id == Flag.id)
        .join(ServiceRating, ServiceRating.id == FlaggedRating.rating_id)
        .where(*_of(service_id, agency_id))
        .distinct()
        .order_by(Flag.noted_at.desc(), Flag.id.desc())
        .limit(50)
    )
    return [
        {
            "kind": one.kind,
            "text": tk._(integrity.KINDS[one.kind]).format(**one.detail),
            "noted_at": one.noted_at.isoformat(),
            **one.detail,
        }
        for one in model.Session.scalars(query)
    ]


def comments(service_id: str, limit: int) -> Sequence[tuple[dt.datetime, str]]:
    """What was written with ratings, masked, newest first."""
    query = sa.select(ServiceRating.at, ServiceRating.comment_public).where(
        ServiceRating.service_id == service_id, ServiceRating.comment_public.is_not(None)
    )
    return [(at, text) for at, text in model.Session.execute(query.order_by(ServiceRating.at.desc()).limit(limit))]
