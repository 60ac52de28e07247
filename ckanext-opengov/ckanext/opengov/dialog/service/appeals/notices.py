"""What people are told: the receipt with its day-by-day deadline, each step to the author, new work to officers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ckan.model as model
from flask import has_request_context
from flask_babel import force_locale

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import mail, notices, officers, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import clock
from ckanext.opengov.dialog.service.appeals.people import COMPONENT
from ckanext.opengov.dialog.service.appeals.states import TITLES

LANGUAGES = ("kk", "ru", "en")
# Only the colleague learns of it; the author and the public have no use for it.
ASSIGNED = "appeal.assign"
# Events that the officers of the agency must act on.
NEW_WORK = frozenset({"appeal.registered", "appeal.forward", "appeal.reopen", "appeal.clarify", "appeal.lapse"})
# Those that the author is not written to about: it is their own step, or of no use to them.
OWN = frozenset(
    {"appeal.registered", "appeal.clarify", "appeal.withdraw", "appeal.rate", "appeal.reopen", "appeal.close"}
)
# Those that followers of a public appeal, of its agency and place are told of.
FOR_ALL = frozenset(
    {"appeal.registered", "appeal.moderate_accept", "appeal.answer", "appeal.forward", "appeal.not_consider"}
)

RECEIPT_SUBJECT = N_("Your appeal {number} is registered")
RECEIPT_BODY = N_(
    "Hello!\n\n"
    "Your appeal to “{agency}” is registered under the number {number}.\n\n"
    "Secret: {secret}\n"
    "With the number and the secret you can follow the appeal here: {page}\n"
    "Keep this letter: the secret is nowhere else, not even on the portal.\n\n"
    "The answer is due by {last}, 23:59 in Astana. How the days are counted:\n{days}\n\n"
    "Basis: {basis}."
)
DAY = N_("{date} – day {number}")
SKIPPED = N_("{date} – does not count ({why})")
SUBJECT = N_("Appeal {number}: {event}")
BODY = N_("{event}.\n\nAppeal {number} to “{agency}”.")
DUE = N_("The answer is due by {last}.")
WORK_SUBJECT = N_("Appeal {number} waits for you: {event}")
OVERDUE_SUBJECT = N_("The term of appeal {number} is over")
OVERDUE_BODY = N_("Appeal {number} to “{agency}” was to be answered by {last}. There is no answer yet.")


def page(appeal: Appeal) -> str:
    """The path of an appeal's page."""
    return f"/appeal/{appeal.number}"


def desk(appeal: Appeal) -> str:
    """The path of the page on which its officers work."""
    return f"/appeal/desk/{appeal.number}"


def language_of(appeal: Appeal) -> str:
    """The language that the author is written to: that of the appeal."""
    return wording.known(appeal.language)


def receipt(appeal: Appeal, secret: str) -> None:
    """Mail the number, the secret and the deadline, explained day by day, to the author."""
    address = _address(appeal)
    if not address:
        return
    language = language_of(appeal)
    with force_locale(language):
        term = clock.current().explain(appeal)
    lines = [_line(day, language) for day in term["days"]]
    body = wording.say(language, RECEIPT_BODY).format(
        agency=agency_title(appeal.agency_id, language),
        number=appeal.number,
        secret=secret,
        page=wording.address(f"/appeal/track?number={appeal.number}", language),
        last=_date(term["last_day"]),
        days="\n".join(lines),
        basis=wording.pick(term["basis"], language),
    )
    subject = wording.say(language, RECEIPT_SUBJECT).format(number=appeal.number)
    mail.queue(address, subject, body, f"appeal:{appeal.id}", language=language)


def _line(day: Mapping[str, Any], language: str) -> str:
    date = _date(day["date"])
    if day["counted"]:
        return wording.say(language, DAY).format(date=date, number=day["number"])
    return wording.say(language, SKIPPED).format(date=date, why=day["reason"])


def _date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _address(appeal: Appeal) -> str | None:
    user = model.User.get(appeal.author_id) if appeal.author_id else None
    return (user.email if user else None) or appeal.email


def moved(message: Any) -> None:
    """Outbox handler: tell the author, the officers and, of public appeals, whoever follows."""
    event, public = message.payload["event"], message.payload["public"]
    appeal = model.Session.get(Appeal, message.payload["id"])
    if appeal is None:
        return
    key = f"{event}:{appeal.id}:{message.payload['at']}"
    if event == ASSIGNED:
        # Meanwhile it may be in other hands.
        to = message.payload["to"]
        if to == appeal.assignee_id:
            _notify(appeal, event, public, f"{key}:work", subject=WORK_SUBJECT, to=[to], public=False)
        return
    _tell_author(appeal, event, public, key)
    if event in NEW_WORK:
        users = workers(appeal)
        if users:
            _notify(appeal, event, public, f"{key}:work", subject=WORK_SUBJECT, to=users, public=False)
    if event in FOR_ALL and appeal.visibility == "public":
        _notify(appeal, event, public, f"{key}:all", subject=SUBJECT, to=[], public=True)


def _tell_author(appeal: Appeal, event: str, public: Mapping[str, Any], key: str) -> None:
    if event in OWN:
        return
    if appeal.author_id:
        _notify(appeal, event, public, f"{key}:author", subject=SUBJECT, to=[appeal.author_id], public=False)
    elif appeal.email:
        language = language_of(appeal)
        texts = _texts(appeal, event, public, SUBJECT)
        body = f"{texts[1][language]}\n\n{wording.address(page(appeal), language)}"
        mail.queue(appeal.email, texts[0][language], body, f"{key}:author", language=language)


def _notify(
    appeal: Appeal,
    event: str,
    values: Mapping[str, Any],
    key: str,
    *,
    subject: str,
    to: list[str],
    public: bool,
) -> None:
    subjects, bodies = _texts(appeal, event, values, subject)
    notices.notify(
        event,
        entity_type="appeal",
        entity_id=appeal.id,
        agency_id=appeal.agency_id,
        place=appeal.region,
        component=COMPONENT,
        subject=subjects,
        body=bodies,
        url=desk(appeal) if subject == WORK_SUBJECT else page(appeal),
        to_users=to,
        public=public,
        urgent=event == "appeal.answer",
        key=key,
    )


def _texts(
    appeal: Appeal, event: str, values: Mapping[str, Any], subject: str
) -> tuple[dict[str, str], dict[str, str]]:
    subjects, bodies = {}, {}
    for language in LANGUAGES:
        named = _title(event, values, language)
        whose = agency_title(appeal.agency_id, language)
        subjects[language] = wording.say(language, subject).format(number=appeal.number, event=named)
        body = [wording.say(language, BODY).format(event=named, number=appeal.number, agency=whose)]
        if appeal.due_at and appeal.state in ("registered", "in_work"):
            last = _date(local_date(appeal.due_at).isoformat())
            body.append(wording.say(language, DUE).format(last=last))
        bodies[language] = "\n\n".join(body)
    return subjects, bodies


def _title(event: str, values: Mapping[str, Any], language: str) -> str:
    return wording.say(language, TITLES[event]).format_map({"number": "", "reason": "", "until": "", **values})


def workers(appeal: Appeal) -> list[str]:
    """Who works on an appeal: its officer, else the authors and publishers of the agency, else its heads."""
    if appeal.assignee_id:
        return [appeal.assignee_id]
    for roles in ({Role.AUTHOR, Role.PUBLISHER}, {Role.DEPUTY_HEAD, Role.HEAD}):
        found = officers.responsible(COMPONENT, appeal.agency_id, roles)
        if found:
            return found
    return []


def overdue(appeal: Appeal, supervisors: list[str]) -> None:
    """Tell the officer, the heads and the supervisors that a term is over."""
    if appeal.due_at is None:
        return
    heads = officers.responsible(COMPONENT, appeal.agency_id, {Role.HEAD, Role.DEPUTY_HEAD})
    last = _date(local_date(appeal.due_at).isoformat())
    subjects, bodies = {}, {}
    for language in LANGUAGES:
        whose = agency_title(appeal.agency_id, language)
        subjects[language] = wording.say(language, OVERDUE_SUBJECT).format(number=appeal.number)
        bodies[language] = wording.say(language, OVERDUE_BODY).format(number=appeal.number, agency=whose, last=last)
    notices.notify(
        "appeal.overdue",
        entity_type="appeal",
        entity_id=appeal.id,
        agency_id=appeal.agency_id,
        place=appeal.region,
        component=COMPONENT,
        subject=subjects,
        body=bodies,
        url=desk(appeal),
        to_users=[*workers(appeal), *heads, *supervisors],
        public=False,
        key=f"appeal.overdue:{appeal.id}:{appeal.due_at.isoformat()}",
    )


def agency_title(agency_id: str, language: str | None = None) -> str:
    """An agency's name, in a language or that of the reader."""
    group = model.Group.get(agency_id)
    if group is None:
        return ""
    texts = titles(group)
    chosen = language or (wording.current() if has_request_context() else wording.known(None))
    return wording.pick(texts, chosen) or group.title or group.name


def titles(group: model.Group) -> dict[str, str]:
    """An agency's name by language."""
    texts: Any = (group.extras or {}).get("title_translated") or {}
    # CKAN keeps what it does not know as text, the JSON of a text included.
    for _ in range(2):
        texts = json.loads(texts) if isinstance(texts, str) and texts else texts
    return texts if isinstance(texts, dict) else {}
