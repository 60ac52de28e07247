"""Everything that a person wrote, from all components, in one list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.interfaces import MyItem, manifests


def page(user_id: str, before: dt.datetime | None, limit: int) -> tuple[list[dict[str, Any]], dt.datetime | None]:
    """A page of the list, newest first, and the time that the next page begins before.

    Items of the same moment stay on one page, so that a time is enough to go on from.
    """
    wanted = limit + 1
    while True:
        found, ends_in_a_tie = _newest(user_id, before, limit, wanted)
        if not ends_in_a_tie:
            break
        wanted *= 2
    if len(found) <= limit:
        return [_as_dict(*pair) for pair in found], None
    last = found[limit - 1][1].at
    shown = [pair for pair in found if pair[1].at >= last]
    following = last if len(shown) < len(found) else None
    return [_as_dict(*pair) for pair in shown], following


def _newest(user_id: str, before: dt.datetime | None, limit: int, wanted: int) -> tuple[list[tuple[str, MyItem]], bool]:
    """Items of all components, and whether one of them may have more of the moment that ends the page."""
    found: list[tuple[str, MyItem]] = []
    cut: list[dt.datetime] = []
    for manifest in manifests():
        if manifest.my_items is None:
            continue
        items = list(manifest.my_items(user_id, before, wanted))
        found += [(tk._(manifest.title), item) for item in items]
        if len(items) >= wanted:
            cut.append(items[-1].at)
    found.sort(key=lambda pair: pair[1].at, reverse=True)
    return found, len(found) > limit and any(at >= found[limit - 1][1].at for at in cut)


def _as_dict(component: str, item: MyItem) -> dict[str, Any]:
    return {
        "component": component,
        "title": item.title,
        "url": item.url,
        "state": item.state,
        "became": [{"title": link.title, "url": link.url} for link in item.became],
        "at": item.at.isoformat(),
        "public": item.public,
    }
