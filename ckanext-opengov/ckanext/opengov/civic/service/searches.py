"""Saved searches: what newly matches one is a notice for those who follow it."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Notice, Subscription
from ckanext.opengov.civic.service import mail, notices, subscriptions, webhooks

log = logging.getLogger(__name__)

# The index may be behind the database; finds are looked for again so far back. Nobody is told twice.
OVERLAP = dt.timedelta(hours=1)
MOST = 100


def watch() -> int:
    """Look once for what is new in each saved search.

    :returns: the number of finds
    """
    query = sa.select(Subscription).where(Subscription.target_kind == "search", Subscription.confirmed_at.is_not(None))
    followed = model.Session.scalars(query.order_by(Subscription.target_value)).all()
    count = 0
    for value, group in groupby(followed, key=lambda one: one.target_value):
        count += _look(value, list(group))
        model.Session.commit()
    return count


def _look(value: str, followers: list[Subscription]) -> int:
    now = utc_now()
    since = min(one.checked_at or one.created_at for one in followers) - OVERLAP
    try:
        found = _search(value, since)
    except (tk.ValidationError, tk.NotAuthorized) as error:
        log.warning("A saved search can't be run: %s", type(error).__name__)
        found = []
    for package in found:
        notices.write(_notice(package), _plans(followers, _created(package)))
    for one in followers:
        one.checked_at = now
    return len(found)


def _search(value: str, since: dt.datetime) -> list[dict[str, Any]]:
    parameters = subscriptions.search_parameters(value)
    newer = f"+metadata_created:[{since:%Y-%m-%dT%H:%M:%SZ} TO *]"
    # As a visitor: a saved search finds what everybody may see.
    context = {"user": "", "auth_user_obj": None}
    query = {"q": parameters["q"], "fq": f"{parameters['fq']} {newer}", "rows": MOST, "sort": "metadata_created asc"}
    return tk.get_action("package_search")(context, query)["results"]  # pyright: ignore[reportArgumentType]


def _created(package: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(package["metadata_created"]).replace(tzinfo=dt.UTC)


def _plans(followers: Iterable[Subscription], created: dt.datetime) -> list[notices.Plan]:
    plans = []
    for one in followers:
        if one.confirmed_at is None or created < one.confirmed_at:
            continue
        if one.webhook_id:
            plans.append(notices.Plan(one.owner, "at_once", one.id, webhook_id=one.webhook_id))
        elif address := subscriptions.address_of(one):
            plans.append(notices.Plan(mail.recipient_of(address), one.frequency, one.id))
    return plans


def key_of(package_id: str) -> str:
    """The key of the notice that a package is there: one for every search that finds it, and for its component."""
    return f"found:{package_id}"


def _notice(package: dict[str, Any]) -> Notice:
    """One notice a find, whichever search found it."""
    key = key_of(package["id"])
    notice = model.Session.scalar(sa.select(Notice).where(Notice.key == key))
    if notice is None:
        titles = _titles(package)
        notice = Notice(
            key=key,
            event=webhooks.FOUND,
            component="search",
            entity_type=package["type"],
            entity_id=package["id"],
            agency_id=package.get("owner_org"),
            subject=titles,
            body={},
            url=f"/{package['type']}/{package['name']}",
            public=False,
            urgent=False,
        )
        model.Session.add(notice)
        model.Session.flush()
    return notice


def _titles(package: dict[str, Any]) -> dict[str, str]:
    translated = package.get("title_translated") or {}
    if isinstance(translated, str):
        translated = json.loads(translated)
    plain = package.get("title") or package["name"]
    return {code: translated.get(code) or plain for code in tk.config["ckan.locales_offered"]}
