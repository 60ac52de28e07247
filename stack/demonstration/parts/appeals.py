"""Three hundred appeals: most brought from “another portal” as an administrator brings them, the others written,
worked on, answered and rated by the people of the demonstration, one step after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from stack.demonstration import letters
from stack.demonstration.cast import Cast, citizen, head, officer, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal, PortalError

SOURCE = "old-portal"
ALMATY = ZoneInfo("Asia/Almaty")
PAGE = 100
SHOWN = 3
# Step of the files → event of the portal, where they have other names.
EVENTS = {"accept": "moderate_accept", "hide": "moderate_hide", "ask": "ask_clarification"}
# Not in an appeal's public history.
QUIET = {"draft"}
# The last of the citizens write nothing else; nobody may write more than five appeals in an hour.
QUIET_CITIZENS = 5
MODERATOR, OFFICER, HEAD = "moderator", "officer", "head"
ACTORS = {
    **dict.fromkeys(("accept", "hide"), MODERATOR),
    **dict.fromkeys(("take", "draft", "ask", "forward"), OFFICER),
    **dict.fromkeys(("answer", "extend", "not_consider"), HEAD),
}


@dataclass(frozen=True)
class Planned:
    """An appeal and what becomes of it: ``steps`` are names with what is said there."""

    by: str
    fields: Fields
    steps: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def subject(self) -> str:
        return self.fields["subject"]


def load(portal: Portal) -> list[str]:
    cast = Cast(portal)
    today = dt.datetime.now(ALMATY).date()
    report = portal.call("appeal_import", {"source": SOURCE, "content": letters.table(letters.letters(today))})
    problems = [f"appeal of the old portal, row {one['row']}: {one['errors']}" for one in report["bad"][:SHOWN]]
    if report["created"]:
        problems += _take_some(cast, today)
    known = {one["subject"].casefold(): one for one in everything(portal)}
    written = 0
    for planned in plan():
        try:
            written += _bring(cast, planned, known.get(planned.subject.casefold()), today)
        except PortalError as error:
            problems.append(f"appeal “{planned.subject}”: {error}")
    portal.say(f"{report['created']} appeals brought, {report['unchanged']} known; {written} written or taken on")
    return problems


@cache
def plan() -> tuple[Planned, ...]:
    """Those that go their way by actions."""
    return (*_written(), *_coverage())


def _written() -> Iterator[Planned]:
    for entry in read_yaml("dialogue/appeals.yaml"):
        names = ("topic", "kind", "language", "subject", "text", "public")
        fields = {name: entry[name] for name in names if name in entry}
        steps = [next(iter(step.items())) for step in entry["steps"]]
        text = letters.noted(entry["text"], entry["language"])
        yield Planned(entry["by"], fields | {"agency": entry["to"], "text": text}, steps)


def _coverage() -> Iterator[Planned]:
    """Complaints on mobile coverage, several from one place."""
    known, citizens = read_yaml("dialogue/coverage.yaml"), people()["citizens"]
    faults, operators = list(known["faults"]), known["operators"]
    number = 0
    for place in known["places"]:
        for turn in range(place["number"]):
            operator, language = operators[turn % len(operators)], ("kk", "ru")[turn % 2]
            fault = faults[number % len(faults)]
            text = " ".join((known["faults"][fault][language], known["ending"][language]))
            subject = known["subject"][language].format(place=place[language], operator=operator)
            fields = {
                "kind": "coverage",
                "language": language,
                "subject": subject[0].upper() + subject[1:],
                "text": letters.noted(text, language),
                "region": place["region"],
                "operator": operator,
                "fault": fault,
                "latitude": place["latitude"] + turn * 0.002,
                "longitude": place["longitude"] + turn * 0.002,
            }
            answer = known["answer"][language].format(level=-103 - number % 7)
            steps = [("accept", None), ("take", None), *([("answer", answer)] if number % 3 == 0 else [])]
            yield Planned(citizens[-1 - number % QUIET_CITIZENS], fields, steps)
            number += 1


def everything(portal: Portal) -> Iterator[Fields]:
    """All appeals of the portal, private ones too, as an administrator lists them."""
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        found = portal.call("appeal_list", {"scope": "work", "limit": PAGE, **more})
        yield from found["appeals"]
        cursor = found["next"]
        if not cursor:
            return


def _take_some(cast: Cast, today: dt.date) -> list[str]:
    """Every other of the appeals that were brought without an answer is taken into work."""
    names = {one["id"]: one["name"] for one in _agencies(cast.admin)}
    worked = {agency for agencies in people()["officers"].values() for agency in agencies}
    waiting = [
        one
        for one in everything(cast.admin)
        if one["state"] == "registered"
        and dt.datetime.fromisoformat(one["registered_at"]).astimezone(ALMATY).date() < today
        and names[one["agency_id"]] in worked
    ]
    problems = []
    for one in waiting[::2]:
        try:
            cast.of(officer(names[one["agency_id"]])).call("appeal_take", {"number": one["number"]})
        except PortalError as error:
            problems.append(f"appeal {one['number']}: {error}")
    return problems


def _agencies(portal: Portal) -> list[Fields]:
    return portal.call("organization_list", {"all_fields": True, "limit": PAGE})


def _bring(cast: Cast, planned: Planned, known: Fields | None, today: dt.date) -> bool:
    """Write an appeal and take the steps that it has not taken yet.

    :returns: whether anything was done
    """
    author = citizen(planned.by)
    if known:
        shown = cast.admin.call("appeal_show", {"number": known["number"]})
        steps = _left(planned, shown)
    else:
        shown = cast.of(author).call("appeal_create", planned.fields)
        steps = list(range(len(planned.steps)))
    agency = planned.fields.get("agency") or _mobile_agency(cast, shown["number"])
    for place, (step, said) in enumerate(planned.steps):
        if place in steps:
            asked = {"number": shown["number"], **_said(step, said, today)}
            cast.of(_actor(step, agency, author)).call(_action(step), asked)
        agency = said["to"] if step == "forward" else agency
    return not known or bool(steps)


def _left(planned: Planned, shown: Fields) -> list[int]:
    """The places of the steps that are still to be taken, by what the appeal's public history tells."""
    done = [one["event"].removeprefix("appeal.") for one in shown["timeline"]]
    left = []
    for place, (step, _said_then) in enumerate(planned.steps):
        event = EVENTS.get(step, step)
        if event in done:
            done.remove(event)
        # What leaves no trace for the public was done when something follows it, or when it is there.
        elif step not in QUIET or not (done or shown.get("draft")):
            left.append(place)
    return left


def _mobile_agency(cast: Cast, number: str) -> str:
    """Where the portal's settings sent a complaint on coverage."""
    return cast.admin.call("appeal_show", {"number": number})["agency"]["name"]


def _actor(step: str, agency: str, author: str) -> str:
    who = ACTORS.get(step)
    if who == MODERATOR:
        return people()["moderator"]
    if who == OFFICER:
        return officer(agency)
    return head(agency) if who == HEAD else author


def _action(step: str) -> str:
    return "appeal_moderate" if step in ("accept", "hide") else f"appeal_{step}"


def _said(step: str, said: Any, today: dt.date) -> Fields:
    if step == "extend":
        return {"until": (today + dt.timedelta(days=said["days"])).isoformat(), "reason": said["reason"]}
    return {
        "accept": {"decision": "accept"},
        "hide": {"decision": "hide", "reason": said},
        "draft": {"text": said},
        "answer": {"text": said, "acknowledged": ["copy", "questions"]},
        "ask": {"question": said},
        "clarify": {"text": said},
        "reopen": {"reason": said},
        "not_consider": {"legal_reason": said},
        "forward": {"agency": said["to"], "reason": said["reason"]} if step == "forward" else {},
        "rate": said if step == "rate" else {},
    }.get(step, {})
