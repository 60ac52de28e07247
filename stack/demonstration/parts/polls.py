"""Three polls: announced, voted in by the citizens, and two of them, once their time is over, concluded.

``polls`` stands early among the parts and ``conclusions`` late, so that nobody waits for the end of the voting.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from stack.demonstration.cast import Cast, citizen, officer, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal, PortalError

# A poll that ends began two weeks ago, and ends when all citizens of the demonstration have had their turn.
BEGAN = dt.timedelta(days=14)
VOTING = dt.timedelta(seconds=75)
TEXTS = {
    "kk": ["Терезелердің жартысы түскі үзіліске бірдей кетпесін.", "Қарттарға бөлек кезек керек."],
    "ru": ["Хочу видеть длину очереди заранее.", "Нужна комната для матери и ребёнка."],
}


def plan() -> list[Fields]:
    """The three polls as they stand in the file."""
    return read_yaml("dialogue/polls.yaml")


def load(portal: Portal) -> list[str]:
    cast = Cast(portal)
    voted = sum(_hold(cast, poll) for poll in plan())
    portal.say(f"{len(plan())} polls, {voted} votes given")
    return []


def _hold(cast: Cast, poll: Fields) -> int:
    desk = cast.of(officer(poll["agency"]))
    shown = cast.admin.find("poll_show", poll["name"])
    if shown is None:
        shown = desk.call("poll_create", _drafted(poll))
    if shown["state"] == "draft":
        shown = desk.call("poll_transition", {"id": shown["id"], "event": "announce"})
    if shown["state"] not in ("announced", "open") or shown["ballots"]:
        return 0
    for number, key in enumerate(people()["citizens"]):
        cast.of(citizen(key)).call("poll_vote", {"id": shown["id"], "choices": _choices(poll, shown, key, number)})
    _let_pass(cast.of(people()["moderator"]), shown["id"])
    return len(people()["citizens"])


def _drafted(poll: Fields) -> Fields:
    names = ("name", "title", "notes", "questions", "results_when")
    now = dt.datetime.now(dt.UTC)
    ends = now + (dt.timedelta(days=poll["days"]) if "days" in poll else VOTING)
    begins = now if "days" in poll else now - BEGAN
    return {
        **{name: poll[name] for name in names},
        "owner_org": poll["agency"],
        "starts_at": begins.isoformat(timespec="seconds"),
        "ends_at": ends.isoformat(timespec="seconds"),
    }


def _choices(poll: Fields, shown: Fields, key: str, number: int) -> Fields:
    """What a citizen votes: the first choices more often, as if people had a mind."""
    chance = random.Random(f"{poll['name']}/{key}")  # noqa: S311 - votes of nobody
    return {
        question["id"]: choice
        for question in shown["questions"]
        if (choice := _choice(question, chance, number)) is not None
    }


def _choice(question: Fields, chance: random.Random, number: int) -> Any:
    kind = question["kind"]
    if kind == "scale":
        return chance.choice((2, 3, 3, 4, 5))
    if kind == "text":
        texts = [*TEXTS["kk"], *TEXTS["ru"]]
        return texts[number] if number < len(texts) else None
    options = [option["id"] for option in question["options"]]
    weights = range(len(options) + 1, 1, -1)
    if kind == "single":
        return chance.choices(options, weights)[0]
    chosen = dict.fromkeys(chance.choices(options, weights, k=6))
    return list(chosen)[: question["max"]] if kind == "multiple" else list(chosen)


def _let_pass(desk: Portal, poll_id: str) -> None:
    """The moderator has read the answers in own words."""
    waiting = desk.call("poll_text_list", {"id": poll_id})
    if waiting:
        ids = [one["id"] for one in waiting]
        desk.call("poll_text_moderate", {"id": poll_id, "ids": ids, "state": "public"})


def conclude(portal: Portal) -> list[str]:
    """Publish what the agencies do with the results, of the polls whose time is over.

    :returns: what did not work
    """
    cast = Cast(portal)
    problems: list[str] = []
    for poll in plan():
        if "conclusion" not in poll:
            continue
        try:
            _conclude(cast, poll)
        except PortalError as error:
            problems.append(f"poll {poll['name']}: {error}")
    return problems


def _conclude(cast: Cast, poll: Fields) -> None:
    shown = cast.admin.call("poll_show", {"id": poll["name"]})
    if shown["state"] == "published":
        return
    desk = cast.of(officer(poll["agency"]))
    desk.call("poll_transition", {"id": shown["id"], "event": "publish", "conclusion": poll["conclusion"]})
