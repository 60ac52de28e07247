"""Counting. Pure: ballots in, figures out; the same ballots in any order give the same figures.

Each question is counted by itself. ``tallies`` are pairs of a choice and how many ballots hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.polls.rules import Kind, Question

Tallies = Iterable[tuple[Any, int]]

# Stands on the page and in the recount file.
RULES: Mapping[Kind, str] = {
    Kind.SINGLE: N_("Each ballot counts for the choice that it names."),
    Kind.MULTIPLE: N_("Each ballot counts once for every choice that it names. The shares are of ballots."),
    Kind.RANKED: N_(
        "Instant runoff: each ballot counts for its first choice. While none has more than half of the ballots that "
        "still count, the weakest choice leaves and its ballots go to their next choice. Among equally weak choices "
        "the one leaves that was weaker in the latest earlier round in which they differ; if they never differ, the "
        "one that stands lower in the list of the question."
    ),
    Kind.SCALE: N_("The mean of all marks, and how often each mark was given."),
    Kind.TEXT: N_("Answers in own words are not counted. A moderator reads them before they are shown."),
}


def count(question: Question, tallies: Tallies) -> dict[str, Any]:
    """The figures of one question: ``kind``, ``answered`` and what its kind has."""
    return {"kind": question["kind"], **_COUNTS[Kind(question["kind"])](question, list(tallies))}


def _single(question: Question, tallies: Sequence[tuple[str, int]]) -> dict[str, Any]:
    counts = dict.fromkeys(_ids(question), 0)
    for choice, number in tallies:
        counts[choice] += number
    return {"answered": sum(counts.values()), "counts": counts}


def _multiple(question: Question, tallies: Sequence[tuple[list[str], int]]) -> dict[str, Any]:
    counts = dict.fromkeys(_ids(question), 0)
    for chosen, number in tallies:
        for choice in chosen:
            counts[choice] += number
    return {"answered": sum(number for _, number in tallies), "counts": counts}


def _scale(question: Question, tallies: Sequence[tuple[int, int]]) -> dict[str, Any]:
    counts = {str(step): 0 for step in range(1, question["steps"] + 1)}
    for step, number in tallies:
        counts[str(step)] += number
    answered = sum(counts.values())
    total = sum(int(step) * number for step, number in counts.items())
    return {
        "answered": answered,
        "counts": counts,
        "sum": total,
        "mean": round(total / answered, 4) if answered else None,
    }


def _ranked(question: Question, tallies: Sequence[tuple[list[str], int]]) -> dict[str, Any]:
    ballots: Counter[tuple[str, ...]] = Counter()
    for order, number in tallies:
        ballots[tuple(order)] += number
    standing = _ids(question)
    answered = sum(ballots.values())
    rounds: list[dict[str, Any]] = []
    while answered and standing:
        counts = dict.fromkeys(standing, 0)
        for order, number in ballots.items():
            first = next((choice for choice in order if choice in counts), None)
            if first is not None:
                counts[first] += number
        counted = sum(counts.values())
        rounds.append({"counts": counts, "exhausted": answered - counted, "out": None})
        if len(standing) == 1 or max(counts.values()) * 2 > counted:
            break
        weakest = _weakest(standing, rounds)
        rounds[-1]["out"] = weakest
        standing = [choice for choice in standing if choice != weakest]
    winner = max(standing, key=lambda choice: rounds[-1]["counts"][choice]) if rounds else None
    return {"answered": answered, "rounds": rounds, "winner": winner}


def _weakest(standing: Sequence[str], rounds: Sequence[Mapping[str, Any]]) -> str:
    """Who leaves, by the rule in ``RULES``."""
    candidates = list(standing)
    for one in reversed(rounds):
        lowest = min(one["counts"][choice] for choice in candidates)
        candidates = [choice for choice in candidates if one["counts"][choice] == lowest]
    return candidates[-1]


def _text(_question: Question, tallies: Sequence[tuple[Any, int]]) -> dict[str, Any]:
    return {"answered": sum(number for _, number in tallies)}


def _ids(question: Question) -> list[str]:
    return [option["id"] for option in question["options"]]


_COUNTS: Mapping[Kind, Callable[[Question, Any], dict[str, Any]]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.RANKED: _ranked,
    Kind.SCALE: _scale,
    Kind.TEXT: _text,
}
