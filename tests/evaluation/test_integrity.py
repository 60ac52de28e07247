"""Signs of ratings that are gamed."""

from __future__ import annotations

import datetime as dt
import random

from ckanext.opengov.evaluation.service import integrity
from ckanext.opengov.evaluation.service.integrity import Mark

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
FIVES = (5, 5, 5, 5)


def honest(number: int, services: int = 5) -> list[Mark]:
    """Different people at different addresses over half a year."""
    chance = random.Random(1)
    return [
        Mark(
            id=place,
            service=f"service-{place % services}",
            at=START + dt.timedelta(hours=9 * place),
            marks=tuple(chance.choice((2, 3, 4, 5)) for _ in range(4)),
            person=f"person-{place}",
            address=f"address-{place}",
        )
        for place in range(number)
    ]


def test_nothing_is_noticed_where_nothing_is() -> None:
    assert integrity.look(honest(400), 10) == []


def test_500_ratings_from_one_address_are_all_flagged_and_the_others_are_not() -> None:
    flood = [Mark(1000 + n, "service-1", START + n * MINUTE / 4, FIVES, None, "office") for n in range(500)]
    flags = integrity.by_address(sorted([*honest(100), *flood], key=lambda one: one.at), 10)
    assert len(flags) == 1
    assert flags[0].ids == {one.id for one in flood}
    assert flags[0].detail == {"number": 500, "most": 240}


def test_ten_in_an_hour_are_allowed_and_eleven_are_not() -> None:
    def from_one(number: int) -> list[Mark]:
        return [Mark(n, "s", START + n * 5 * MINUTE, FIVES, None, "library") for n in range(number)]

    assert integrity.by_address(from_one(10), 10) == []
    assert len(integrity.by_address(from_one(11), 10)[0].ids) == 11
    slowly = [Mark(n, "s", START + n * 6 * MINUTE, FIVES, None, "library") for n in range(100)]
    assert integrity.by_address(slowly, 10) == []


def test_a_ring_of_accounts_is_noticed_and_a_large_honest_crowd_is_not() -> None:
    ring = [
        Mark(
            2000 + 10 * account + service,
            f"service-{service}",
            START + (account + service) * MINUTE,
            FIVES,
            f"ring-{account}",
        )
        for account in range(5)
        for service in range(3)
    ]
    flags = integrity.rings(sorted([*honest(300), *ring], key=lambda one: one.at))
    assert [flag.ids for flag in flags] == [frozenset(one.id for one in ring)]
    assert flags[0].detail == {"accounts": 5, "services": 3, "number": 15}
    assert integrity.rings([one for one in ring if one.person != "ring-0" and one.person != "ring-1"]) == []


def test_a_flood_within_an_hour_is_noticed_against_what_is_usual() -> None:
    flood = [Mark(5000 + n, "service-1", START + dt.timedelta(days=30, seconds=n), FIVES, f"p{n}") for n in range(60)]
    flags = integrity.bursts(sorted([*honest(200), *flood], key=lambda one: one.at))
    assert len(flags) == 1
    assert {one.id for one in flood} <= flags[0].ids
    assert flags[0].detail["number"] in (60, 61)
