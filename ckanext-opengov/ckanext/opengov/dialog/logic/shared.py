"""What the actions on appeals have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.types import Context, DataDict
from flask import has_request_context

from ckanext.opengov.civic.service import agencies, limits
from ckanext.opengov.dialog.logic.auth.appeals import person_of
from ckanext.opengov.dialog.service.appeals import moving, showing


def agency_id(data: Mapping[str, Any]) -> str | None:
    """The id of the agency that a filter names.

    :raises ValidationError: when there is none
    """
    if not data.get("agency"):
        return None
    agency = agencies.find(data["agency"])
    if agency is None:
        raise tk.ValidationError({"agency": [tk._("There is no such agency. Choose one that works on the portal.")]})
    return agency.id


def count_secret(context: Context, data_dict: DataDict) -> None:
    """Tries of secrets count: nobody finds one by trying.

    :raises RateLimited: after too many
    """
    if data_dict.get("secret") and has_request_context() and not context.get("ignore_auth"):
        user_id = getattr(current_user, "id", None)
        limits.check("appeal_track", user_id=user_id, address=limits.client_address())


def move(context: Context, data: Mapping[str, Any], event: str) -> dict[str, Any]:
    """Let an event happen to the appeal of a request, commit, and show what became of it."""
    person = person_of(context, dict(data))
    found = showing.find(data.get("number"))
    try:
        appeal = moving.transition(found.id, event, person, data)
        model.Session.commit()
    except BaseException:
        # The lock of the row ends here and not with the request.
        model.Session.rollback()
        raise
    return showing.full(appeal, person)
