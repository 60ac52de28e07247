"""The points of data sets, worked out by hand. No database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from ckanext.opengov.data.service.quality import formats, metrics, rules
from ckanext.opengov.data.service.quality.facts import Answer, Facts, File, Table
from ckanext.opengov.data.service.quality.freshness import judge

TODAY = dt.date(2026, 11, 24)
FILE = File(
    id="a",
    format="CSV",
    media_type="text/csv",
    size=100,
    table=Table.READY,
    columns=4,
    explained=4,
)
PERFECT = Facts(
    id="d",
    agency_id="agency",
    agency_level="central",
    titles={"kk": "Мектептер", "ru": "Школы"},
    notes={"kk": "Барлығы", "ru": "Все"},
    keywords=2,
    category="EDUC",
    region="710000000",
    frequency="MONTHLY",
    status="current",
    issued=dt.date(2026, 1, 1),
    modified=dt.date(2026, 11, 1),
    licence="cc-by",
    licence_is_known=True,
    has_contact=True,
    says_fee=True,
    files=(FILE,),
)


def lost(facts: Facts) -> dict[str, int]:
    return {name: one["points"] for name, one in rules.score(facts, TODAY).lost.items()}


def test_the_dimensions_have_the_sums_of_the_european_assessment() -> None:
    assert metrics.MOST == {
        "findability": 100,
        "accessibility": 100,
        "interoperability": 110,
        "reusability": 75,
        "contextuality": 20,
    }
    assert metrics.MOST_POINTS == 405
    assert [metrics.band(points)[0] for points in (405, 351, 350.9, 221, 220, 121, 120, 0)] == [
        "excellent",
        "excellent",
        "good",
        "good",
        "sufficient",
        "sufficient",
        "poor",
        "poor",
    ]


def test_a_whole_passport_has_all_points() -> None:
    found = rules.score(PERFECT, TODAY)
    assert found.total == 405
    assert found.lost == {}


def test_an_empty_passport_has_none() -> None:
    found = rules.score(Facts(id="d"), TODAY)
    assert found.total == 0
    assert set(found.lost) == set(metrics.BY_NAME)
    assert found.lost["answers"]["why"] == metrics.NO_FILES


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"keywords": 0}, {"keywords": 30}),
        ({"category": None}, {"category": 30}),
        ({"region": None, "agency_level": "local"}, {"region": 20}),
        ({"region": None, "agency_level": "central"}, {}),
        ({"licence": "notspecified"}, {"licence": 20, "known_licence": 10}),
        ({"licence": "my-own", "licence_is_known": False}, {"known_licence": 10}),
        ({"has_contact": False}, {"contact": 20}),
        ({"agency_id": None}, {"publisher": 10}),
        ({"says_fee": False, "issued": None}, {"fee": 5, "issued": 5}),
        # A quarter of 15 is 3.75: with one text missing 11 are left.
        ({"notes": {"kk": "Барлығы"}}, {"languages": 4}),
        ({"notes": {}, "titles": {"en": "Schools"}}, {"languages": 15}),
        ({"frequency": None}, {"fresh": 20}),
    ],
)
def test_what_is_missing_costs_its_points_and_no_others(change: dict, expected: dict) -> None:
    assert lost(replace(PERFECT, **change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"answer": Answer.DEAD}, {"answers": 50, "download_answers": 30}),
        ({"is_direct": False}, {"download": 20, "download_answers": 30}),
        ({"format": None}, {"format": 20, "vocabulary": 10, "open_format": 20, "machine_format": 20}),
        ({"format": "PDF", "table": Table.NONE, "columns": 0}, {"machine_format": 20, "structure": 15, "types": 15}),
        ({"format": "XLS"}, {"open_format": 20}),
        ({"format": "tabulka"}, {"vocabulary": 10, "open_format": 20, "machine_format": 20}),
        ({"media_type": None, "size": None}, {"media_type": 10, "size": 5}),
        # Two of four columns explained: 7.5 points, and halves go up.
        ({"explained": 2}, {"structure": 7}),
        ({"table": Table.FAILED, "columns": 0}, {"structure": 15, "types": 15}),
        ({"format": "RDF", "table": Table.NONE, "columns": 0}, {}),
    ],
)
def test_files_cost_their_points(change: dict, expected: dict) -> None:
    assert lost(replace(PERFECT, files=(replace(FILE, **change),))) == expected


def test_of_three_files_one_dead_costs_a_third_and_is_named() -> None:
    dead = replace(FILE, id="b", answer=Answer.DEAD)
    facts = replace(PERFECT, files=(FILE, dead, replace(FILE, id="c")))
    found = rules.score(facts, TODAY)
    # 50 × 2/3 = 33.3 and 30 × 2/3 = 20.
    assert found.lost["answers"] == {"points": 17, "why": "dead", "files": ["b"]}
    assert found.lost["download_answers"]["points"] == 10
    assert found.total == 405 - 27


def test_links_that_are_not_checked_yet_wait_without_blame() -> None:
    waiting = replace(FILE, answer=Answer.WAITING, is_direct=False)
    found = rules.score(replace(PERFECT, files=(waiting,)), TODAY)
    assert {one["why"] for one in found.lost.values()} == {metrics.WAITING}
    dead = replace(FILE, id="b", answer=Answer.DEAD)
    both = rules.score(replace(PERFECT, files=(waiting, dead)), TODAY)
    assert both.lost["answers"]["why"] == "dead"
    assert both.lost["answers"]["files"] == ["b"]


@pytest.mark.parametrize(
    ("frequency", "last", "share", "late"),
    [
        ("DAILY", dt.date(2026, 11, 21), 1.0, 0),
        ("DAILY", dt.date(2026, 11, 20), 0.5, 1),
        ("DAILY", dt.date(2026, 11, 17), 0.0, 4),
        ("MONTHLY", dt.date(2026, 10, 15), 1.0, 0),
        ("MONTHLY", dt.date(2026, 10, 14), 0.5, 1),
        ("YEARLY", dt.date(2025, 10, 20), 1.0, 0),
        ("AS_NEEDED", dt.date(2019, 1, 1), 1.0, 0),
    ],
)
def test_freshness_follows_the_declared_kind_of_update(frequency: str, last: dt.date, share: float, late: int) -> None:
    found = judge(replace(PERFECT, frequency=frequency, modified=last), TODAY)
    assert (found.share, found.late) == (share, late)


def test_the_day_on_which_data_become_late_is_known_beforehand() -> None:
    facts = replace(PERFECT, frequency="WEEKLY", modified=TODAY)
    changes = judge(facts, TODAY).changes_on
    assert changes
    assert changes == TODAY + dt.timedelta(days=11)
    assert judge(facts, changes - dt.timedelta(days=1)).share == 1.0
    assert judge(facts, changes).share == 0.5


def test_a_newer_file_counts_as_an_update_and_an_archive_needs_none() -> None:
    old = replace(PERFECT, modified=dt.date(2020, 1, 1))
    assert lost(old) == {"fresh": 20}
    assert lost(replace(old, files=(replace(FILE, updated_on=dt.date(2026, 11, 20)),))) == {}
    assert lost(replace(old, status="archived")) == {}


def test_every_reason_has_its_advice() -> None:
    for metric in metrics.METRICS:
        assert metric.advice
        assert metric.dimension in metrics.DIMENSIONS
    late = rules.score(replace(PERFECT, modified=dt.date(2026, 10, 14)), TODAY).lost["fresh"]
    assert late == {"points": 10, "why": "late", "values": {"days": 1, "date": "14.10.2026"}}
    assert "1 days" in metrics.BY_NAME["fresh"].advice["late"].format(**late["values"])


@pytest.mark.parametrize("name", ["csv", ".CSV", "GeoJSON", "json-ld", "JSON_LD", "Turtle"])
def test_formats_are_known_however_they_are_written(name: str) -> None:
    assert formats.known(name)


def test_unknown_formats_are_unknown() -> None:
    assert formats.known("numbers") is None
    assert formats.known(None) is None
