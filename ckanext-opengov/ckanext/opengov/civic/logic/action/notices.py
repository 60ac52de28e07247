"""The actions of notices: following, and webhooks."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import ActionResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.logic.schema import notices as schema
from ckanext.opengov.civic.model.notices import Subscription, Webhook
from ckanext.opengov.civic.service import limits, subscriptions, tokens, webhooks
from ckanext.opengov.civic.service.limits import limited

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

MOST_WEBHOOKS = 20


@limited("subscribe")
def subscription_create(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Follow something. An account with a confirmed address follows at once; any other address gets a link first.

    :param target_kind: entity, agency, place, search or component
    :type target_kind: string
    :param target_value: ``<type>:<id>``; the agency's id or name; a KATO code; the query of a search page
        (``q=schools&region=750000000``); the component's name
    :type target_value: string
    :param frequency: at_once (default), daily or weekly; official answers come at once always
    :type frequency: string
    :param language: kk, ru or en (optional, default that of the request)
    :type language: string
    :param email: where to; needed without an account, ignored with one
    :type email: string
    :param channel: mail (default) or webhook
    :type channel: string
    :param webhook_id: of your webhook, with that channel
    :type webhook_id: string
    :returns: ``state``: following or link_sent
    :rtype: dictionary
    :raises ValidationError: when a field is wrong
    :raises NotAuthorized: when you may not see what you want to follow
    """
    tk.check_access("subscription_create", context, data_dict)
    data = checked(data_dict, schema.subscription_create(), context)
    user = access.user_of(context)
    hook = _hook_of_wish(data)
    email = None if user else data.get("email")
    if not (user or email or hook):
        raise tk.ValidationError({"email": [tk._("Enter your e-mail address, or sign in.")]})
    if data["target_kind"] == "entity":
        data["target_value"] = _visible(context, data["target_value"])
    if email:
        limits.check("subscribe", user_id=f"mailbox:{tokens.of_address(email)}")
    wish = subscriptions.Wish(data["target_kind"], data["target_value"], data["frequency"], data["language"])
    state = subscriptions.follow(wish, user=user, email=email, hook=hook)
    model.Session.commit()
    return {"state": state}


def _hook_of_wish(data: dict[str, Any]) -> Webhook | None:
    if data["channel"] != "webhook":
        return None
    hook = model.Session.get(Webhook, data.get("webhook_id") or "")
    if hook is None:
        raise tk.ValidationError({"webhook_id": [tk._("Say which of your webhooks is meant.")]})
    return hook


def _visible(context: Context, value: str) -> str:
    kind, _, name = value.partition(":")
    try:
        found = access.subject(context, kind, name)
    except tk.ObjectNotFound as error:
        raise tk.ValidationError({"target_value": [str(error)]}) from None
    return f"{found.entity_type}:{found.entity_id}"


@limited("confirm")
def subscription_confirm(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Confirm a subscription by the token of the mail.

    :param token: from the link
    :type token: string
    :returns: the subscription
    :rtype: dictionary
    :raises ObjectNotFound: when the link was used or is older than 48 hours
    """
    tk.check_access("subscription_confirm", context, data_dict)
    data = checked(data_dict, schema.subscription_confirm(), context)
    subscription = subscriptions.confirm(data["token"])
    if subscription is None:
        raise tk.ObjectNotFound(tk._("This link does not work any more. If news comes, all is well; else ask again."))
    model.Session.commit()
    return _subscription(subscription)


def subscription_delete(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """End a subscription: one of your own by its id, or without an account by the token of a mail.

    :param id: of your subscription
    :type id: string
    :param token: from the link of a mail, instead of the id; of a digest it ends all that the digest is made of
    :type token: string
    :returns: ``deleted``: how many were ended; 0 when they were ended before
    :rtype: dictionary
    :raises ObjectNotFound: when the token is not ours
    """
    tk.check_access("subscription_delete", context, data_dict)
    data = checked(data_dict, schema.subscription_delete(), context)
    if data.get("id"):
        found = [model.Session.get(Subscription, data["id"])]
    elif data.get("token"):
        found = subscriptions.of_token(data["token"])
    else:
        raise tk.ValidationError({"id": [tk._("Say which subscription is to be ended.")]})
    if found is None:
        raise tk.ObjectNotFound(tk._("This link is not whole. Copy it from the mail again."))
    for subscription in found:
        model.Session.delete(subscription)
    model.Session.commit()
    return {"deleted": len(found)}


@tk.side_effect_free
def subscription_list(context: Context, data_dict: DataDict) -> ActionResult.AnyList:
    """What you follow by mail, newest first, and what your webhooks follow.

    :returns: id, target_kind, target_value, channel, frequency, language, confirmed, created_at, last_sent
    :rtype: list of dictionaries
    """
    tk.check_access("subscription_list", context, data_dict)
    user = access.user_of(context)
    if user is None:
        return []
    hooks = sa.select(Webhook.id).where(Webhook.owner_id == user.id)
    own = sa.or_(Subscription.user_id == user.id, Subscription.webhook_id.in_(hooks))
    query = sa.select(Subscription).where(own).order_by(Subscription.created_at.desc())
    return [_subscription(one) for one in model.Session.scalars(query)]


def _subscription(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "target_kind": one.target_kind,
        "target_value": one.target_value,
        "channel": one.channel,
        "webhook_id": one.webhook_id,
        "frequency": one.frequency,
        "language": one.language,
        "confirmed": one.confirmed_at is not None,
        "created_at": one.created_at.isoformat(),
        "last_sent": one.last_sent.isoformat() if one.last_sent else None,
    }


@limited("webhook")
def webhook_create(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Have another system told of events by signed requests.

    Each request has the header ``X-Opengov-Signature: t=<unix time>,v1=<hex>`` with the HMAC-SHA256 of
    ``<t>.<body>`` under the secret, and ``X-Opengov-Delivery``, the same for each try. Anything but a 2xx answer
    within 10 seconds is tried again with growing pauses; redirects are not followed.

    :param url: an address outside, over https
    :type url: string
    :param events: names such as ``dialog.answered``, ``dialog.*``, ``*``; none for a webhook that only gets what it
        follows by ``subscription_create``
    :type events: list of strings
    :returns: as ``webhook_list``, and ``secret``, which is shown this once
    :rtype: dictionary
    :raises ValidationError: when the address is inside a network, or a name is no event
    :raises NotAuthorized: when your address is not confirmed
    """
    tk.check_access("webhook_create", context, data_dict)
    data = checked(data_dict, schema.webhook_create(), context)
    user = access.user_of(context)
    if user is None:
        raise tk.NotAuthorized(tk._("A webhook needs an owner with an account."))
    if len(_own_hooks(user)) >= MOST_WEBHOOKS:
        message = tk._("You have {limit} webhooks. Delete one first.").format(limit=MOST_WEBHOOKS)
        raise tk.ValidationError({"url": [message]})
    hook = Webhook(owner_id=user.id, url=data["url"], events=data["events"], secret=webhooks.new_secret())
    model.Session.add(hook)
    model.Session.commit()
    return {**_webhook(hook), "secret": hook.secret}


@tk.side_effect_free
def webhook_list(context: Context, data_dict: DataDict) -> ActionResult.AnyList:
    """Your webhooks, newest first.

    :returns: id, url, events, failures, created_at, disabled_at
    :rtype: list of dictionaries
    """
    tk.check_access("webhook_list", context, data_dict)
    user = access.user_of(context)
    return [_webhook(hook) for hook in _own_hooks(user)] if user else []


def webhook_delete(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Delete one of your webhooks, and what it follows.

    :param id: of the webhook
    :type id: string
    :returns: ``deleted``: its id
    :rtype: dictionary
    """
    tk.check_access("webhook_delete", context, data_dict)
    hook = _hook(data_dict, context)
    model.Session.execute(sa.delete(Subscription).where(Subscription.webhook_id == hook.id))
    model.Session.delete(hook)
    model.Session.commit()
    return {"deleted": hook.id}


@limited("webhook")
def webhook_test(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Send a test to one of your webhooks now.

    :param id: of the webhook
    :type id: string
    :returns: ``ok``, ``status`` (of the answer, or null) and ``reason`` (what went wrong, or null)
    :rtype: dictionary
    """
    tk.check_access("webhook_test", context, data_dict)
    hook = _hook(data_dict, context)
    try:
        return {"ok": True, "status": webhooks.ping(hook), "reason": None}
    except webhooks.DeliveryError as error:
        return {"ok": False, "status": None, "reason": str(error)}


def _own_hooks(user: model.User) -> list[Webhook]:
    query = sa.select(Webhook).where(Webhook.owner_id == user.id).order_by(Webhook.created_at.desc())
    return list(model.Session.scalars(query))


def _hook(data_dict: DataDict, context: Context) -> Webhook:
    hook = model.Session.get(Webhook, checked(data_dict, schema.by_id(), context)["id"])
    if hook is None:
        raise tk.ObjectNotFound(tk._("You have no such webhook."))
    return hook


def _webhook(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "events": hook.events,
        "failures": hook.failures,
        "created_at": hook.created_at.isoformat(),
        "disabled_at": hook.disabled_at.isoformat() if hook.disabled_at else None,
    }
