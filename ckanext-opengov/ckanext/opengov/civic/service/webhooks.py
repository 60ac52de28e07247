"""Webhooks: other systems are told of public notices by signed requests that never go inside.

``X-Opengov-Signature: t=<unix time>,v1=<hex>`` holds the HMAC-SHA256 of ``<t>.<body>`` with the webhook's secret. The
receiver computes it again, compares, and refuses what is older than it likes. ``X-Opengov-Delivery`` names the
delivery and stays the same when it is tried again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import requests
import sqlalchemy as sa
import urllib3.exceptions
from urllib3.util import parse_url

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery, Notice, Webhook
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import mail, persons, wording
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.civic.web import outward

log = logging.getLogger(__name__)

TOPIC = "webhook.deliver"
FOUND = "search.found"
PING = "webhook.test"
ALL = "*"
SECONDS = 10
AGENT = "opengov-webhook"


class RefusedUrlError(Refusal):
    """An address that no webhook may have."""


class DeliveryError(Exception):
    """The receiver did not take it."""


def new_secret() -> str:
    """The secret that signs; it is shown once."""
    return secrets.token_hex(32)


def check_url(url: str) -> None:
    """Refuse an address that could never be delivered to.

    :raises RefusedUrlError: with what would be right
    """
    try:
        parts = parse_url(url)
    except urllib3.exceptions.LocationParseError:
        parts = parse_url("")
    if parts.scheme not in ("http", "https") or not parts.host:
        raise RefusedUrlError(N_("This is not an address of the web. Write it in full: https://…"))
    if parts.auth:
        raise RefusedUrlError(N_("Leave name and password out of the address: requests are signed with a secret."))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme == "http" and not outward.is_allowed(parts.host, port):
        raise RefusedUrlError(N_("The address must start with https:// so that nobody can read along."))
    try:
        outward.resolve(parts.host, port)
    except outward.RefusedAddressError:
        message = N_("“{host}” is an address inside a network and can't be reached from here. Give a public address.")
        raise RefusedUrlError(message, host=parts.host) from None
    except OSError:
        message = N_("There is no host “{host}”. Check the spelling.")
        raise RefusedUrlError(message, host=parts.host) from None


def matching(notice: Notice) -> list[Webhook]:
    """The webhooks in use that want to know of this event."""
    wanted = [ALL, notice.event, f"{notice.component}.{ALL}"]
    query = sa.select(Webhook).where(Webhook.disabled_at.is_(None), Webhook.events.overlap(wanted))
    return list(model.Session.scalars(query))


def content(notice: Notice, delivery_id: str) -> dict[str, Any]:
    """What the receiver is told."""
    language = wording.known(None)
    return {
        "id": delivery_id,
        "event": notice.event,
        "component": notice.component,
        "entity_type": notice.entity_type,
        "entity_id": notice.entity_id,
        "agency_id": notice.agency_id,
        "place": notice.place,
        "subject": notice.subject,
        "body": notice.body,
        "url": wording.address(notice.url, language),
        "at": notice.created_at.isoformat(),
    }


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the header ``X-Opengov-Signature``."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def handle(message: OutboxMessage) -> None:
    """Outbox handler: deliver; after too many tries give up, stop the webhook and tell its owner."""
    delivery = model.Session.get(Delivery, message.payload["delivery"])
    hook = model.Session.get(Webhook, delivery.webhook_id) if delivery else None
    notice = model.Session.get(Notice, delivery.notice_id) if delivery else None
    if delivery is None or notice is None or delivery.sent_at is not None:
        return
    if hook is None or hook.disabled_at is not None:
        delivery.error = "the webhook is not in use"
        return
    delivery.sent_at = utc_now()
    hook.failures = 0
    model.Session.flush()
    try:
        post(hook, content(notice, str(delivery.id)))
    except DeliveryError as error:
        if message.attempts < tk.config["opengov.webhooks.attempts"]:
            raise
        delivery.sent_at = None
        delivery.error = str(error)
        stop(hook, str(delivery.id), str(error))


def stop(hook: Webhook, occasion: str, reason: str) -> None:
    """Take a webhook out of use and tell its owner."""
    hook.failures += 1
    hook.disabled_at = utc_now()
    owner = model.User.get(hook.owner_id)
    if owner is None or not owner.email:
        return
    language = persons.language_of(owner.id)
    title = wording.site_title(language)
    text = wording.say(language, STOPPED_BODY).format(
        title=title, url=hook.url, reason=reason, link=wording.address("/my/webhooks", language)
    )
    subject = wording.say(language, STOPPED_SUBJECT).format(title=title)
    mail.queue(owner.email, subject, text, f"webhook-stopped:{hook.id}:{occasion}", language=language)


def ping(hook: Webhook) -> int:
    """Send a test at once.

    :returns: the status that the receiver answered with
    :raises DeliveryError: with what went wrong
    """
    return post(hook, {"id": f"test-{int(time.time())}", "event": PING, "at": utc_now().isoformat()})


def post(hook: Webhook, data: dict[str, Any]) -> int:
    """One signed request. Redirects are not followed: where they lead was never agreed on.

    :raises DeliveryError: when the receiver can't be reached, or answers with anything but 2xx
    """
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "X-Opengov-Event": data["event"],
        "X-Opengov-Delivery": data["id"],
        "X-Opengov-Signature": signature(hook.secret, int(time.time()), body),
    }
    try:
        with outward.guard(requests.Session(), seconds=SECONDS) as session:
            answer = session.post(hook.url, data=body, headers=headers, allow_redirects=False, stream=True)
            answer.close()
    except outward.RefusedConnectionError:
        raise DeliveryError("the address is inside a network") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise DeliveryError(type(error).__name__) from None
    if not 200 <= answer.status_code < 300:
        raise DeliveryError(f"status {answer.status_code}")
    return answer.status_code


STOPPED_SUBJECT = N_("Your webhook at “{title}” was stopped")
STOPPED_BODY = N_(
    "Hello!\n\n"
    "“{title}” could not reach the address {url} for many hours ({reason}) and sends nothing to it any more.\n\n"
    "When the address works again, make the webhook anew here:\n\n{link}"
)
