"""Who may call which action of evaluation. What a role may do in which state is the table's in service/states.py."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies, persons
from ckanext.opengov.evaluation.service import register
from ckanext.opengov.evaluation.service.people import COMPONENT
from ckanext.opengov.evaluation.service.states import ACTIONS

PUBLIC = (
    *("evaluation_framework_show", "evaluation_framework_list", "evaluation_period_list", "evaluation_ranking"),
    *("evaluation_explain", "evaluation_cases", "evaluation_period_verify", "evaluation_trend", "evaluation_ratings"),
    *("public_service_show", "public_service_list", "service_rating_summary", "evaluation_results_list"),
)
# By roles over all agencies.
OFFICIAL = (
    "evaluation_framework_create",
    "evaluation_framework_check",
    "evaluation_period_open",
    "evaluation_period_count",
)


def _held(action: str) -> Any:
    def auth(context: Context, _data_dict: DataDict) -> AuthResult:
        may = access.may(action, context, COMPONENT, None)
        return {"success": may, "msg": tk._("Your roles in evaluation do not let you do this.")}

    auth.__name__ = action
    auth.__doc__ = "Whoever holds a role that may do this; the service looks at the agency."
    return auth


def _public(action: str) -> Any:
    @tk.auth_allow_anonymous_access
    def auth(_context: Context, _data_dict: DataDict) -> AuthResult:
        return {"success": True}

    auth.__name__ = action
    auth.__doc__ = "Everybody: what is not published is not found."
    return auth


def _of_agency(action: str) -> Any:
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        reference: Any = data_dict.get("owner_org")
        found = agencies.find(reference) if isinstance(reference, str) and reference else None
        may = access.may(action, context, COMPONENT, found.id if found else None)
        return {"success": may, "msg": tk._("Only officers of the agency for evaluation do this.")}

    auth.__name__ = action
    auth.__doc__ = "Officers of the agency."
    return auth


def _of_service(action: str) -> Any:
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        service = register.get(data_dict.get("id"))
        may = access.may(action, context, COMPONENT, service.agency_id)
        return {"success": may, "msg": tk._("Only officers of the agency for evaluation do this.")}

    auth.__name__ = action
    auth.__doc__ = "Officers of the provider."
    return auth


@tk.auth_allow_anonymous_access
@tk.auth_sysadmins_check
def service_rating_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has a link; without one a person with a confirmed address."""
    if not data_dict.get("token"):
        user = access.user_of(context)
        persons.require(user.id if user else None, persons.Level.EMAIL)
    return {"success": True}


def get_auth_functions() -> dict[str, Any]:
    """Name of the action → its auth function."""
    found: dict[str, Any] = {name: _public(name) for name in PUBLIC}
    found |= {name: _held(name) for name in (*OFFICIAL, *ACTIONS.values(), "evaluation_show", "evaluation_list")}
    found |= {name: _of_agency(name) for name in ("public_service_create", "evaluation_results_save")}
    found |= {name: _of_service(name) for name in ("public_service_update", "service_rating_link_create")}
    return found | {"service_rating_create": service_rating_create}
