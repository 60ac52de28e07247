"""Searching public appeals: by words and by what they are about, with counts."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.service import public_index
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.schema import appeals as schema
from ckanext.opengov.dialog.service.appeals import listing, searching, showing

__all__ = ["appeal_search"]


@tk.side_effect_free
def appeal_search(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Public appeals with all these words in their texts or answers, the best first; without words the newest first.

    :param q: words, in Kazakh, Russian or English, in any of their forms (optional)
    :type q: string
    :param agency: id or name (optional)
    :type agency: string
    :param topic: optional; as are ``region``, ``state`` and ``kind``
    :type topic: string
    :param overdue: only those whose term is over without an answer (optional)
    :type overdue: bool
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``appeals`` (as in ``appeal_list``), ``next``, ``count`` (of all that fit; None for a moment while the
        index does not answer) and ``facets``: for ``agency`` (by name), ``topic``, ``kind``, ``state`` and ``region``
        how many fit by value, each counted without its own filter
    :rtype: dictionary
    :raises ValidationError: for an unknown agency or a wrong cursor
    """
    tk.check_access("appeal_search", context, data_dict)
    data = checked(data_dict, schema.searched(), context)
    filters = {**data, "agency_id": shared.agency_id(data)}
    words, limit = data.get("q", ""), data["limit"]
    if not public_index.words(words):
        counted = searching.INDEX.counts(filters, searching.overdue(filters))
        found, cursor = listing.page(listing.condition("public", None, False), filters, limit)
    else:
        try:
            counted = searching.INDEX.find(words, filters, limit, data.get("cursor"), searching.overdue(filters))
        except pysolr.SolrError as error:
            # The index refuses a cursor that it did not give; when it is down there is nothing to search in either.
            raise tk.ValidationError({"q": [tk._("The search does not answer this. Start it anew.")]}) from error
        found, cursor = searching.appeals(counted.ids), counted.cursor
    return {
        "appeals": showing.briefs(found),
        "next": cursor,
        "count": counted.count,
        "facets": counted.counts,
    }
