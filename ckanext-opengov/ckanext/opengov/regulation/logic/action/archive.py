"""Acts of an archive, brought in bulk."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.regulation.logic import shared
from ckanext.opengov.regulation.logic.schema import acts as schema
from ckanext.opengov.regulation.service import importing

__all__ = ["draft_act_archive_import"]

LARGEST = 100 * 1024 * 1024


def draft_act_archive_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring cards of another portal's archive. Brought again, nothing doubles: state and address of the act in force
    are taken over, the rest stays as it is.

    :param source: the archive's name; with a card's id it says which act is which
    :type source: string
    :param format: ``csv``, ``json`` or ``html``
    :type format: string
    :param content: the file in UTF-8: columns or keys ``id``, ``title_kk``, ``title_ru``, ``title_en``, ``agency`` (id,
        name or title), ``kind``, ``state``, ``date``, ``ends``, ``url``, ``text_kk``, ``text_ru``, ``text_en``; in HTML
        each card is an element with ``data-id`` and labelled values; in JSON a card may have ``comments``, each with
        ``text``, ``date``, ``language``, ``kind``, ``channel``, ``part`` (eId), ``wording``, ``author_name``,
        ``outcome``, ``reason`` and ``answered``
    :type content: string
    :param agency: whose the acts are that name no agency: id or name (optional)
    :type agency: string

    :returns: ``created``, ``updated``, ``unchanged``, ``bad_count`` and ``bad``: place in the file and what is wrong,
        of at most 1,000
    :rtype: dictionary
    :raises NotAuthorized: for all but administrators of the portal
    :raises ValidationError: when the file holds no cards
    """
    tk.check_access("draft_act_archive_import", context, data_dict)
    data = shared.validated(data_dict, schema.archive(), context, "content")
    content = data.get("content")
    if not isinstance(content, str) or not content.strip() or len(content) > LARGEST:
        raise tk.ValidationError({"content": [tk._("Give the file as text of at most 100 MB.")]})
    report = importing.bring(content, data["format"], data["source"], data.get("agency"))
    return vars(report)
