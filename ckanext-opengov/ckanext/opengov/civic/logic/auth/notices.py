"""Who may follow what, and who has webhooks."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.model.notices import Subscription, Webhook
from ckanext.opengov.civic.service import persons

__all__ = [
    "subscription_confirm",
    "subscription_create",
    "subscription_delete",
    "subscription_list",
    "webhook_create",
    "webhook_delete",
    "webhook_list",
    "webhook_test",
]


@tk.auth_allow_anonymous_access
def subscription_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, with or without an account; a webhook's by its owner."""
    hook_id = data_dict.get("webhook_id")
    return _owns_hook(context, hook_id) if hook_id else {"success": True}


@tk.auth_allow_anonymous_access
def subscription_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has the link."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def subscription_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has the link, or whose it is."""
    if not data_dict.get("id"):
        return {"success": True}
    user = access.user_of(context)
    found = model.Session.get(Subscription, str(data_dict["id"]))
    own = found is not None and user is not None and (found.user_id == user.id or _hook_of(found, user))
    return {"success": own, "msg": tk._("You have no such subscription.")}


def _hook_of(subscription: Subscription, user: model.User) -> bool:
    hook = model.Session.get(Webhook, subscription.webhook_id) if subscription.webhook_id else None
    return hook is not None and hook.owner_id == user.id


def subscription_list(context: Context, data_dict: DataDict) -> AuthResult:
    """One's own."""
    known = access.user_of(context) is not None
    return {"success": known, "msg": tk._("Sign in first: this is about your own account.")}


def webhook_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Accounts with a confirmed address: somebody must be told when the webhook fails."""
    user = access.user_of(context)
    persons.require(user.id if user else None, persons.Level.EMAIL)
    return {"success": True}


webhook_list = subscription_list


def webhook_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Its owner."""
    return _owns_hook(context, data_dict.get("id"))


webhook_test = webhook_delete


def _owns_hook(context: Context, hook_id: object) -> AuthResult:
    user = access.user_of(context)
    hook = model.Session.get(Webhook, hook_id) if isinstance(hook_id, str) else None
    own = hook is not None and user is not None and hook.owner_id == user.id
    return {"success": own, "msg": tk._("You have no such webhook.")}
