"""Who follows what: subscriptions of accounts, of plain addresses and of webhooks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery, Notice, Subscription, Webhook
from ckanext.opengov.civic.service import mail, persons, tokens, wording
from ckanext.opengov.civic.service.refusal import N_

KINDS = ("entity", "agency", "place", "search", "component")
FREQUENCIES = ("at_once", "daily", "weekly")
CHANNELS = ("mail", "webhook")
VALID_FOR = dt.timedelta(hours=48)
# The levels of the KATO classifier: region, district, rural district, settlement.
_PLACE_LEVELS = (2, 4, 6)
_PLACE_LENGTH = 9


@dataclass(frozen=True)
class Wish:
    """What somebody wants to follow, and how they want to be told."""

    target_kind: str
    target_value: str
    frequency: str
    language: str


def follow(wish: Wish, *, user: model.User | None = None, email: str | None = None, hook: Webhook | None = None) -> str:
    """Make a subscription, in the session's open transaction.

    An account with a confirmed address and a webhook follow at once; any other address gets a link to confirm. An
    address that follows already gets a letter too, so that nobody learns who follows what.

    :returns: ``following`` or ``link_sent``
    """
    owner = _owner(user, email, hook)
    subscription = _existing(owner, wish)
    if subscription is None:
        subscription = Subscription(
            owner=owner,
            user_id=user.id if user else None,
            email=persons.normal(email) if email else None,
            webhook_id=hook.id if hook else None,
            target_kind=wish.target_kind,
            target_value=wish.target_value,
            channel="webhook" if hook else "mail",
            frequency=wish.frequency,
            language=wish.language,
        )
        model.Session.add(subscription)
        model.Session.flush()
    if hook or (user and persons.level_of(user.id) >= persons.Level.EMAIL and user.email):
        _confirm(subscription)
        subscription.frequency, subscription.language = wish.frequency, wish.language
        return "following"
    _send_link(subscription, email or (user.email if user else None) or "", wish)
    return "link_sent"


def _owner(user: model.User | None, email: str | None, hook: Webhook | None) -> str:
    if hook:
        return f"hook:{hook.id}"
    return f"user:{user.id}" if user else mail.recipient_of(email or "")


def _existing(owner: str, wish: Wish) -> Subscription | None:
    return model.Session.scalar(
        sa.select(Subscription).where(
            Subscription.owner == owner,
            Subscription.target_kind == wish.target_kind,
            Subscription.target_value == wish.target_value,
        )
    )


def _send_link(subscription: Subscription, email: str, wish: Wish) -> None:
    if subscription.confirmed_at:
        path, subject, body = unsubscribe_path(subscription), ALREADY_SUBJECT, ALREADY_BODY
        key = f"already:{subscription.id}:{utc_now():%Y-%m-%d}"
    else:
        token = tokens.new()
        subscription.token_hash = tokens.digest(token)
        subscription.token_expires = utc_now() + VALID_FOR
        subscription.frequency, subscription.language = wish.frequency, wish.language
        path, subject, body = f"/notices/confirm/{token}", CONFIRM_SUBJECT, CONFIRM_BODY
        key = f"link:{subscription.token_hash}"
    language = subscription.language
    title = wording.site_title(language)
    text = wording.say(language, body).format(title=title, link=wording.address(path, language))
    mail.queue(email, wording.say(language, subject).format(title=title), text, key, language=language)


def _confirm(subscription: Subscription) -> None:
    subscription.token_hash = subscription.token_expires = None
    if subscription.confirmed_at is None:
        subscription.confirmed_at = utc_now()
        subscription.checked_at = subscription.confirmed_at


def waiting(token: str) -> Subscription | None:
    """The subscription that the token of a mail confirms."""
    return model.Session.scalar(
        sa.select(Subscription).where(
            Subscription.token_hash == tokens.digest(token), Subscription.token_expires > utc_now()
        )
    )


def confirm(token: str) -> Subscription | None:
    """Confirm the subscription of a mail's link; None when the link was used or is too old."""
    subscription = waiting(token)
    if subscription is not None:
        _confirm(subscription)
    return subscription


def forget_unconfirmed() -> int:
    """Delete subscriptions, and with them addresses, whose link nobody opened."""
    old = sa.delete(Subscription).where(Subscription.confirmed_at.is_(None), Subscription.token_expires < utc_now())
    count = model.Session.execute(old).rowcount
    model.Session.commit()
    return count


# --- what matches


def matching(notice: Notice) -> list[Subscription]:
    """The confirmed subscriptions that a notice is for."""
    targets = [("entity", [f"{notice.entity_type}:{notice.entity_id}"]), ("component", [notice.component])]
    if notice.agency_id:
        targets.append(("agency", [notice.agency_id]))
    if notice.place:
        targets.append(("place", places_around(notice.place)))
    conditions = [
        sa.and_(Subscription.target_kind == kind, Subscription.target_value.in_(values)) for kind, values in targets
    ]
    query = sa.select(Subscription).where(Subscription.confirmed_at.is_not(None), sa.or_(*conditions))
    return list(model.Session.scalars(query))


def places_around(kato: str) -> list[str]:
    """A place and those that it lies in: whoever follows a region is told of its settlements."""
    return list(dict.fromkeys([kato, *(kato[:size].ljust(_PLACE_LENGTH, "0") for size in _PLACE_LEVELS)]))


def address_of(subscription: Subscription) -> str | None:
    """Where a subscription's letters go; None when its account is gone or has no address."""
    if subscription.user_id is None:
        return subscription.email
    user = model.User.get(subscription.user_id)
    return user.email if user is not None and user.state == model.State.ACTIVE else None


def search_parameters(value: str) -> dict[str, str]:
    """A saved search, kept as the query of its page, as parameters of ``package_search``."""
    pairs = parse_qsl(value)
    query = " ".join(text for name, text in pairs if name == "q")
    kind = next((text for name, text in pairs if name == "type"), "dataset")
    filters = [f"+{name}:{_quoted(text)}" for name, text in pairs if name not in ("q", "type")]
    return {"q": query or "*:*", "fq": " ".join([f"+dataset_type:{_quoted(kind)}", *filters])}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def normal_search(value: str) -> str:
    """The same search in the same words, however its address was put together."""
    return urlencode(sorted((name, text.strip()) for name, text in parse_qsl(value) if text.strip()))


def search_words(value: str) -> list[str]:
    """The words and filters of a saved search, for people."""
    return [text for name, text in parse_qsl(value) if name != "type"]


# --- the end of it


def unsubscribe_path(subscription: Subscription) -> str:
    """The page, and by POST the one click, that ends a subscription. It works for ever and without signing in."""
    return f"/notices/unsubscribe/{tokens.signed('subscription', subscription.id)}"


def digest_path(recipient: str, frequency: str) -> str:
    """The same for all that a digest is made of."""
    return f"/notices/unsubscribe/{tokens.signed('digest', f'{recipient}.{frequency}')}"


def of_token(token: str) -> list[Subscription] | None:
    """The subscriptions that an unsubscribe token ends, perhaps none any more; None when it is not ours."""
    if subscription_id := tokens.read_signed("subscription", token):
        found = model.Session.get(Subscription, subscription_id)
        return [found] if found else []
    if value := tokens.read_signed("digest", token):
        recipient, _, frequency = value.rpartition(".")
        return _of_digest(recipient, frequency)
    return None


def _of_digest(recipient: str, frequency: str) -> list[Subscription]:
    # Whoever has a delivery by digest at this address: letters of an account go to its address, not to its id.
    through = sa.select(Delivery.subscription_id).where(
        Delivery.recipient == recipient, Delivery.frequency == frequency, Delivery.subscription_id.is_not(None)
    )
    query = sa.select(Subscription).where(
        Subscription.frequency == frequency, sa.or_(Subscription.owner == recipient, Subscription.id.in_(through))
    )
    return list(model.Session.scalars(query))


# --- letters

CONFIRM_SUBJECT = N_("Confirm that you want to be told of news at “{title}”")
CONFIRM_BODY = N_(
    "Hello!\n\n"
    "Somebody, most likely you, asked “{title}” to send news to this address. "
    "Open the link to confirm it:\n\n{link}\n\n"
    "The link works for 48 hours. If it was not you, do nothing: nothing will be sent."
)
ALREADY_SUBJECT = N_("You are told of this news at “{title}” already")
ALREADY_BODY = N_(
    "Hello!\n\n"
    "Somebody, most likely you, asked “{title}” to send news to this address that it gets already. "
    "If you want it no longer, end it here:\n\n{link}"
)
