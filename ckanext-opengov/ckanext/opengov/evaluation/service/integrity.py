"""Signs that ratings are not what they seem: many from one address, accounts that act as one, sudden floods. Pure.

What is found is flagged and shown beside the figures with and without it. Nothing is taken away: a sign is no proof, a
library's readers have one address too.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ckanext.opengov.civic.service.refusal import N_

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# Accounts of a ring rate at least so many of the same services alike within a day, and are at least so many.
RING_COMMON = 3
RING_SIZE = 4
# An hour with more ratings than this, and than ten times the usual number, is a flood.
BURST_LEAST = 20
BURST_TIMES = 10
# Ratings of one service, one day and the same marks that are compared with each other.
MOST_COMPARED = 1_000

KINDS: Mapping[str, str] = {
    "address": N_("{number} ratings came from one address, up to {most} within an hour"),
    "ring": N_("{accounts} accounts rated the same {services} services alike, each within a day: {number} ratings"),
    "burst": N_("{number} ratings came within an hour; usual are {usual}"),
}


@dataclass(frozen=True)
class Mark:
    """One rating, as far as it matters here; person and address are keyed hashes."""

    id: int
    service: str
    at: dt.datetime
    marks: tuple[int | None, ...]
    person: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Flag:
    """Something noticed: its kind, the ratings that it is about, and the numbers that the reader is told."""

    kind: str
    ids: frozenset[int]
    detail: Mapping[str, Any] = field(default_factory=dict)


def look(marks: Iterable[Mark], most_an_hour: int) -> list[Flag]:
    """Everything that is noticed in these ratings.

    :param most_an_hour: more from one address within an hour are flagged
    """
    known = sorted(marks, key=lambda one: (one.at, one.id))
    return [*by_address(known, most_an_hour), *rings(known), *bursts(known)]


def by_address(marks: Sequence[Mark], most: int) -> list[Flag]:
    """Of each address, the ratings in every hour that has more of them than allowed. ``marks`` go by time."""
    groups: dict[str, list[Mark]] = defaultdict(list)
    for one in marks:
        if one.address:
            groups[one.address].append(one)
    flags = []
    for own in groups.values():
        ids, densest = _dense(own, most)
        if ids:
            flags.append(Flag("address", frozenset(ids), {"number": len(ids), "most": densest}))
    return flags


def _dense(own: Sequence[Mark], most: int) -> tuple[set[int], int]:
    """The ratings in windows of an hour with more than ``most``, and the size of the fullest window."""
    ids: set[int] = set()
    first = densest = 0
    for last, one in enumerate(own):
        while own[first].at <= one.at - HOUR:
            first += 1
        size = last - first + 1
        if size > most:
            ids.update(other.id for other in (own[first : last + 1] if size == most + 1 else (one,)))
            densest = max(densest, size)
    return ids, densest


def rings(marks: Sequence[Mark]) -> list[Flag]:
    """Groups of accounts that rated several of the same services with the same marks at about the same time."""
    together = _pairs(marks)
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for (one, other), services in together.items():
        if len(services) >= RING_COMMON:
            leader[find(one)] = find(other)
    members: dict[str, set[str]] = defaultdict(set)
    for name in list(leader):
        members[find(name)].add(name)
    return [_ring(marks, accounts, together) for accounts in members.values() if len(accounts) >= RING_SIZE]


def _pairs(marks: Sequence[Mark]) -> dict[tuple[str, str], set[str]]:
    """Two accounts → the services that both rated alike within a day."""
    alike: dict[tuple[str, tuple[int | None, ...]], list[Mark]] = defaultdict(list)
    for one in marks:
        if one.person:
            alike[one.service, one.marks].append(one)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (service, _), own in alike.items():
        for one, other in combinations(own[-MOST_COMPARED:], 2):
            if other.at - one.at <= DAY and one.person and other.person and one.person != other.person:
                first, second = sorted((one.person, other.person))
                found[first, second].add(service)
    return found


def _ring(marks: Sequence[Mark], accounts: set[str], together: Mapping[tuple[str, str], set[str]]) -> Flag:
    services = {
        service
        for (one, other), common in together.items()
        if one in accounts and other in accounts and len(common) >= RING_COMMON
        for service in common
    }
    ids = frozenset(one.id for one in marks if one.person in accounts and one.service in services)
    detail = {"accounts": len(accounts), "services": len(services), "number": len(ids)}
    return Flag("ring", ids, detail)


def bursts(marks: Sequence[Mark]) -> list[Flag]:
    """Of each service, hours of the clock with far more ratings than its other hours since the first rating."""
    flags = []
    services: dict[str, list[Mark]] = defaultdict(list)
    for one in marks:
        services[one.service].append(one)
    for own in services.values():
        hours = Counter(_hour(one.at) for one in own)
        spread = max(1, int((own[-1].at - own[0].at) / HOUR) + 1)
        for hour, number in hours.items():
            usual = (len(own) - number) / max(1, spread - 1)
            if number > BURST_LEAST and number > BURST_TIMES * usual:
                ids = frozenset(one.id for one in own if _hour(one.at) == hour)
                flags.append(Flag("burst", ids, {"number": number, "usual": round(usual, 1)}))
    return flags


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
