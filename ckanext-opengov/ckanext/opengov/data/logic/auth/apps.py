"""Who sends apps, who sees them, who lets them through."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.roles import ACROSS_AGENCIES
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.data.model.apps import App
from ckanext.opengov.data.service.apps import life, showing
from ckanext.opengov.data.service.apps.rules import COMPONENT, MODERATORS, State

__all__ = [
    "application_create",
    "application_link_report",
    "application_list",
    "application_moderate",
    "application_show",
    "application_update",
    "application_withdraw",
]

ACTION = "application_moderate"


def is_author(context: Context, app: App) -> bool:
    """Whether the app was sent by whoever asks."""
    user = access.user_of(context)
    return user is not None and user.id == app.author_id


def moderates(context: Context, app: App) -> bool:
    """Whether the user lets this app through: the authorised body, and moderators whose agencies' data it uses."""
    everywhere = moderated(context)
    return everywhere is None or bool(set(everywhere) & set(showing.agencies_of(app.id)))


def moderated(context: Context) -> list[str] | None:
    """The ids of the agencies of whose data the user judges apps; None for all of them."""
    user = access.user_of(context)
    if context.get("ignore_auth") or (user and user.sysadmin):
        return None
    if user is None:
        return []
    if officers.holds(user.id, MODERATORS & ACROSS_AGENCIES, component=COMPONENT, agency_id=None):
        return None
    return officers.agencies_of(user.id, MODERATORS - ACROSS_AGENCIES, COMPONENT)


def _confirmed(context: Context) -> model.User | None:
    user = access.user_of(context)
    persons.require(user.id if user else None, persons.Level.EMAIL)
    return user


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def application_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons with a confirmed address."""
    return {"success": _confirmed(context) is not None}


def application_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Who sent the app."""
    may = is_author(context, life.get(data_dict.get("id")))
    return {"success": may, "msg": tk._("Only its makers change an app.")}


application_withdraw = application_update


def application_moderate(context: Context, data_dict: DataDict) -> AuthResult:
    """The authorised body, and moderators of the agencies whose data the app uses; without an app any of them."""
    reference = data_dict.get("id")
    may = moderates(context, life.get(reference)) if reference else moderated(context) != []
    return {"success": may, "msg": tk._("Only moderators decide on apps.")}


@tk.auth_allow_anonymous_access
def application_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; what is not published only its makers and moderators, and nobody else learns that it exists."""
    app = life.get(data_dict.get("id"))
    if app.state != State.PUBLISHED and not is_author(context, app) and not moderates(context, app):
        raise tk.ObjectNotFound(tk._("There is no such app."))
    return {"success": True}


application_link_report = application_show


@tk.auth_allow_anonymous_access
def application_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; what is not published is listed for moderators, and for its makers."""
    return {"success": True}
