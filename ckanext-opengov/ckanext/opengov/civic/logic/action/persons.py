"""The actions of persons: registration by a confirmed address, one's own account, one's own list."""

from __future__ import annotations

import secrets
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import ActionResult, Context, DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.logic.schema import persons as schema
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.persons import Confirmation, Person
from ckanext.opengov.civic.service import drafts, limits, my_items, persons, tokens, wording
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.civic.service.refusal import N_

__all__ = ["my_item_list", "person_confirm", "person_email_confirm", "person_register", "person_show", "person_update"]

OLD_LINK = N_("This link does not work any more: it was used, or it is older than 48 hours. Ask for a new one.")


@limited("register")
def person_register(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Ask for an account. The link in the mail makes it, and there the password is chosen.

    The answer is the same whether the address is known or not; whoever reads its mail learns which.

    :param email: the address
    :type email: string
    :param fullname: name of the person or of the organisation
    :type fullname: string
    :param kind: ``person`` (default) or ``organisation``
    :type kind: string
    :param bin: of an organisation: 12 digits with the right check digit
    :type bin: string
    :param language: kk, ru or en (optional, default that of the request)
    :type language: string
    :param place: KATO code of where you live (optional)
    :type place: string
    :param next: page of the portal, from the slash on, that the link leads on to (optional)
    :type next: string
    :param draft: a form that you began without an account: ``form_key``, ``title``, ``url``, ``data``; it becomes a
        draft of the account (optional)
    :type draft: dictionary
    :returns: ``sent``: true
    :rtype: dictionary
    :raises ValidationError: when a field is wrong
    """
    tk.check_access("person_register", context, data_dict)
    data = checked(data_dict, schema.person_register(), context)
    email, language = data.pop("email"), data["language"]
    # So that nobody's mailbox is filled from many addresses.
    limits.check("register", user_id=f"mailbox:{tokens.of_address(email)}")
    persons.register(email, language, data)
    model.Session.commit()
    return {"sent": True}


@limited("confirm")
def person_confirm(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Open the link of a mail: it makes the account, or confirms the address of one. It works once, for 48 hours.

    :param token: from the link
    :type token: string
    :param password: of the new account, at least 8 characters; not needed to confirm an address
    :type password: string
    :returns: ``user_id`` and ``name`` of the account, and ``next``: the page that whoever asked for the link wants to
        go on with, or None
    :rtype: dictionary
    :raises ObjectNotFound: when the link was used or is too old
    :raises ValidationError: when the password is too short
    """
    tk.check_access("person_confirm", context, data_dict)
    data = checked(data_dict, schema.person_confirm(), context)
    link = persons.open_link(data["token"], lock=True)
    if link is None:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._(OLD_LINK))
    link.used_at = utc_now()
    user = _new_user(link, data.get("password")) if link.purpose == persons.REGISTER else _confirmed_user(link)
    onward = link.details.get("next")
    link.details = {}
    _commit()
    return {"user_id": user.id, "name": user.name, "next": onward}


def _new_user(link: Confirmation, password: str | None) -> model.User:
    details = link.details
    made = {
        # Nobody chooses a name to sign in with: it would stand in public addresses and say who they are.
        "name": f"p{secrets.token_hex(6)}",
        "email": link.email,
        "fullname": details["fullname"],
        "password": password or "",
    }
    user = create_user(made)
    fields = {name: details.get(name) for name in ("kind", "bin", "language", "place")}
    persons.ensure(user.id, confirmed_email=link.email, **fields)
    begun = details.get("draft")
    if begun:
        drafts.save(user.id, begun["form_key"], begun["data"], {name: begun[name] for name in ("title", "url")})
    return user


def create_user(fields: dict[str, Any], optional: tuple[str, ...] = ()) -> model.User:
    """An account made by core's action in the session's open transaction; some of its fields may be left out."""
    from ckan.logic.schema import default_user_schema

    form = default_user_schema()
    for name in optional:
        form[name] = [tk.get_validator("ignore_empty"), *form[name]]  # pyright: ignore[reportArgumentType]
    site: dict[str, Any] = {"ignore_auth": True, "user": "", "defer_commit": True, "schema": form}
    try:
        made = tk.get_action("user_create")(site, fields)  # pyright: ignore[reportArgumentType]
    except tk.ValidationError as error:
        model.Session.rollback()
        if "email" in error.error_dict:
            message = tk._("There is an account with this address already. Sign in, or ask for a new password.")
            raise tk.ValidationError({"email": [message]}) from None
        raise
    user = model.User.get(made["id"])
    assert user is not None  # noqa: S101 - it was made in this transaction
    return user


def _confirmed_user(link: Confirmation) -> model.User:
    user = model.User.get(link.user_id)
    if user is None or user.state != model.State.ACTIVE or persons.normal(user.email or "") != link.email:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("The account has another address now. Ask for a link to that one."))
    persons.confirm_address(user)
    return user


def _commit() -> None:
    try:
        model.Session.commit()
    except IntegrityError:
        # Two links, or two sign-ins, at the same moment: the other one was first.
        model.Session.rollback()
        message = tk._("This was done at the same moment from another place. Sign in.")
        raise tk.ValidationError({"email": [message]}) from None


@limited("register")
def person_email_confirm(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Send the link that confirms the address of your account.

    :param next: page of the portal, from the slash on, that the link leads on to (optional)
    :type next: string
    :returns: ``sent``: false when it is confirmed already
    :rtype: dictionary
    :raises ValidationError: when the account has no address
    """
    tk.check_access("person_email_confirm", context, data_dict)
    data = checked(data_dict, schema.person_email_confirm(), context)
    user = _me(context)
    if not user.email:
        raise tk.ValidationError({"email": [tk._("Your account has no e-mail address. Add one in the settings.")]})
    person = model.Session.get(Person, user.id)
    if person is not None and person.confirmed_email == persons.normal(user.email):
        return {"sent": False}
    persons.ask_address(user, wording.current(), data.get("next"))
    model.Session.commit()
    return {"sent": True}


@tk.side_effect_free
def person_show(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Your own account.

    :returns: ``user_id``, ``name``, ``fullname``, ``email``, ``email_confirmed``, ``level`` (none, email or verified),
        ``kind``, ``bin``, ``language``, ``place``, ``verified_at``
    :rtype: dictionary
    """
    tk.check_access("person_show", context, data_dict)
    user = _me(context)
    person = model.Session.get(Person, user.id)
    return {
        "user_id": user.id,
        "name": user.name,
        "fullname": user.fullname,
        "email": user.email,
        "email_confirmed": bool(user.email and person and person.confirmed_email == persons.normal(user.email)),
        "level": persons.level_of(user.id).name.lower(),
        "kind": person.kind if person else "person",
        "bin": person.bin if person else None,
        "language": persons.language_of(user.id),
        "place": person.place if person else None,
        "verified_at": person.verified_at.isoformat() if person and person.verified_at else None,
    }


def person_update(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Change the language that you are written to in, and where you live.

    :param language: kk, ru or en (optional)
    :type language: string
    :param place: KATO code; empty for none (optional)
    :type place: string
    :returns: as ``person_show``
    :rtype: dictionary
    """
    tk.check_access("person_update", context, data_dict)
    data = checked(data_dict, schema.person_update(), context)
    fields = {name: data[name] or None for name in ("language", "place") if name in data}
    persons.ensure(_me(context).id, **fields)
    model.Session.commit()
    return person_show(context, {})


@tk.side_effect_free
def my_item_list(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Everything that you wrote and what became of it, newest first, from all components.

    :param before: ``next`` of the page before (optional)
    :type before: string
    :param limit: how many (optional, default 20, at most 100)
    :type limit: int
    :returns: ``items`` (component, title, url, state, at, public, and ``became``: list of title and url) and ``next``
    :rtype: dictionary
    """
    tk.check_access("my_item_list", context, data_dict)
    data = checked(data_dict, schema.my_item_list(), context)
    items, following = my_items.page(_me(context).id, data.get("before"), data["limit"])
    return {"items": items, "next": following.isoformat() if following else None}


def accept_identity(identity: persons.Identity, current: model.User | None) -> model.User:
    """What the page of an identity provider's answer calls; not an action, since no request may say who it is.

    :param current: the account that is signed in: the identity is tied to it. Otherwise to the one that it belongs
        to, or to one with the same confirmed address, or to a new one.

    :raises IdentityError: when either of them belongs to somebody else
    """
    user = current or persons.owner_of(identity) or persons.by_address(identity)
    if user is None:
        fields = {"name": f"p{secrets.token_hex(6)}", "fullname": identity.name or "", "email": identity.email or ""}
        user = create_user({**fields, "password": secrets.token_urlsafe(32)}, optional=("email",))
        persons.ensure(user.id, language=wording.current())
    try:
        persons.link(identity, user)
    except IntegrityError:
        model.Session.rollback()
        raise persons.IdentityError(N_("This was done at the same moment from another place. Sign in.")) from None
    _commit()
    return user


def _me(context: Context) -> model.User:
    user = access.user_of(context)
    if user is None:
        raise tk.NotAuthorized(tk._("Sign in first: this is about your own account."))
    return user
