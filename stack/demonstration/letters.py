"""The appeals that the demonstration brings from “another portal”: letters and answers put together from sentences.

The same letters in every run; their dates count back from the day on which they are made.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from stack.demonstration.catalogue import agencies, people, read_yaml

NUMBER = 257
LANGUAGES = ("kk", "ru")
# Days back; about one in ten letters is so young that its term still runs.
OLDEST = 540
YOUNG = 12
# In calendar days: fifteen working days are about twenty-one.
IN_TIME = (2, 19)
LATE = (28, 46)


@dataclass(frozen=True)
class Letter:
    """A row of the table that ``appeal_import`` takes."""

    id: str
    subject: str
    text: str
    category: str
    kind: str
    region: str
    language: str
    agency: str
    date: str
    answer: str = ""
    answer_date: str = ""


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """What citizens write about."""
    names = ("housing", "roads", "people", "land", "services")
    return tuple(case for name in names for case in read_yaml(f"dialogue/cases/{name}.yaml"))


@cache
def words() -> dict[str, Any]:
    return read_yaml("dialogue/words.yaml")


def letters(today: dt.date) -> list[Letter]:
    """All of them; of each case and language as many as of the others, as far as its sentences reach."""
    pools = [
        (case, language, _ways(number, case, language)) for number, case in enumerate(cases()) for language in LANGUAGES
    ]
    chosen = (
        (case, language, pool[turn]) for turn in itertools.count() for case, language, pool in pools if turn < len(pool)
    )
    return [
        _letter(number, case, language, way, today)
        for number, (case, language, way) in enumerate(itertools.islice(chosen, NUMBER), 1)
    ]


def noted(text: str, language: str) -> str:
    """A text that says of itself where it comes from."""
    return f"{text}\n\n{words()['note'][language]}"


def table(found: list[Letter]) -> str:
    """The letters as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in fields(Letter)])
    writer.writerows([getattr(one, field.name) for field in fields(Letter)] for one in found)
    return out.getvalue()


@dataclass(frozen=True)
class Way:
    """Places of the sentences that one letter and its answer take."""

    subject: int
    text: tuple[int, ...]
    answer: tuple[tuple[int, ...], ...]


def _ways(number: int, case: dict[str, Any], language: str) -> list[Way]:
    """Every fitting combination, in an order of its own for each case and language."""
    found = list(_combined(case, language))
    # Two that follow each other should share as little as possible: every text first, then the other subjects.
    chance = random.Random(f"{number}/{language}")  # noqa: S311 - letters, not secrets
    chance.shuffle(found)
    known: set[tuple[int, ...]] = set()
    return [way for way in found if way.text not in known and not known.add(way.text)]


def _combined(case: dict[str, Any], language: str) -> Iterator[Way]:
    written = case[language]
    everything = {name: [list(range(len(group))) for group in written[name]] for name in ("text", "answer")}
    for way in case.get("ways", [{}]):
        subjects = way.get("subject", range(len(written["subject"])))
        answers = tuple(tuple(group) for group in way.get("answer", everything["answer"]))
        for text in itertools.product(*way.get("text", everything["text"])):
            for subject in subjects:
                yield Way(subject, text, answers)


def _letter(number: int, case: dict[str, Any], language: str, way: Way, today: dt.date) -> Letter:
    chance = random.Random(f"letter/{number}")  # noqa: S311 - letters, not secrets
    slots = _slots(chance, language)
    written, frame = case[language], words()
    sentences = [group[place] for group, place in zip(written["text"], way.text, strict=True)]
    text = " ".join(
        filter(None, [chance.choice(frame["greetings"][language]), *sentences, _ending(chance, frame, language)])
    )
    day = today - dt.timedelta(days=_age(chance, number))
    answer, answered = _answer(chance, case, language, way, (day, today))
    agency = chance.choice(case["agencies"])
    return Letter(
        id=f"D-{number:04}",
        subject=written["subject"][way.subject].format(**slots),
        text=noted(text.format(**slots), language),
        category=case["topic"],
        kind=case["kind"],
        region=_region(chance, agency),
        language=language,
        agency=agency,
        date=f"{day} {chance.randint(8, 19):02}:{chance.randint(0, 59):02}",
        answer=answer.format(**slots),
        answer_date=f"{answered} {chance.randint(9, 17):02}:{chance.randint(0, 59):02}" if answered else "",
    )


def _slots(chance: random.Random, language: str) -> dict[str, Any]:
    streets = chance.sample(words()["streets"][language], 2)
    chosen = {name: chance.choice(values) for name, values in words()["slots"].items()}
    return chosen | {"street": streets[0], "street2": streets[1]}


def _ending(chance: random.Random, frame: dict[str, Any], language: str) -> str:
    return chance.choice(frame["endings"][language])


def _age(chance: random.Random, number: int) -> int:
    """More letters of late than of long ago, as with a service that becomes known."""
    if number % 10 == 0:
        return chance.randint(1, YOUNG)
    return YOUNG + 10 + int((OLDEST - YOUNG - 10) * chance.random() ** 1.6)


def _answer(
    chance: random.Random, case: dict[str, Any], language: str, way: Way, days: tuple[dt.date, dt.date]
) -> tuple[str, dt.date | None]:
    """Most old letters are answered, one in seven late, and a few not at all; of the young ones a third is."""
    day, today = days
    age = (today - day).days
    if chance.random() < (2 / 3 if age <= YOUNG else 0.06):
        return "", None
    took = chance.randint(*LATE) if age > LATE[1] and chance.random() < 1 / 7 else chance.randint(*IN_TIME)
    answered = day + dt.timedelta(days=took)
    if answered > today:
        return "", None
    # An agency answers on working days.
    answered -= dt.timedelta(days=max(0, answered.weekday() - 4))
    frame = words()["answers"]
    groups = zip(case[language]["answer"], way.answer, strict=True)
    parts = [group[chance.choice(places)] for group, places in groups if places]
    opening, ending = chance.choice(frame["opening"][language]), chance.choice(frame["ending"][language])
    return " ".join(filter(None, [opening, *parts, ending])), max(answered, day)


def _region(chance: random.Random, agency: str) -> str:
    """Where the writer lives: for a local agency its region, for a central one any."""
    found = next(one for one in agencies() if one.name == agency)
    if found.level == "local":
        return people()["cities"][found.city]["kato"]
    return chance.choice(words()["regions"])
