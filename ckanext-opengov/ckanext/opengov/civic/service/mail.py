"""Mail: queued in the transaction of the change, sent by the outbox, once.

``queue`` writes a row for the address and the key, and an outbox row. The sender marks both as done *before* it
speaks to the mail server and commits right after the server's "250 accepted", so a worker that dies takes its marks
with it and the letter is sent by the next one. What no protocol can close is the moment between the server's decision
and our commit; a letter that is sent again in it carries the same Message-ID, by which mailboxes drop the second.
"""

from __future__ import annotations

import hashlib
import html
import logging
import re
import smtplib
import ssl
import threading
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr, formatdate, localtime
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import outbox, tokens, wording

log = logging.getLogger(__name__)

TOPIC = "mail.send"
SECONDS = 30
WHOLE_HEADERS = frozenset({"list-unsubscribe", "message-id"})
_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]")


class LetterPolicy(EmailPolicy):
    """SMTP's policy, but an address in a header stays whole: encoded in parts no mail programme would find it."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in WHOLE_HEADERS:
            return f"{name}: {value}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in WHOLE_HEADERS:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


POLICY = LetterPolicy(linesep="\r\n")


class RefusedLetterError(Exception):
    """The server will never take this letter: trying again is no use."""


def queue(
    to_address: str,
    subject: str,
    body: str,
    key: str,
    *,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Write a letter into the outbox, in the session's open transaction.

    :param key: what the letter is about; the same key and address are never sent twice
    :param body: plain text, paragraphs parted by blank lines; the HTML part is made from it

    :returns: False when this letter was queued before
    """
    values = {
        "recipient": recipient_of(to_address),
        "notice_key": f"mail:{key}",
        "frequency": "at_once",
        "created_at": utc_now(),
        "queued_at": utc_now(),
    }
    new = insert(Delivery).values(values).on_conflict_do_nothing().returning(Delivery.id)
    delivery_id = model.Session.scalar(new)
    if delivery_id is None:
        return False
    letter = {"to": to_address, "subject": subject, "body": body, "language": language, "headers": dict(headers or {})}
    outbox.add(TOPIC, {"delivery": delivery_id, **letter})
    return True


def recipient_of(address: str) -> str:
    """How an address stands in the table of deliveries."""
    return f"mail:{tokens.of_address(address)}"


def handle(message: OutboxMessage) -> None:
    """Outbox handler: send a queued letter and forget its text."""
    letter = dict(message.payload)
    delivery = model.Session.get(Delivery, letter.pop("delivery"))
    message.payload = {"delivery": delivery.id if delivery else None}
    if delivery is not None:
        deliver(delivery, letter.pop("to"), **letter)


def deliver(delivery: Delivery, to_address: str, **letter: Any) -> None:
    """Send one letter and mark its row: the marks are written first, so that only the commit is left to do.

    :raises OSError: when the server can't be reached or puts us off; the outbox tries again
    """
    delivery.sent_at = utc_now()
    model.Session.flush()
    try:
        send(compose(to_address, message_id=message_id(delivery), **letter))
    except RefusedLetterError as error:
        delivery.sent_at = None
        delivery.error = str(error)
        log.warning("Delivery %s was refused by the mail server for good: %s", delivery.id, error)


def message_id(delivery: Delivery) -> str:
    """The same for each try of one delivery."""
    digest = hashlib.sha256(f"{delivery.recipient}|{delivery.notice_key}".encode()).hexdigest()[:32]
    return f"<{digest}@{_host()}>"


def compose(
    to_address: str,
    subject: str,
    body: str,
    *,
    message_id: str,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A letter with a text and an HTML part."""
    language = wording.known(language)
    letter = EmailMessage(policy=POLICY)
    letter["Subject"] = " ".join(subject.split())
    letter["From"] = formataddr((wording.site_title(language), sender()))
    letter["To"] = to_address
    letter["Date"] = formatdate(localtime().timestamp(), localtime=False)
    letter["Message-ID"] = message_id
    letter["Content-Language"] = language
    letter["Auto-Submitted"] = "auto-generated"
    if reply_to := tk.config["smtp.reply_to"]:
        letter["Reply-To"] = reply_to
    for name, value in (headers or {}).items():
        letter[name] = value
    letter.set_content(body)
    letter.add_alternative(as_html(body, language), subtype="html")
    return letter


def as_html(text: str, language: str) -> str:
    """The text as a page: paragraphs, line breaks and links, nothing else."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        escaped = html.escape(paragraph, quote=False)
        linked = _LINK.sub(lambda found: f'<a href="{found[0].replace(chr(34), "%22")}">{found[0]}</a>', escaped)
        parts.append(f"<p>{linked.replace(chr(10), '<br>')}</p>")
    style = "font:16px/1.55 system-ui,sans-serif;color:#16272f;max-width:40em"
    head = f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
    return f'{head}<body style="{style}">{"".join(parts)}</body></html>'


def sender() -> str:
    """The address that letters come from."""
    return tk.config["smtp.mail_from"] or f"no-reply@{_host()}"


def _host() -> str:
    return urlsplit(tk.config["ckan.site_url"]).hostname or "localhost"


def send(letter: EmailMessage) -> None:
    """Give a letter to the mail server.

    :raises RefusedLetterError: when the server says that it never will take it
    :raises OSError: when it can't be reached or asks to try again (``SMTPException`` is an ``OSError``)
    """
    server = _lines.server()
    try:
        server.send_message(letter, sender(), [str(letter["To"])])
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        if code >= 500:
            raise RefusedLetterError(f"recipient refused, {code}") from None
        raise smtplib.SMTPResponseException(code, "put off") from None
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code >= 500:
            raise RefusedLetterError(f"letter refused, {refused.smtp_code}") from None
        raise


class _Lines(threading.local):
    """One open line to the mail server a thread: a new one for each letter would cost more than the letter."""

    settings: tuple[Any, ...] = ()
    line: smtplib.SMTP | None = None

    def server(self) -> smtplib.SMTP:
        names = ("server", "starttls", "user", "password")
        settings = (*(tk.config[f"smtp.{name}"] for name in names), tk.config["opengov.mail.ca_file"])
        if self.line is None or settings != self.settings or not _alive(self.line):
            self.line = None
            self.line = _connect()
            self.settings = settings
        return self.line


_lines = _Lines()


def _alive(line: smtplib.SMTP) -> bool:
    try:
        return line.noop()[0] == 250
    except OSError:
        return False


def _connect() -> smtplib.SMTP:
    place = urlsplit(f"//{tk.config['smtp.server']}")
    line = smtplib.SMTP(place.hostname or "localhost", place.port or smtplib.SMTP_PORT, timeout=SECONDS)
    if tk.config["smtp.starttls"]:
        # Raises when the server offers no TLS, or when its certificate is not for its name.
        line.starttls(context=ssl.create_default_context(cafile=tk.config["opengov.mail.ca_file"] or None))
    if tk.config["smtp.user"]:
        line.login(tk.config["smtp.user"], tk.config["smtp.password"] or "")
    return line
