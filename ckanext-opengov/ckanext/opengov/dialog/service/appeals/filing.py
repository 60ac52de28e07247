"""Filing: a text becomes a registered appeal with a number, a deadline and a receipt. Nobody can refuse it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import agencies, journal, outbox, tokens
from ckanext.opengov.civic.service.discussion import files, texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.dialog.model.appeals import Appeal, new_id
from ckanext.opengov.dialog.service.appeals import clock, figures, notices, numbers, packages, words
from ckanext.opengov.dialog.service.appeals.moving import MOVED

SUBJECT_LENGTH = 300
TEXT_LENGTH = 20_000
SHORTEST = 10
ATTACHMENTS = 10
SAME_WITHIN = timedelta(hours=24)
# Places of PostgreSQL's advisory locks: the same person's appeals wait for each other.
_LOCK = 0x41505045


@dataclass(frozen=True)
class Letter:
    """What somebody wrote, checked."""

    agency_id: str
    kind: str
    topic: str
    region: str | None
    language: str
    subject: str
    text: str
    is_public: bool
    author_id: str | None = None
    author_name: str | None = None
    email: str | None = None
    coverage: dict[str, Any] | None = None
    documents: Sequence[files.Document] = field(default_factory=tuple)


@dataclass(frozen=True)
class Filed:
    """A registered appeal; ``secret`` is known here and in the receipt only, and None for one filed before."""

    appeal: Appeal
    secret: str | None

    @property
    def is_repeated(self) -> bool:
        """Whether the same text had been filed before."""
        return self.secret is None


def check(data: dict[str, Any], author_id: str | None) -> Letter:
    """What is written, as it may be filed.

    :param author_id: the account that writes, None for a visitor without one
    :raises ValidationError: with all that is wrong, by field
    """
    errors: dict[str, Any] = {}

    def take(name: str, read: Any) -> Any:
        try:
            return read()
        except tk.ValidationError as error:
            errors.update(error.error_dict)
            return None

    kind = take("kind", lambda: _kind(data.get("kind")))
    values = {
        "agency_id": take("agency", lambda: _agency(kind, data.get("agency"))),
        "topic": take("topic", lambda: _topic(kind, data.get("topic"))),
        "region": take("region", lambda: words.region(data.get("region"))),
        "language": take("language", lambda: texts.check_language(data.get("language"))),
        "subject": take("subject", lambda: _long_enough("subject", data.get("subject"), SUBJECT_LENGTH)),
        "text": take("text", lambda: _long_enough("text", data.get("text"), TEXT_LENGTH)),
        "author_name": take("author_name", lambda: texts.check_name(data.get("author_name"))),
        "coverage": take("coverage", lambda: _coverage(kind, data)),
        "documents": take("attachments", lambda: files.read(files.uploads(data.get("attachments")), ATTACHMENTS)),
    }
    if errors:
        raise tk.ValidationError(errors)
    values["subject"] = " ".join(values["subject"].split())
    # Whoever has an account is written to at its confirmed address, not at one that stands in a form.
    email = None if author_id else data.get("email")
    return Letter(kind=kind, is_public=bool(data.get("public")), author_id=author_id, email=email, **values)


def _kind(kind: object) -> str:
    if not kind:
        raise tk.ValidationError({"kind": [tk._("Choose what kind of appeal it is.")]})
    return words.one_of("kind", kind, words.KINDS)


def _long_enough(name: str, text: object, most: int) -> str:
    if text is None:
        text = ""
    cleaned = texts.check(name, text, most)
    if len(cleaned) < SHORTEST:
        message = tk._("The text has {length} characters; write at least {limit}, so that it can be answered.")
        raise tk.ValidationError({name: [message.format(length=len(cleaned), limit=SHORTEST)]})
    return cleaned


def _agency(kind: str | None, reference: object) -> str:
    if kind == words.COVERAGE:
        reference = tk.config["opengov.dialog.mobile_agency"]
        if not reference:
            raise tk.ValidationError({"kind": [tk._("Complaints on mobile coverage are not taken on this portal.")]})
    if not isinstance(reference, str) or not reference:
        raise tk.ValidationError({"agency": [tk._("Choose the agency that you write to.")]})
    agency = agencies.find(reference)
    if agency is None:
        message = tk._("There is no agency “{name}”, or it has been closed. Choose one from the list.")
        raise tk.ValidationError({"agency": [message.format(name=reference[:60])]})
    return agency.id


def _topic(kind: str | None, topic: object) -> str:
    if kind == words.COVERAGE:
        return words.COVERAGE_TOPIC
    return words.one_of("topic", topic or words.OTHER, words.topics())


def _coverage(kind: str | None, data: dict[str, Any]) -> dict[str, Any] | None:
    """Operator, fault, place and time of a complaint on coverage.

    :raises ValidationError: for a wrong one; the country lies between 40 and 56 degrees north, 46 and 88 east
    """
    if kind != words.COVERAGE:
        return None
    known = list(tk.config["opengov.dialog.operators"])
    return _each(
        {
            "operator": lambda: _operator(data.get("operator"), known),
            "fault": lambda: words.one_of("fault", data.get("fault"), words.FAULTS),
            "latitude": lambda: _degrees("latitude", data.get("latitude"), 40, 56),
            "longitude": lambda: _degrees("longitude", data.get("longitude"), 46, 88),
            "noticed_at": lambda: _noticed(data.get("noticed_at")),
        }
    )


def _each(readers: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each reader finds; what is wrong with any of them is told together."""
    found, errors = {}, {}
    for name, read in readers.items():
        try:
            found[name] = read()
        except tk.ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise tk.ValidationError(errors)
    return found


def _operator(name: object, known: list[str]) -> str:
    operator = " ".join(texts.check("operator", name or "", texts.NAME_LENGTH).split())
    return words.one_of("operator", operator, known) if known else operator


def _degrees(name: str, value: Any, low: int, high: int) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        message = tk._("Choose a point inside the country: from {low} to {high} degrees.")
        raise tk.ValidationError({name: [message.format(low=low, high=high)]})
    # About a hundred metres: enough for a map, and nobody's door.
    return round(number, 3)


def _noticed(value: object) -> str | None:
    if not value:
        return None
    try:
        return datetime.fromisoformat(str(value)).isoformat()
    except ValueError:
        message = tk._("Write the time as {example}.").format(example="2026-11-24T18:30")
        raise tk.ValidationError({"noticed_at": [message]}) from None


def file(letter: Letter) -> Filed:
    """Register an appeal in the session's open transaction.

    The same text of the same person to the same agency within a day is the same appeal.

    :raises ValidationError: when the term ends in a year whose holidays are not known
    """
    mark = _mark(letter)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, zlib.crc32(mark.encode()) - 2**31)))
    before = _filed_before(mark)
    if before is not None:
        return Filed(before, None)
    secret = numbers.new_secret()
    appeal = _appeal(letter, mark, secret)
    model.Session.add(appeal)
    model.Session.flush()
    packages.insert([appeal])
    if letter.documents:
        # The kit's table of attachments keeps them under the id of the appeal; comments have ids of their own.
        files.keep(appeal.id, letter.documents)
    _announce(appeal, secret)
    figures.change(plus=[figures.of(appeal)])
    figures.count_coverage(appeal)
    return Filed(appeal, secret)


def _mark(letter: Letter) -> str:
    who = letter.author_id or f"mail:{(letter.email or '').lower()}"
    text = "\0".join(
        (who, letter.agency_id, letter.kind, *(" ".join(one.split()) for one in (letter.subject, letter.text)))
    )
    return tokens.keyed("appeal-text", hashlib.sha256(text.encode()).hexdigest())


def _filed_before(mark: str) -> Appeal | None:
    query = sa.select(Appeal).where(Appeal.content_hash == mark, Appeal.registered_at > utc_now() - SAME_WITHIN)
    return model.Session.scalars(query.order_by(Appeal.registered_at.desc())).first()


def _appeal(letter: Letter, mark: str, secret: str) -> Appeal:
    now, time = utc_now(), clock.current()
    number = numbers.take(figures.month_of(now).year)
    subject, text = public_copy(letter.subject), public_copy(letter.text)
    appeal = Appeal(
        id=new_id(),
        number=number,
        secret_hash=numbers.secret_hash(number, secret),
        author_id=letter.author_id,
        author_name=letter.author_name,
        email=letter.email,
        agency_id=letter.agency_id,
        kind=letter.kind,
        topic=letter.topic,
        region=letter.region,
        language=letter.language,
        subject_original=letter.subject,
        subject_public=subject.text,
        text_original=letter.text,
        text_public=text.text,
        findings=text.findings,
        content_hash=mark,
        visibility=_visibility(letter),
        registered_at=now,
        month=figures.month_of(now),
        coverage=letter.coverage,
        state="registered",
        pauses=[],
        extra_days=0,
    )
    try:
        appeal.term_from = time.registered_on(now)
        appeal.due_at = time.due_at(appeal)
    except Refusal as error:
        raise tk.ValidationError({"text": [error.translated()]}) from error
    return appeal


def _visibility(letter: Letter) -> str:
    if not letter.is_public:
        return "private"
    return "pending" if tk.config["opengov.dialog.premoderation"] else "public"


def _announce(appeal: Appeal, secret: str) -> None:
    public = {"number": appeal.number, "kind": appeal.kind}
    journal.record(packages.TYPE, appeal.id, "appeal.registered", actor=None, public=public, at=appeal.registered_at)
    packages.index_later([appeal.id])
    notices.receipt(appeal, secret)
    payload = {"id": appeal.id, "event": "appeal.registered", "public": public, "at": appeal.registered_at.isoformat()}
    outbox.add(MOVED, payload)
