"""What a person wrote in open data: requests for data and apps, in one list."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Iterable

from ckanext.opengov.civic.interfaces import MyItem
from ckanext.opengov.data.service.apps import mine as apps
from ckanext.opengov.data.service.requests import listing as requests


def my_items(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """Newest first."""
    parts = (part(user_id, before, limit) for part in (requests.my_items, apps.my_items))
    return itertools.islice(heapq.merge(*parts, key=lambda one: one.at, reverse=True), limit)
