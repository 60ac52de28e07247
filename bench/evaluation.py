"""Evaluations of 500 agencies over 10 periods with 100 indicators: league table, card, and the facts of a period.

Runs in the test twin, which it empties: ``./opengov bench evaluation [--agencies 500] [--periods 10]
[--indicators 100] [--appeals 200000] [--rounds 100]``. Every request differs from the last, and no HTTP cache stands
before the portal. DuckDB has the same rows in memory and the same question beside it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import process_time
from typing import Any

import ckan.model as model
import duckdb
import sqlalchemy as sa
from ckan.types import CKANApp
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Framework, Period
from ckanext.opengov.evaluation.model.evaluations import Value as Row
from ckanext.opengov.evaluation.service import moving, scoring, snapshots

from bench.report import Compared, Result, report, seconds
from bench.twin import application, emptied

# The dialogue's own indicators; the other leaves are entered.
AUTOMATIC = ("answered_in_time", "useful", "reopened", "copies")
PAGE_MS = 150
COUNT_S = 60
DAYS = 180


@dataclass
class Ground:
    """What is measured on."""

    client: Any
    options: argparse.Namespace
    periods: list[Period]
    agencies: list[str]


def tree(number: int) -> dict[str, Any]:
    """Five blocks of four criteria, and as many indicators in each as it takes."""
    each = max(1, number // 20)
    weight = 100 // each
    blocks = []
    count = 0
    for block in range(5):
        criteria = []
        for criterion in range(4):
            leaves = []
            for place in range(each):
                leaf: dict[str, Any] = {
                    "key": f"i{count}",
                    "title": {"en": f"Indicator {count}"},
                    "weight": weight if place else 100 - weight * (each - 1),
                    "unit": "%",
                    "target": 100,
                }
                if count < len(AUTOMATIC):
                    leaf |= {"source": "automatic", "automatic": f"dialog.{AUTOMATIC[count]}"}
                leaves.append(leaf)
                count += 1
            key = f"c{block}{criterion}"
            criteria.append({"key": key, "title": {"en": key}, "weight": 25, "children": leaves})
        blocks.append({"key": f"b{block}", "title": {"en": f"Block {block}"}, "weight": 20, "children": criteria})
    return {"name": "bench", "title": {"en": "Bench"}, "blocks": blocks}


def prepare(app: CKANApp, options: argparse.Namespace) -> Ground:
    """Agencies, periods, values and answered appeals, written by the batch."""
    emptied()
    groups = [
        model.Group(name=f"agency-{n}", title=f"Мемлекеттік орган {n}", type="organization", is_organization=True)
        for n in range(options.agencies)
    ]
    model.Session.add_all(groups)
    framework = Framework(name="bench", version=1, title={"en": "Bench"}, tree=tree(options.indicators))
    model.Session.add(framework)
    model.Session.flush()
    end = utc_now().date() - dt.timedelta(days=1)
    periods = []
    for number in range(options.periods):
        last = end - dt.timedelta(days=DAYS * number)
        days = {"starts_on": last - dt.timedelta(days=DAYS - 1), "ends_on": last}
        names = {"name": f"p{number}", "title": {"en": f"Period {number}"}, "framework_name": "bench"}
        periods.append(Period(framework_id=framework.id, published_at=utc_now(), **names, **days))
    model.Session.add_all(periods)
    model.Session.flush()
    _evaluations(periods, groups)
    _values(options.indicators)
    _appeals(options)
    model.Session.commit()
    for table in ("evaluation_evaluation", "evaluation_value", "dialog_appeal", "dialog_answer"):
        model.Session.execute(sa.text(f"ANALYZE opengov_{table}"))
    model.Session.commit()
    return Ground(app.test_client(), options, periods, [group.name for group in groups])


def _evaluations(periods: list[Period], groups: list[model.Group]) -> None:
    rows = [
        {
            "id": f"{period.name}-{group.name}",
            "period_id": period.id,
            "agency_id": group.id,
            "kind": "central",
            "state": "published",
            "blocks": {},
            "published_at": utc_now(),
        }
        for period in periods
        for group in groups
    ]
    model.Session.execute(sa.insert(Evaluation), rows)
    now = utc_now().replace(tzinfo=None)
    packages = [
        {
            **dict.fromkeys(("id", "name", "title"), row["id"]),
            "type": "evaluation",
            "owner_org": row["agency_id"],
            "private": False,
            "state": "active",
            "metadata_created": now,
            "metadata_modified": now,
            "extras": {},
        }
        for row in rows
    ]
    model.Session.execute(sa.insert(model.package_table), packages)


def _values(indicators: int) -> None:
    """Every leaf that the portal does not count, with a number from 0 to 100."""
    model.Session.execute(
        sa.text(
            """
            INSERT INTO opengov_evaluation_value (evaluation_id, indicator, revision, status, number, reason, set_at)
            SELECT id, 'i' || leaf, 1, 'given', (abs(hashtext(id || leaf)) % 1001) / 10.0, 'Seen', now()
            FROM opengov_evaluation_evaluation CROSS JOIN generate_series(:first, :last) AS leaf
            """
        ),
        {"first": len(AUTOMATIC), "last": max(1, indicators // 20) * 20 - 1},
    )


def _appeals(options: argparse.Namespace) -> None:
    """Appeals of all agencies with one answer each, spread over the newest period."""
    values = {"number": options.appeals, "days": DAYS}
    model.Session.execute(
        sa.text(
            """
            INSERT INTO opengov_dialog_appeal (id, number, agency_id, kind, topic, language, subject_original,
                subject_public, text_original, text_public, findings, state, visibility, registered_at, month,
                term_from, pauses, extra_days, answered_at, in_time, rated_at, useful, forwards, returns)
            SELECT 'a' || n, 'n' || n, agency.id, 'complaint', 'roads', 'ru', 's', 's', 't', 't', '[]', 'answered',
                'public', at, at::date, at::date, '[]', 0, at, n % 5 <> 0, CASE WHEN n % 3 = 0 THEN at END, n % 2 = 0,
                0, 0
            FROM (SELECT n, now() - interval '2 days' - (n % (:days - 4)) * interval '1 day' AS at
                  FROM generate_series(1, :number) AS n) AS made
            JOIN (SELECT id, row_number() OVER (ORDER BY name) AS place, count(*) OVER () AS many
                  FROM public.group WHERE is_organization) AS agency ON agency.place = made.n % agency.many + 1
            """
        ),
        values,
    )
    model.Session.execute(
        sa.text(
            """
            INSERT INTO opengov_dialog_answer (id, appeal_id, number, agency_id, at, language, text_original,
                text_public, links, in_time, acknowledged)
            SELECT id, id, 1, agency_id, answered_at, 'ru', 't', 'Answer ' || abs(hashtext(id)) % 50000, '[]', in_time,
                '[]'
            FROM opengov_dialog_appeal
            """
        )
    )


def count(ground: Ground) -> Iterator[Result]:
    """The facts of the newest period and all scores from them; DuckDB adds the same rows up."""
    newest = ground.periods[0].id
    used = process_time()
    taken = seconds(lambda: moving.count(newest, None))
    cpu = process_time() - used
    model.Session.commit()
    beside = _beside()
    other = seconds(lambda: beside.execute(_SUMS).fetchall())
    detail = {"appeals": ground.options.appeals, "agencies": ground.options.agencies, "cpu_s": round(cpu, 2)}
    peer = Compared("DuckDB, the sums alone, rows in memory", round(other, 2))
    yield Result("facts and scores of a period", round(taken, 2), "s", peer, Compared("allowed", COUNT_S), detail)
    checked = seconds(lambda: snapshots.verify(model.Session.get_one(Period, newest)))
    yield Result("recount from the kept cases", round(checked, 2), "s", limit=Compared("allowed", COUNT_S))
    for period in ground.periods[1:]:
        scoring.rescore(model.Session.get_one(Period, period.id))
        model.Session.commit()


_SUMS = """
    SELECT agency_id, count(*), sum(in_time::int), count(rated_at), sum((rated_at IS NOT NULL AND useful)::int)
    FROM appeal GROUP BY agency_id
"""


def _beside() -> duckdb.DuckDBPyConnection:
    """DuckDB with the appeals' columns."""
    wanted = sa.text("SELECT agency_id, in_time, rated_at, useful FROM opengov_dialog_appeal")
    rows = [tuple(row) for row in model.Session.execute(wanted)]
    beside = duckdb.connect()
    beside.execute("CREATE TABLE appeal (agency_id VARCHAR, in_time BOOLEAN, rated_at TIMESTAMPTZ, useful BOOLEAN)")
    for start in range(0, len(rows), 2_000):
        piece = rows[start : start + 2_000]
        marks = ", ".join(["(?, ?, ?, ?)"] * len(piece))
        beside.execute(f"INSERT INTO appeal VALUES {marks}", [cell for row in piece for cell in row])  # noqa: S608
    return beside


def league(ground: Ground) -> Result:
    """The table of each period in turn."""
    pages = itertools.cycle([f"/evaluation?period={period.name}" for period in ground.periods])
    wait = _p95(ground, pages)
    beside = duckdb.connect()
    beside.execute("CREATE TABLE value (agency VARCHAR, number DOUBLE)")
    row = sa.select(Evaluation.agency_id, sa.cast(Row.number, sa.Float))
    wanted = row.join(Row, Row.evaluation_id == Evaluation.id).where(Evaluation.period_id == ground.periods[0].id)
    rows = [tuple(one) for one in model.Session.execute(wanted)]
    for start in range(0, len(rows), 4_000):
        piece = rows[start : start + 4_000]
        cells = [cell for one in piece for cell in one]
        beside.execute(f"INSERT INTO value VALUES {', '.join(['(?, ?)'] * len(piece))}", cells)  # noqa: S608
    ranked = "SELECT agency, avg(number) AS score, rank() OVER (ORDER BY avg(number) DESC) FROM value GROUP BY agency"
    waits = sorted(seconds(lambda: beside.execute(ranked).fetchall()) for _ in range(20))
    peer = Compared("DuckDB, ranking from the values, no page", round(waits[18] * 1000, 1))
    detail = {"agencies": ground.options.agencies, "values": ground.options.agencies * ground.options.indicators}
    return Result("league table: p95", wait, "ms", peer, Compared("allowed", PAGE_MS), detail)


def cards(ground: Ground) -> Result:
    """The card of each agency in turn."""
    names = itertools.cycle(ground.agencies)
    periods = itertools.cycle(period.name for period in ground.periods)
    pages = (f"/evaluation/agency/{name}?period={period}" for name, period in zip(names, periods, strict=False))
    detail = {"indicators": ground.options.indicators, "periods": ground.options.periods}
    return Result(
        "card of an agency: p95", _p95(ground, pages), "ms", limit=Compared("allowed", PAGE_MS), detail=detail
    )


def _p95(ground: Ground, pages: Iterator[str]) -> float:
    def work() -> None:
        path = next(pages)
        answer = ground.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")

    work()
    waits = sorted(_each(work, ground.options.rounds))
    return round(waits[int(len(waits) * 0.95)] * 1000, 1)


def _each(work: Callable[[], None], rounds: int) -> list[float]:
    return [seconds(work) for _ in range(rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agencies", type=int, default=500)
    parser.add_argument("--periods", type=int, default=10)
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--appeals", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=100)
    app, options = application(), parser.parse_args()
    with app.test_request_context():
        ground = prepare(app, options)
        found = list(count(ground))
    with app.test_request_context():
        found += [league(ground), cards(ground)]
    for one in found:
        one.detail["load"] = round(os.getloadavg()[0], 1)
    report("evaluation", found)


if __name__ == "__main__":
    main()
