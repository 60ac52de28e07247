"""An audit and its findings: written, published, cured. Nothing here commits: the action does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service import amounts, cards
from ckanext.opengov.budget.service.audits import rules
from ckanext.opengov.budget.service.audits.rules import AUDIT_STATES, AUDITED, BODY, KINDS, TABLE, TYPE
from ckanext.opengov.budget.service.people import CHIEFS, WRITERS, Person
from ckanext.opengov.budget.service.programmes.passport import texts
from ckanext.opengov.budget.service.refused import Findings, Refused
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import agencies, journal, notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_

LANGUAGES = ("kk", "ru", "en")
TO_AUDITED = N_("The result of an audit of your agency was published")
TO_BODY = N_("The agency asks you to decide on a finding")
FIELDS = (
    *("object", "violation", "amount", "cured_amount", "recommendation", "deadline", "responsible", "state"),
    *("note", "evidence", "programme_code", "line_code"),
)


def get(reference: Any) -> Audit:
    """An audit by its id or the name in its address.

    :raises ObjectNotFound: when there is none
    """
    package = cards.find(reference, TYPE)
    found = model.Session.get(Audit, package.id) if package else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such audit."))
    return found


def lock(audit_id: str) -> Audit:
    """The audit, as it is once all others who change it are done."""
    query = sa.select(Audit).where(Audit.id == audit_id).with_for_update()
    return model.Session.scalars(query.execution_options(populate_existing=True)).one()


def checked(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of the audit itself, in the form in which it is kept.

    :raises Refused: with all that is wrong, by field
    """
    found = Findings()
    title = texts(raw.get("title"), 300)
    if not title:
        found.add("title", N_("Write it in Kazakh, Russian or English."))
    if raw.get("kind") not in KINDS:
        found.add("kind", N_("Choose one of: {known}."), known=", ".join(KINDS))
    audited = agencies.find(str(raw.get("audited") or ""))
    if audited is None:
        found.add("audited", N_("There is no such agency. Choose one that works on the portal."))
    days = {name: rules.day(name, raw.get(name), found) for name in ("period_from", "period_until", "act_date")}
    for name in ("period_from", "period_until"):
        if days[name] is None and name not in found.errors:
            found.add(name, N_("Give a day such as 2026-11-24."))
    if days["period_from"] and days["period_until"] and days["period_from"] > days["period_until"]:
        found.add("period_until", N_("The period ends before it begins."))
    amount = amounts.parse(raw["amount"]) if raw.get("amount") not in (None, "") else None
    if raw.get("amount") not in (None, "") and (amount is None or amount < 0):
        found.add("amount", N_("“{given}” is not an amount in tenge, such as 1250.50."), given=str(raw["amount"])[:40])
    found.check()
    number = " ".join(str(raw.get("act_number") or "").split())[:60] or None
    return {
        "title": title,
        "summary": texts(raw.get("summary"), 20_000),
        "kind": raw["kind"],
        "audited_id": audited.id if audited else "",
        "amount": amount,
        "act_number": number,
        **days,
    }


def _checked(raw: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return checked(raw)
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]


def create(raw: Mapping[str, Any], body_id: str, actor: str | None, name: str | None = None) -> Audit:
    """A draft, which only officers of the auditing body see.

    :raises ValidationError: with all that is wrong
    """
    made = Audit(id=str(uuid4()), body_id=body_id, state="draft", created_at=utc_now(), **_checked(raw))
    made.published_at = None
    add(made, name)
    journal.record(TYPE, made.id, "audit_result.created", actor=actor)
    return made


def add(made: Audit, name: str | None = None) -> None:
    """Store a new audit with its package."""
    card = _card(made)
    both = {"title_translated": card.pop("title"), "notes_translated": card.pop("notes")}
    cards.insert(
        TYPE, {"id": made.id, "name": name or cards.slug(TYPE, made.id), "owner_org": made.body_id, **both, **card}
    )
    model.Session.add(made)
    model.Session.flush()


def _card(audit: Audit) -> dict[str, Any]:
    return {
        "title": audit.title,
        "notes": audit.summary,
        "private": audit.published_at is None,
        "audit_kind": audit.kind,
        "audited_agency": cards.agency(audit.audited_id)["name"],
        "audit_period": f"{audit.period_from.isoformat()}/{audit.period_until.isoformat()}",
        "audit_state": audit.state,
        "act_number": audit.act_number,
    }


def settle(audit: Audit) -> None:
    """Bring the package to what the audit has become."""
    model.Session.flush()
    cards.update(audit.id, **_card(audit))


def update(audit_id: str, raw: Mapping[str, Any], actor: str | None) -> Audit:
    """Change what is said of the audit itself.

    :raises ValidationError: with all that is wrong
    """
    audit = lock(audit_id)
    for name, value in _checked(raw).items():
        setattr(audit, name, value)
    settle(audit)
    journal.record(TYPE, audit.id, "audit_result.updated", actor=actor)
    return audit


def transition(audit_id: str, event: str, person: Person, reason: str = "") -> Audit:
    """Publish a draft, withdraw what is public.

    :raises ValidationError: when the state does not allow it, or a reason is missing
    :raises NotAuthorized: when this person may not
    """
    audit = lock(audit_id)
    rule = TABLE.get((audit.state, event))
    if rule is None:
        message = tk._("This is not possible now: the audit is in the state “{state}”.")
        raise tk.ValidationError({"event": [message.format(state=tk._(AUDIT_STATES[audit.state]))]})
    if person.kinds(audit.body_id).isdisjoint({str(role) for role in rule.who}):
        raise tk.NotAuthorized(tk._("This step of an audit is not yours to take."))
    if event == "withdraw" and len(reason.strip()) < 10:
        raise tk.ValidationError({"reason": [tk._("Say why, in a sentence or two: everybody reads it.")]})
    audit.state = rule.then
    if event == "publish":
        audit.published_at = utc_now()
    settle(audit)
    public = {"reason": reason.strip()[:2_000]} if event == "withdraw" else {}
    journal.record(TYPE, audit.id, f"audit_result.{event}", actor=person.user_id, public=public)
    if event == "publish":
        _tell_all(audit)
    return audit


# --- findings


def findings(audit_id: str) -> list[Finding]:
    """By number."""
    query = sa.select(Finding).where(Finding.audit_id == audit_id).order_by(Finding.number)
    return list(model.Session.scalars(query))


def sides(audit: Audit, person: Person) -> frozenset[str]:
    """For whom this person writes: the auditing body, the audited agency."""
    who = {str(role) for role in WRITERS}
    of_body = {BODY} if who & person.kinds(audit.body_id) else set()
    # The audited agency works on what is published.
    of_agency = {AUDITED} if audit.state == "published" and who & person.kinds(audit.audited_id) else set()
    return frozenset(of_body | of_agency)


def upsert(audit_id: str, number: int | None, raw: Mapping[str, Any], person: Person) -> Finding:
    """Add a finding, or change one.

    :param number: of a finding that is there; None for a new one

    :raises ValidationError: for what this side may not write, and for what is wrong
    :raises ObjectNotFound: when there is no finding with this number
    """
    audit = lock(audit_id)
    found = model.Session.get(Finding, (audit.id, number)) if number else None
    if number and found is None:
        raise tk.ObjectNotFound(tk._("The audit has no finding {number}.").format(number=number))
    before = {name: getattr(found, name) for name in FIELDS} if found else None
    try:
        made = rules.finding(raw, before, sides(audit, person))
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
    event = "added"
    if found is None:
        found = Finding(audit_id=audit.id, number=len(findings(audit.id)) + 1, changed_at=utc_now(), **made)
        model.Session.add(found)
    else:
        event = made["state"] if made.get("state", found.state) != found.state else "changed"
        _set(found, made)
    model.Session.flush()
    cards.index_later(audit.id)
    _record(audit, found, event, person.user_id)
    return found


def _set(found: Finding, made: Mapping[str, Any]) -> None:
    for name, value in made.items():
        setattr(found, name, value)
    found.changed_at = utc_now()
    if "deadline" in made:
        found.reminded_on = None


def _record(audit: Audit, found: Finding, event: str, actor: str | None) -> None:
    public = {"number": found.number, "state": found.state, "cured": amounts.plain(found.cured_amount)}
    journal.record(TYPE, audit.id, f"audit_result.finding_{event}", actor=actor, public=public)
    if audit.state != "published":
        return
    subject = {code: f"{wording.pick(audit.title, code)}: {found.number}" for code in LANGUAGES}
    line = rules.EVENTS[f"audit_result.finding_{event}"]
    body = {code: wording.say(code, line).format(number=found.number) for code in LANGUAGES}
    key = f"{audit.id}:{found.number}:{found.changed_at.isoformat()}"
    _notify(audit, f"finding_{event}", subject, body, key, found.number, public=True)
    if event == "disputed":
        users = officers.responsible(COMPONENT, audit.body_id, CHIEFS)
        subject = {code: wording.say(code, TO_BODY) for code in LANGUAGES}
        _notify(audit, "finding_asks", subject, body, f"{key}:body", found.number, to_users=users, public=False)


def _tell_all(audit: Audit) -> None:
    title = {code: wording.pick(audit.title, code) for code in LANGUAGES}
    summary = {code: wording.pick(audit.summary, code) for code in LANGUAGES}
    _notify(audit, "published", title, summary, f"{audit.id}:published", public=True)
    users = officers.responsible(COMPONENT, audit.audited_id, WRITERS)
    if users:
        subject = {code: wording.say(code, TO_AUDITED) for code in LANGUAGES}
        _notify(audit, "published", subject, title, f"{audit.id}:audited", to_users=users, public=False)


def _notify(
    audit: Audit, event: str, subject: dict[str, str], body: dict[str, str], key: str, number: int = 0, **more: Any
) -> None:
    notices.notify(
        f"budget.audit_{event}",
        entity_type=TYPE,
        entity_id=audit.id,
        component=COMPONENT,
        agency_id=audit.audited_id,
        subject=subject,
        body=body,
        url=f"/audit_result/{audit.id}" + (f"#finding-{number}" if number else ""),
        key=key,
        **more,
    )
