"""What the templates of notices need beside their data."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from ckanext.opengov.civic.service import subscriptions

__all__ = ["opengov_saved_search"]


def opengov_saved_search(q: str | None, fields: Iterable[tuple[str, str]], kind: str = "dataset") -> str:
    """A search as one follows it, for ``opengov_civic/notices/follow.html``; empty when it asks for everything.

    :param fields: the filters that are chosen, as CKAN's search page has them
    :param kind: the type of what is searched
    """
    chosen = [("q", q or ""), *fields]
    if not any(text.strip() for _name, text in chosen):
        return ""
    return subscriptions.normal_search(urlencode([*chosen, ("type", kind)]))
