"""What a poll may ask, what a ballot may hold, and the way of a poll. Pure: no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ckanext.opengov.civic.service.refusal import N_, Refusal

Question = Mapping[str, Any]

MOST_TEXT = 2_000


class Kind(StrEnum):
    """Kinds of questions."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKED = "ranked"
    SCALE = "scale"
    TEXT = "text"


WITH_OPTIONS = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKED})


class State(StrEnum):
    """Where a poll stands."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class Event(StrEnum):
    """What moves it on."""

    ANNOUNCE = "announce"
    WITHDRAW = "withdraw"
    OPEN = "open"
    CLOSE = "close"
    PUBLISH = "publish"


# (state, event) → state. Opening and closing is the clock's: no officer ends a poll when its figures please.
TABLE: Mapping[tuple[State, Event], State] = {
    (State.DRAFT, Event.ANNOUNCE): State.ANNOUNCED,
    (State.ANNOUNCED, Event.WITHDRAW): State.DRAFT,
    (State.ANNOUNCED, Event.OPEN): State.OPEN,
    (State.OPEN, Event.CLOSE): State.CLOSED,
    (State.CLOSED, Event.PUBLISH): State.PUBLISHED,
}
OF_OFFICERS = frozenset({Event.ANNOUNCE, Event.WITHDRAW, Event.PUBLISH})
ENDED = frozenset({State.CLOSED, State.PUBLISHED})


class PollRefusal(Refusal):
    """Something about a poll that cannot be done. ``place`` says where: a question's id or the name of a field."""

    def __init__(self, place: str, text: str, **values: Any) -> None:
        super().__init__(text, **values)
        self.place = place


def next_state(state: State, event: Event) -> State:
    """The state after the event.

    :raises PollRefusal: when the event does not fit the state
    """
    target = TABLE.get((state, event))
    if target is None:
        possible = ", ".join(known for at, known in TABLE if at == state and known in OF_OFFICERS) or "—"
        raise PollRefusal(
            "event",
            N_("“{event}” is not possible while the poll is “{state}”. Possible now: {possible}."),
            event=str(event),
            state=str(state),
            possible=possible,
        )
    return target


def state_at(stored: State, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> State:
    """The state by the clock, also before the periodic work has written it down."""
    if stored not in (State.ANNOUNCED, State.OPEN):
        return stored
    if now < starts_at:
        return State.ANNOUNCED
    return State.OPEN if now < ends_at else State.CLOSED


@dataclass(frozen=True)
class Checked:
    """A ballot that fits its poll: question id → choice, and the answers in own words by themselves."""

    choices: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def check_ballot(questions: Sequence[Question], given: Any) -> Checked:
    """Compare a ballot with the questions.

    :param given: question id → option id, list of option ids, list in order of preference, number, or text

    :raises PollRefusal: for the first thing that does not fit, naming the question
    """
    if not isinstance(given, Mapping):
        raise PollRefusal("choices", N_("A ballot names each question by its id with the choice made there."))
    known = {question["id"] for question in questions}
    for name in given:
        if name not in known:
            raise PollRefusal("choices", N_("There is no question “{id}” in this poll."), id=str(name)[:40])
    checked = Checked()
    for number, question in enumerate(questions, 1):
        value = given.get(question["id"])
        if value in (None, "", []):
            if question.get("required"):
                raise PollRefusal(question["id"], N_("Question {number}: answer it to vote."), number=number)
            continue
        kind = Kind(question["kind"])
        target = checked.texts if kind == Kind.TEXT else checked.choices
        target[question["id"]] = _CHECKS[kind](question, number, value)
    if not checked.choices and not checked.texts:
        raise PollRefusal("choices", N_("The ballot is empty. Answer at least one question."))
    return checked


def _option(question: Question, number: int, value: Any) -> str:
    if not isinstance(value, str) or value not in {option["id"] for option in question["options"]}:
        text = N_("Question {number}: there is no choice “{id}”. Choose among those that are offered.")
        raise PollRefusal(question["id"], text, number=number, id=str(value)[:40])
    return value


def _options(question: Question, number: int, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise PollRefusal(question["id"], N_("Question {number}: give a list of choices."), number=number)
    chosen = [_option(question, number, one) for one in value]
    if len(set(chosen)) != len(chosen):
        raise PollRefusal(question["id"], N_("Question {number}: each choice counts once."), number=number)
    return chosen


def _several(question: Question, number: int, value: Any) -> list[str]:
    chosen = sorted(_options(question, number, value))
    least, most = question["min"], question["max"]
    if not least <= len(chosen) <= most:
        text = N_("Question {number}: choose from {least} to {most}; you chose {given}.")
        raise PollRefusal(question["id"], text, number=number, least=least, most=most, given=len(chosen))
    return chosen


def _step(question: Question, number: int, value: Any) -> int:
    step = value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 4:
        step = int(value)
    if isinstance(step, bool) or not isinstance(step, int) or not 1 <= step <= question["steps"]:
        text = N_("Question {number}: give a whole number from 1 to {most}.")
        raise PollRefusal(question["id"], text, number=number, most=question["steps"])
    return step


def _words(question: Question, number: int, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or "\x00" in text or len(text) > MOST_TEXT:
        message = N_("Question {number}: write a text of at most {most} characters.")
        raise PollRefusal(question["id"], message, number=number, most=MOST_TEXT)
    return text


_CHECKS: Mapping[Kind, Callable[[Question, int, Any], Any]] = {
    Kind.SINGLE: _option,
    Kind.MULTIPLE: _several,
    Kind.RANKED: _options,
    Kind.SCALE: _step,
    Kind.TEXT: _words,
}
