"""Persons: how sure the portal is of who somebody is, how an address is confirmed, how an identity is linked.

A registration is a row with a hashed token; the account is made when the link in the mail is opened, and only there
is the password chosen. So nobody can make an account with somebody else's address and a password of their own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.persons import Confirmation, Person
from ckanext.opengov.civic.service import mail, tokens, wording
from ckanext.opengov.civic.service.refusal import N_, Refusal

VALID_FOR = dt.timedelta(hours=48)
REGISTER = "register"
ADDRESS = "address"


class Level(IntEnum):
    """How sure the portal is of who somebody is."""

    NONE = 0
    EMAIL = 1
    VERIFIED = 2


class IdentityError(Refusal):
    """An identity can't be linked."""


@dataclass(frozen=True)
class Identity:
    """What an identity provider says of a person."""

    # Issuer and subject: stable at this provider.
    subject: str
    national_id: str | None = None
    # Only an address that the provider has confirmed.
    email: str | None = None
    name: str | None = None


# --- levels


def level_of(user_id: str | None) -> Level:
    """How sure the portal is of this account's owner.

    :param user_id: id or name of a user
    """
    user = model.User.get(user_id) if user_id else None
    if user is None or user.state != model.State.ACTIVE:
        return Level.NONE
    person = model.Session.get(Person, user.id)
    if person is None:
        return Level.NONE
    if person.verified_at is not None:
        return Level.VERIFIED
    return Level.EMAIL if _is_confirmed(person, user) else Level.NONE


def _is_confirmed(person: Person, user: model.User) -> bool:
    return bool(user.email) and person.confirmed_email == normal(user.email or "")


def require(user_id: str | None, level: Level) -> None:
    """Refuse somebody of whom the portal is not sure enough.

    :raises NotAuthorized: with a sentence that says how to get there
    """
    if level_of(user_id) >= level:
        return
    if not user_id:
        raise tk.NotAuthorized(tk._("Sign in first. Without an account you can read everything but not take part."))
    page = wording.address("/user/levels", wording.current())
    if level == Level.VERIFIED:
        text = tk._("For this the portal must know who you are. Confirm your identity here: {page}")
    else:
        text = tk._("For this your e-mail address must be confirmed. Get the link here: {page}")
    raise tk.NotAuthorized(text.format(page=page))


def normal(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


# --- the row beside CKAN's user


def ensure(user_id: str, **fields: Any) -> Person:
    """The person of an account, made if there is none yet, with these fields set."""
    person = model.Session.get(Person, user_id)
    if person is None:
        person = Person(user_id=user_id)
        model.Session.add(person)
    for name, value in fields.items():
        setattr(person, name, value)
    # CKAN's session does not flush by itself: the next look must find the row.
    model.Session.flush()
    return person


def confirm_address(user: model.User) -> Person:
    """The account's present address is its owner's."""
    return ensure(user.id, confirmed_email=normal(user.email or ""))


def language_of(user_id: str) -> str:
    """The language that a person is written to."""
    person = model.Session.get(Person, user_id)
    return wording.known(person.language if person else None)


# --- links that confirm an address


def register(email: str, language: str, details: dict[str, Any]) -> None:
    """Send the link that makes an account, or, to an address that has one, a letter that says so."""
    email = normal(email)
    if active_user(email):
        _write(email, language, KNOWN_SUBJECT, KNOWN_BODY, "/user/reset", tokens.new())
        return
    token = _new_link(REGISTER, email, details=details)
    _write(email, language, REGISTER_SUBJECT, REGISTER_BODY, f"/user/confirm/{token}", tokens.digest(token))


def ask_address(user: model.User, language: str, onward: str | None = None) -> None:
    """Send the link that confirms the address of an account, and leads on to a page of the portal."""
    email = normal(user.email or "")
    token = _new_link(ADDRESS, email, user_id=user.id, details={"next": onward})
    _write(email, language, ADDRESS_SUBJECT, ADDRESS_BODY, f"/user/confirm/{token}", tokens.digest(token))


def _new_link(purpose: str, email: str, *, user_id: str | None = None, details: dict[str, Any] | None = None) -> str:
    token = tokens.new()
    link = Confirmation(
        token_hash=tokens.digest(token),
        purpose=purpose,
        email=email,
        user_id=user_id,
        details=details or {},
        expires_at=utc_now() + VALID_FOR,
    )
    model.Session.add(link)
    return token


def open_link(token: str, *, lock: bool = False) -> Confirmation | None:
    """The link of a token, unless it was used or is too old. With ``lock`` nobody else can use it meanwhile."""
    query = sa.select(Confirmation).where(
        Confirmation.token_hash == tokens.digest(token),
        Confirmation.used_at.is_(None),
        Confirmation.expires_at > utc_now(),
    )
    return model.Session.scalar(query.with_for_update() if lock else query)


def forget_links() -> int:
    """Delete links that are used or too old, and with them the addresses of those who never came back."""
    old = sa.delete(Confirmation).where(Confirmation.expires_at < utc_now())
    count = model.Session.execute(old).rowcount
    model.Session.commit()
    return count


def active_user(email: str) -> model.User | None:
    """The account that an address belongs to."""
    query = sa.select(model.User).where(
        sa.func.lower(model.User.email) == normal(email), model.User.state == model.State.ACTIVE
    )
    return model.Session.scalars(query).first()


def _write(email: str, language: str, subject: str, body: str, path: str, key: str) -> None:
    title = wording.site_title(language)
    text = wording.say(language, body).format(title=title, link=wording.address(path, language))
    mail.queue(email, wording.say(language, subject).format(title=title), text, f"link:{key}", language=language)


# --- identities


def owner_of(identity: Identity) -> model.User | None:
    """The account that an identity belongs to. The state's number counts more than the provider's."""
    columns = ((Person.national_hash, _national(identity)), (Person.subject_hash, _subject(identity)))
    for column, value in columns:
        person = model.Session.scalar(sa.select(Person).where(column == value)) if value else None
        user = model.User.get(person.user_id) if person else None
        if user is not None and user.state == model.State.ACTIVE:
            return user
        if person is not None:
            # The account is gone; its owner may come back with another one.
            person.national_hash = person.subject_hash = person.verified_at = None
            model.Session.flush()
    return None


def by_address(identity: Identity) -> model.User | None:
    """The account with the address that the provider has confirmed, if the portal has confirmed it too.

    :raises IdentityError: when the address stands in an account whose owner never confirmed it
    """
    user = active_user(identity.email) if identity.email else None
    if user is not None and level_of(user.id) == Level.NONE:
        raise IdentityError(
            N_(
                "There is an account with your e-mail address. Sign in to it with its password, "
                "then confirm your identity on its page."
            )
        )
    return user


def link(identity: Identity, user: model.User) -> Person:
    """Tie an identity to an account. With a national number the account is a verified person's from now on.

    :raises IdentityError: when either of them belongs to somebody else
    """
    owner = owner_of(identity)
    if owner is not None and owner.id != user.id:
        raise IdentityError(
            N_("Your identity already belongs to another account. Sign in to that account: one person has one.")
        )
    person = ensure(user.id)
    national = _national(identity)
    if national and person.national_hash not in (None, national):
        raise IdentityError(N_("This account belongs to another person. Sign out, then sign in as yourself."))
    person.subject_hash = _subject(identity)
    if national and person.verified_at is None:
        person.national_hash = national
        person.verified_at = utc_now()
    if identity.email and normal(identity.email) == normal(user.email or ""):
        person.confirmed_email = normal(identity.email)
    model.Session.flush()
    return person


def _national(identity: Identity) -> str | None:
    return tokens.keyed("national", identity.national_id) if identity.national_id else None


def _subject(identity: Identity) -> str:
    return tokens.keyed("subject", identity.subject)


# --- letters

REGISTER_SUBJECT = N_("Your account at “{title}”: one more step")
REGISTER_BODY = N_(
    "Hello!\n\n"
    "Somebody, most likely you, asked for an account at “{title}” with this address. "
    "Open the link and choose a password:\n\n{link}\n\n"
    "The link works once, for 48 hours. If it was not you, do nothing: without the link there is no account."
)
KNOWN_SUBJECT = N_("You already have an account at “{title}”")
KNOWN_BODY = N_(
    "Hello!\n\n"
    "Somebody, most likely you, asked for an account at “{title}” with this address. "
    "You have one already. If you forgot the password, choose a new one here:\n\n{link}\n\n"
    "If it was not you, do nothing: your account is as it was."
)
ADDRESS_SUBJECT = N_("Confirm your e-mail address at “{title}”")
ADDRESS_BODY = N_(
    "Hello!\n\n"
    "Open the link to confirm that this address belongs to your account at “{title}”:\n\n{link}\n\n"
    "The link works once, for 48 hours. If you have no account there, do nothing."
)
