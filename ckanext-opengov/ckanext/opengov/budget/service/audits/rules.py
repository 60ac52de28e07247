"""Audits and findings as tables: what there is, who may move a finding where. Pure.

The auditing body writes the finding and says when it is cured; the audited agency cures it, or disputes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ckanext.opengov.budget.service import amounts
from ckanext.opengov.budget.service.people import CHIEFS, SIGNING, WRITERS
from ckanext.opengov.budget.service.programmes.passport import CODE, texts
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

TYPE = "audit_result"

KINDS: Mapping[str, str] = {"state_audit": N_("State audit"), "financial_control": N_("Financial control")}
VIOLATIONS: Mapping[str, str] = {
    "misuse": N_("Money spent on something else"),
    "inefficient": N_("Inefficient planning or use"),
    "procurement": N_("Public procurement"),
    "accounting": N_("Accounting and reporting"),
    "property": N_("State property"),
    "revenue": N_("Revenue not collected"),
    "procedure": N_("Procedure"),
}
STATES: Mapping[str, str] = {
    "open": N_("Open finding"),
    "curing": N_("Being cured"),
    "cured": N_("Cured"),
    "disputed": N_("Disputed"),
}
AUDIT_STATES: Mapping[str, str] = {
    "draft": N_("Draft of the result"),
    "published": N_("Published result"),
    "withdrawn": N_("Withdrawn result"),
}
BODY, AUDITED = "body", "audited"
# (state of the finding, new state) → who may bring it there.
MOVES: Mapping[tuple[str, str], frozenset[str]] = {
    ("open", "curing"): frozenset({AUDITED, BODY}),
    ("open", "disputed"): frozenset({AUDITED}),
    ("curing", "disputed"): frozenset({AUDITED}),
    ("open", "cured"): frozenset({BODY}),
    ("curing", "cured"): frozenset({BODY}),
    ("curing", "open"): frozenset({BODY}),
    ("disputed", "open"): frozenset({BODY}),
    ("disputed", "cured"): frozenset({BODY}),
    ("cured", "open"): frozenset({BODY}),
}
# What each side writes.
OF_BODY = frozenset(
    {"object", "violation", "amount", "recommendation", "deadline", "responsible", "programme_code", "line_code"}
)
OF_AUDITED = frozenset({"note", "evidence"})
OF_BOTH = frozenset({"state", "cured_amount"})


@dataclass(frozen=True)
class Rule:
    """What an event leads to, and who may cause it."""

    then: str
    who: frozenset[Role]


TABLE: Mapping[tuple[str, str], Rule] = {
    ("draft", "publish"): Rule("published", CHIEFS),
    ("published", "withdraw"): Rule("withdrawn", SIGNING),
}
EVENTS: Mapping[str, str] = {
    "audit_result.created": N_("The result was drafted"),
    "audit_result.updated": N_("The result was changed"),
    "audit_result.publish": N_("The result of the audit was published"),
    "audit_result.withdraw": N_("The result was withdrawn: {reason}"),
    "audit_result.imported": N_("Brought from another register"),
    "audit_result.finding_added": N_("Finding {number} was added"),
    "audit_result.finding_changed": N_("Finding {number} was changed"),
    "audit_result.finding_open": N_("Finding {number} is open"),
    "audit_result.finding_curing": N_("Finding {number} is being cured"),
    "audit_result.finding_cured": N_("Finding {number} is cured"),
    "audit_result.finding_disputed": N_("Finding {number} is disputed"),
    "audit_result.reminder": N_("The agency was reminded of finding {number}"),
}
PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "audit_result_create": WRITERS,
    "audit_result_update": WRITERS,
    "audit_result_transition": CHIEFS,
    "audit_finding_upsert": WRITERS,
}
MOST_EVIDENCE = 20


def finding(raw: Mapping[str, Any], before: Mapping[str, Any] | None, sides: frozenset[str]) -> dict[str, Any]:
    """The fields of a finding that were given, checked.

    :param before: the finding as it is; None for a new one
    :param sides: whether the person writes for the auditing body, for the audited agency, or both

    :raises Refused: with all that is wrong
    """
    found = Findings()
    _check_sides(raw, before, sides, found)
    made = {name: _FIELDS[name](name, raw[name], found) for name in _FIELDS if name in raw}
    now = {**_NEW, **(before or {}), **made}
    if before is None and not now["object"]:
        found.add("object", N_("Write it in Kazakh, Russian or English."))
    if now["violation"] not in VIOLATIONS:
        found.add("violation", N_("Choose one of: {known}."), known=", ".join(VIOLATIONS))
    if not found.errors:
        _check_sums(now, before, found)
        _check_move(now["state"], before, sides, found)
    found.check()
    return made if before else now


_NEW: Mapping[str, Any] = {
    "object": {},
    "violation": "",
    "amount": Decimal(0),
    "cured_amount": Decimal(0),
    "recommendation": {},
    "deadline": None,
    "responsible": "",
    "state": "open",
    "note": "",
    "evidence": [],
    "programme_code": "",
    "line_code": "",
}


def _check_sides(
    raw: Mapping[str, Any], before: Mapping[str, Any] | None, sides: frozenset[str], found: Findings
) -> None:
    if BODY in sides:
        return
    for name in sorted(OF_BODY & set(raw)):
        found.add(name, N_("The auditing body alone writes this."))
    if before is None:
        found.add("number", N_("The auditing body alone adds findings."))


def _check_sums(now: Mapping[str, Any], before: Mapping[str, Any] | None, found: Findings) -> None:
    if now["amount"] < 0 or now["cured_amount"] < 0:
        found.add("amount", N_("An amount is not below zero."))
    elif now["cured_amount"] > now["amount"]:
        words = N_("More is cured ({cured}) than was found ({amount}).")
        found.add("cured_amount", words, cured=amounts.plain(now["cured_amount"]), amount=amounts.plain(now["amount"]))
    elif now["state"] == "cured" and now["amount"] != now["cured_amount"]:
        words = N_("Cured means the whole amount: {amount}; given is {cured}.")
        found.add("cured_amount", words, cured=amounts.plain(now["cured_amount"]), amount=amounts.plain(now["amount"]))
    if now["state"] == "disputed" and len(now["note"]) < 10:
        found.add("note", N_("Say why the finding is disputed."))
    if now["state"] == "cured" and now["amount"] and not now["evidence"] and before is not None:
        found.add("evidence", N_("Name what proves that it is cured."))


def _check_move(state: str, before: Mapping[str, Any] | None, sides: frozenset[str], found: Findings) -> None:
    was = before["state"] if before else "open"
    if state == was:
        return
    who = MOVES.get((was, state))
    if state not in STATES or who is None:
        possible = ", ".join(to for at, to in MOVES if at == was)
        found.add("state", N_("From “{was}” a finding goes to: {possible}."), was=was, possible=possible)
    elif who.isdisjoint(sides):
        found.add("state", N_("It is not for you to call this finding “{state}”."), state=state)


def _texts(_name: str, value: Any, _found: Findings) -> dict[str, str]:
    return texts(value, 5_000)


def _amount(name: str, value: Any, found: Findings) -> Decimal:
    number = amounts.parse(value if value not in (None, "") else 0)
    if number is None or number != number.quantize(Decimal("0.01")):
        found.add(name, N_("“{given}” is not an amount in tenge, such as 1250.50."), given=str(value)[:40])
        return Decimal(0)
    return number


def day(name: str, value: Any, found: Findings) -> dt.date | None:
    """A day, or nothing."""
    if value in (None, ""):
        return None
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        found.add(name, N_("Give a day such as 2026-11-24."))
        return None


def _line(_name: str, value: Any, _found: Findings) -> str:
    return " ".join(str(value or "").split())[:300]


def _words(_name: str, value: Any, _found: Findings) -> str:
    from ckanext.opengov.civic.service.discussion.texts import clean

    return clean(str(value or ""))[:5_000]


def _code(name: str, value: Any, found: Findings) -> str:
    code = str(value or "").strip()
    if code and not CODE.fullmatch(code):
        found.add(name, N_("“{given}” is no code of the budget."), given=code[:40])
    return code


def _evidence(name: str, value: Any, found: Findings) -> list[dict[str, str]]:
    rows = value if isinstance(value, list) else []
    made = []
    for row in rows[:MOST_EVIDENCE]:
        url = str(row.get("url") or "").strip() if isinstance(row, Mapping) else ""
        title = str(row.get("title") or url).strip()[:200] if isinstance(row, Mapping) else ""
        if (url and not url.startswith(("https://", "http://", "/"))) or not title or len(url) > 2_000:
            found.add(name, N_("Name each piece of evidence, and its whole address if it has one."))
            continue
        made.append({"title": title, "url": url})
    return made


_FIELDS = {
    "object": _texts,
    "violation": _line,
    "amount": _amount,
    "cured_amount": _amount,
    "recommendation": _texts,
    "deadline": day,
    "responsible": _line,
    "state": _line,
    "note": _words,
    "evidence": _evidence,
    "programme_code": _code,
    "line_code": _code,
}
