"""Actions on the tokens of systems that push."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies, journal
from ckanext.opengov.data.logic.schema import push as schema
from ckanext.opengov.data.model.keyed import PushToken
from ckanext.opengov.data.model.tables import utc_now
from ckanext.opengov.data.service import push_tokens
from ckanext.opengov.data.service.push import progress

__all__ = ["data_push_checklist_show", "data_token_create", "data_token_list", "data_token_revoke"]

CREATED, REVOKED = "data.token_created", "data.token_revoked"


def data_token_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a token for a system of an agency. The token is shown this once; the portal keeps its hash only.

    :param agency: id or name of the agency
    :type agency: string
    :param name: of the system
    :type name: string
    :param scopes: of ``push``, ``schema:extend``, ``register``, ``sandbox``
    :type scopes: list of strings
    :param datasets: ids or names of the data sets that it is for (optional; all of the agency's)
    :type datasets: list of strings
    :param expires_at: until when it counts, an ISO time (optional; without end)
    :type expires_at: string

    :returns: as in ``data_token_list``, and ``token``
    :rtype: dictionary
    :raises ValidationError: when a data set is not the agency's
    """
    tk.check_access("data_token_create", context, data_dict)
    wish = _checked(data_dict, schema.token_create(), context)
    agency_id = _agency_id(wish["agency"])
    datasets = [_package_id(reference, agency_id) for reference in wish["datasets"]]
    user = access.user_of(context)
    token, secret = push_tokens.create(
        agency_id,
        wish["name"],
        wish["scopes"],
        datasets,
        expires_at=wish.get("expires_at"),
        actor=user.id if user else None,
    )
    _record(token, CREATED, context)
    model.Session.commit()
    return {**_shown(token), "token": secret}


@tk.side_effect_free
def data_token_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The tokens of an agency, newest first.

    :param agency: id or name of the agency
    :type agency: string

    :returns: ``id``, ``name``, ``scopes``, ``datasets`` (ids), ``created_at``, ``expires_at``, ``revoked_at``,
        ``used_at``
    :rtype: list of dictionaries
    """
    tk.check_access("data_token_list", context, data_dict)
    wish = _checked(data_dict, schema.agency(), context)
    return [_shown(one) for one in push_tokens.of_agency(_agency_id(wish["agency"]))]


@tk.side_effect_free
def data_push_checklist_show(context: Context, data_dict: DataDict) -> dict[str, bool]:
    """How far an agency has come with its first system that sends data by itself.

    :param agency: id or name of the agency
    :type agency: string

    :returns: ``token`` (there is one), ``registered`` (a table), ``rehearsed``, ``pushed``, ``repeated`` (on several
        days)
    :rtype: dictionary
    """
    tk.check_access("data_push_checklist_show", context, data_dict)
    wish = _checked(data_dict, schema.agency(), context)
    return progress.of_agency(_agency_id(wish["agency"]))


def data_token_revoke(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a token worthless, at once and for good.

    :param id: the id of the token (not the token itself)
    :type id: string

    :returns: as in ``data_token_list``
    :rtype: dictionary
    """
    tk.check_access("data_token_revoke", context, data_dict)
    wish = _checked(data_dict, schema.identified(), context)
    token = model.Session.get(PushToken, wish["id"])
    if token is None:
        raise tk.ObjectNotFound(tk._("There is no such token."))
    if token.revoked_at is None:
        token.revoked_at = utc_now()
        _record(token, REVOKED, context)
        model.Session.commit()
    return _shown(token)


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    wish, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return wish


def _agency_id(reference: str) -> str:
    agency = agencies.find(reference)
    if agency is None:
        raise tk.ObjectNotFound(tk._("There is no agency “{name}”.").format(name=reference))
    return agency.id


def _package_id(reference: str, agency_id: str) -> str:
    package = model.Package.get(reference)
    if package is None or package.owner_org != agency_id:
        message = tk._("The agency has no data set “{name}”.").format(name=reference)
        raise tk.ValidationError({"datasets": [message]})
    return package.id


def _record(token: PushToken, event: str, context: Context) -> None:
    user = access.user_of(context)
    internal = {"token": token.id, "name": token.name, "scopes": token.scopes, "datasets": token.datasets}
    journal.record("agency", token.agency_id, event, actor=user.id if user else None, internal=internal)


def _shown(token: PushToken) -> dict[str, Any]:
    times = {name: getattr(token, name) for name in ("created_at", "expires_at", "revoked_at", "used_at")}
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "datasets": list(token.datasets),
        **{name: moment.isoformat() if moment else None for name, moment in times.items()},
    }
