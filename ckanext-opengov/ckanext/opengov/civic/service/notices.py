"""Notices: a component says what happened; who follows it is told, each of them once.

``notify`` writes the notice and one outbox row. The worker then finds the followers, writes a delivery for each
address (the unique pair of address and notice is why nobody gets the same thing twice) and either an outbox row for
a letter at once or nothing, and the digest comes by in the morning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery, Notice, Subscription
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import mail, outbox, persons, subscriptions, webhooks, wording
from ckanext.opengov.civic.service.refusal import N_

SPREAD = "notices.spread"
DELIVER = "notices.deliver"

ALMATY = ZoneInfo("Asia/Almaty")
MORNING = dt.time(8)
KEPT = dt.timedelta(days=400)
_RANK = {frequency: rank for rank, frequency in enumerate(subscriptions.FREQUENCIES)}
_MOST_IN_DIGEST = 200
_CHUNK = 1000


def notify(
    event: str,
    *,
    entity_type: str,
    entity_id: str,
    component: str,
    subject: Mapping[str, str],
    body: Mapping[str, str],
    url: str,
    agency_id: str | None = None,
    place: str | None = None,
    to_users: Iterable[str] = (),
    urgent: bool = False,
    public: bool | None = None,
    key: str | None = None,
) -> None:
    """Tell everybody whom it concerns, after the caller's commit.

    :param event: what happened, ``<component>.<event>``
    :param subject: language → one line; ``body``: language → text, paragraphs parted by blank lines
    :param url: the page that the letter leads to; a path of this portal without language
    :param place: KATO code
    :param to_users: accounts that are told at once, whether they follow or not
    :param urgent: followers by digest are told at once too (official answers)
    :param public: whether followers, feeds and webhooks are told; by default not when only ``to_users`` are meant
    :param key: the same key is told once, however often it is notified
    """
    users = list(dict.fromkeys(to_users))
    values = {
        "key": key or str(uuid4()),
        "event": event,
        "component": component,
        "entity_type": entity_type,
        "entity_id": entity_id,
        "agency_id": agency_id,
        "place": place,
        "subject": dict(subject),
        "body": dict(body),
        "url": url,
        "public": not users if public is None else public,
        "urgent": urgent,
        "created_at": utc_now(),
    }
    new = insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id)
    notice_id = model.Session.scalar(new)
    if notice_id is not None:
        outbox.add(SPREAD, {"notice": notice_id, "users": users})


# --- from a notice to its addresses


@dataclass(frozen=True)
class Plan:
    """How one address is told of one notice."""

    recipient: str
    frequency: str
    subscription_id: str | None = None
    user_id: str | None = None
    webhook_id: str | None = None


def spread(message: OutboxMessage) -> None:
    """Outbox handler: write a delivery for each address that a notice is for."""
    notice = model.Session.get(Notice, message.payload["notice"])
    if notice is None:
        return
    plans = [plan for user_id in message.payload["users"] if (plan := _for_user(user_id))]
    if notice.public:
        plans += [plan for one in subscriptions.matching(notice) if (plan := _for_subscription(one, notice))]
        plans += [Plan(f"hook:{hook.id}", "at_once", webhook_id=hook.id) for hook in webhooks.matching(notice)]
    write(notice, plans)


def _for_user(user_id: str) -> Plan | None:
    user = model.User.get(user_id)
    if user is None or user.state != model.State.ACTIVE or not user.email:
        return None
    return Plan(mail.recipient_of(user.email), "at_once", user_id=user.id)


def _for_subscription(subscription: Subscription, notice: Notice) -> Plan | None:
    frequency = "at_once" if notice.urgent else subscription.frequency
    if subscription.webhook_id:
        return Plan(subscription.owner, "at_once", subscription.id, webhook_id=subscription.webhook_id)
    address = subscriptions.address_of(subscription)
    return Plan(mail.recipient_of(address), frequency, subscription.id) if address else None


def write(notice: Notice, plans: Iterable[Plan]) -> None:
    """Write the deliveries: of several ways to one address the quickest; none that was written before."""
    best: dict[str, Plan] = {}
    for plan in sorted(plans, key=lambda plan: _RANK[plan.frequency]):
        best.setdefault(plan.recipient, plan)
    if not best:
        return
    now = utc_now()
    rows = [
        {
            "recipient": plan.recipient,
            "notice_key": notice.key,
            "notice_id": notice.id,
            "subscription_id": plan.subscription_id,
            "user_id": plan.user_id,
            "webhook_id": plan.webhook_id,
            "frequency": plan.frequency,
            "created_at": now,
            "queued_at": now if plan.frequency == "at_once" else None,
        }
        for plan in best.values()
    ]
    for start in range(0, len(rows), _CHUNK):
        _insert(rows[start : start + _CHUNK])


def _insert(rows: list[dict[str, Any]]) -> None:
    table = Delivery.__table__
    new = insert(table).values(rows).on_conflict_do_nothing()  # pyright: ignore[reportArgumentType]
    returned = model.Session.execute(new.returning(table.c.id, table.c.frequency, table.c.webhook_id))
    for delivery_id, frequency, webhook_id in returned.all():
        if frequency == "at_once":
            outbox.add(webhooks.TOPIC if webhook_id else DELIVER, {"delivery": delivery_id})


# --- letters at once


def deliver(message: OutboxMessage) -> None:
    """Outbox handler: write and send the letter of one delivery."""
    delivery = model.Session.get(Delivery, message.payload["delivery"])
    notice = model.Session.get(Notice, delivery.notice_id) if delivery else None
    if delivery is None or notice is None or delivery.sent_at is not None:
        return
    if delivery.user_id:
        user = model.User.get(delivery.user_id)
        address = user.email if user is not None and user.state == model.State.ACTIVE else None
        letter = letter_of(notice, persons.language_of(delivery.user_id))
    else:
        subscription = model.Session.get(Subscription, delivery.subscription_id)
        address = subscriptions.address_of(subscription) if subscription else None
        letter = letter_of(notice, subscription.language, subscription) if subscription else {}
        if subscription:
            subscription.last_sent = utc_now()
    if not address:
        delivery.error = "nobody there any more"
        return
    mail.deliver(delivery, address, **letter)


def letter_of(notice: Notice, language: str, subscription: Subscription | None = None) -> dict[str, Any]:
    """Subject, text, language and headers of the letter about one notice."""
    text = [wording.pick(notice.body, language), wording.address(notice.url, language)]
    headers: dict[str, str] = {}
    if subscription is not None:
        end = wording.address(subscriptions.unsubscribe_path(subscription), language)
        text.append(wording.say(language, WHY).format(title=wording.site_title(language), link=end))
        headers = one_click(end)
    return {
        "subject": wording.pick(notice.subject, language),
        "body": "\n\n".join(part for part in text if part),
        "language": language,
        "headers": headers,
    }


def one_click(address: str) -> dict[str, str]:
    """Headers by which a mail programme offers to unsubscribe (RFC 8058)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


# --- digests


def boundary(frequency: str, now: dt.datetime) -> dt.datetime:
    """The last morning at 08:00 in Almaty on which this digest was due: each day, or each Monday."""
    local = now.astimezone(ALMATY)
    morning = dt.datetime.combine(local.date(), MORNING, ALMATY)
    if morning > local:
        morning -= dt.timedelta(days=1)
    if frequency == "weekly":
        morning -= dt.timedelta(days=morning.weekday())
    return morning.astimezone(dt.UTC)


def send_digests(now: dt.datetime | None = None) -> int:
    """Put what waits since before the last morning into one letter an address. Safe to repeat at any time.

    :returns: the number of letters
    """
    return sum(_send_digest(frequency, boundary(frequency, now or utc_now())) for frequency in ("daily", "weekly"))


def _send_digest(frequency: str, until: dt.datetime) -> int:
    due = (Delivery.frequency == frequency, Delivery.queued_at.is_(None), Delivery.created_at < until)
    count = 0
    for recipient in model.Session.scalars(sa.select(Delivery.recipient).where(*due).distinct()).all():
        rows = sa.select(Delivery).where(*due, Delivery.recipient == recipient).order_by(Delivery.id)
        deliveries = model.Session.scalars(rows.limit(_MOST_IN_DIGEST).with_for_update(skip_locked=True)).all()
        count += _queue_digest(recipient, frequency, deliveries)
        model.Session.commit()
    return count


def _queue_digest(recipient: str, frequency: str, deliveries: Iterable[Delivery]) -> bool:
    parts: list[str] = []
    to, language, last = "", "", 0
    for delivery in deliveries:
        delivery.queued_at = utc_now()
        notice = model.Session.get(Notice, delivery.notice_id)
        subscription = model.Session.get(Subscription, delivery.subscription_id)
        address = subscriptions.address_of(subscription) if subscription else None
        if notice is None or subscription is None or not address:
            delivery.error = "nobody there any more"
            continue
        subscription.last_sent = delivery.queued_at
        to, language, last = address, language or subscription.language, delivery.id
        parts.append(f"{wording.pick(notice.subject, language)}\n{wording.address(notice.url, language)}")
    if not parts:
        return False
    end = wording.address(subscriptions.digest_path(recipient, frequency), language)
    title = wording.site_title(language)
    foot = wording.say(language, WHY).format(title=title, link=end)
    subject = wording.say(language, DIGEST_SUBJECTS[frequency]).format(title=title)
    key = f"digest:{frequency}:{last}"
    return mail.queue(to, subject, "\n\n".join([*parts, foot]), key, language=language, headers=one_click(end))


def forget_old() -> int:
    """Delete notices and finished deliveries of more than a year ago."""
    before = utc_now() - KEPT
    count = 0
    for table, condition in ((Notice, sa.true()), (Delivery, Delivery.queued_at.is_not(None))):
        count += model.Session.execute(sa.delete(table).where(table.created_at < before, condition)).rowcount
    model.Session.commit()
    return count


# --- feeds


def newest(kind: str, value: str, limit: int = 50) -> list[Notice]:
    """The newest public notices of an entity, an agency, a place, a component or, with no kind, of the portal."""
    entity_type, _, entity_id = value.partition(":")
    conditions = {
        "entity": sa.and_(Notice.entity_type == entity_type, Notice.entity_id == entity_id),
        "agency": Notice.agency_id == value,
        "component": Notice.component == value,
        "place": Notice.place.startswith(_inside(value)),
    }
    query = sa.select(Notice).where(Notice.public, conditions.get(kind, sa.true()))
    return list(model.Session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def _inside(kato: str) -> str:
    """The digits that the codes of all places inside a place begin with."""
    return next((kato[:size] for size in (2, 4, 6) if not kato[size:].strip("0")), kato)


# --- letters

WHY = N_("You get this because you follow it at “{title}”. To end it: {link}")
DIGEST_SUBJECTS = {"daily": N_("News of the day from “{title}”"), "weekly": N_("News of the week from “{title}”")}
