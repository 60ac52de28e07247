"""What makes an opinion of a public council, and the reply to it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.opengov.budget.service.programmes.states import DECISIONS, VERDICTS
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.service.discussion.texts import LANGUAGES, clean
from ckanext.opengov.civic.service.refusal import N_

MOST_TEXT = 20_000
MOST_REMARKS = 50
MOST_MEMBERS = 200
VOTES = ("votes_for", "votes_against", "votes_abstained")


def check(raw: Mapping[str, Any], anchors: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """An opinion in the form in which it is kept.

    :param anchors: the places of the programme on which a remark may hang

    :raises Refused: with all that is wrong, by field
    """
    found = Findings()
    verdict = str(raw.get("verdict") or "")
    if verdict not in VERDICTS:
        found.add("verdict", N_("Choose one of: {known}."), known=", ".join(VERDICTS))
    text = _text("text", raw.get("text"), found)
    language = str(raw.get("language") or "")
    if language not in LANGUAGES:
        found.add("language", N_("Choose one of: {known}."), known=", ".join(LANGUAGES))
    votes = {name: _votes(name, raw.get(name), found) for name in VOTES}
    remarks = _remarks(raw.get("remarks"), anchors, found)
    _agree(verdict, votes, remarks, found)
    made = {"verdict": verdict, "text": text, "language": language, "held_on": _day(raw.get("held_on"), today, found)}
    found.check()
    return {**made, **votes, "remarks": remarks}


def _text(field: str, value: Any, found: Findings) -> str:
    text = clean(value) if isinstance(value, str) else ""
    if not 10 <= len(text) <= MOST_TEXT:
        found.add(field, N_("Write from 10 to {most} characters."), most=MOST_TEXT)
    return text


def _votes(field: str, value: Any, found: Findings) -> int:
    text = str(value if value not in (None, "") else 0)
    if not (text.isascii() and text.isdecimal() and len(text) < 4) or int(text) > MOST_MEMBERS:
        found.add(field, N_("Give the number of votes, from 0 to {most}."), most=MOST_MEMBERS)
        return 0
    return int(text)


def _day(value: Any, today: dt.date, found: Findings) -> str:
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        found.add("held_on", N_("Give the day of the sitting, such as 2026-11-24."))
        return ""
    if day > today:
        found.add("held_on", N_("The sitting cannot be in the future."))
    return day.isoformat()


def _remarks(value: Any, anchors: Mapping[str, Any], found: Findings) -> list[dict[str, Any]]:
    rows = value if isinstance(value, list) else []
    if len(rows) > MOST_REMARKS:
        found.add(
            "remarks", N_("At most {most} of them are taken; {given} were given."), most=MOST_REMARKS, given=len(rows)
        )
    made = []
    for row in rows[:MOST_REMARKS]:
        given = row if isinstance(row, Mapping) else {}
        anchor = str(given.get("anchor") or "")
        if anchor and anchor not in anchors:
            found.add("remarks", N_("The programme has no place “{anchor}”."), anchor=anchor[:60])
        made.append({"anchor": anchor, "text": _text("remarks", given.get("text"), found), "reply": None})
    return made


def _agree(verdict: str, votes: Mapping[str, int], remarks: Sequence[Any], found: Findings) -> None:
    """The verdict is what the votes say, and remarks stand where it says so."""
    wins, loses = votes["votes_for"], votes["votes_against"]
    if wins + loses + votes["votes_abstained"] == 0:
        found.add("votes_for", N_("Give how many voted for, against, and abstained."))
    elif verdict == "against" and loses < wins:
        found.add("verdict", N_("More voted for than against: the opinion cannot be against."))
    elif verdict in ("for", "remarks") and wins <= loses:
        found.add("verdict", N_("It takes more votes for than against to be for the programme."))
    if verdict == "remarks" and not remarks:
        found.add("remarks", N_("Write the remarks, each by itself: the agency replies to each."))
    if verdict == "for" and remarks:
        found.add("verdict", N_("With remarks the opinion is “for, with remarks”."))


def reply(remarks: Sequence[Mapping[str, Any]], given: Any) -> list[dict[str, Any]]:
    """The remarks with the agency's replies.

    :param given: one for each remark, in their order: ``decision`` and ``text``

    :raises Refused: when one has no decision or says nothing
    """
    found, rows = Findings(), given if isinstance(given, list) else []
    made = []
    for place, remark in enumerate(remarks, 1):
        row = rows[place - 1] if len(rows) >= place and isinstance(rows[place - 1], Mapping) else {}
        text = clean(str(row.get("text") or ""))
        if row.get("decision") not in DECISIONS or not 10 <= len(text) <= MOST_TEXT:
            words = N_("Remark {number}: say whether it is accepted, and why, in at least 10 characters.")
            found.add("replies", words, number=place)
        made.append({**remark, "reply": {"decision": row.get("decision"), "text": text}})
    found.check()
    return made
