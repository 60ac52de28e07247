"""An officer's workplace with 1,000 open tasks of a component, uncached: the page and the action API.

Once with tasks of a bare table, once with those of open dialogue among twenty times as many appeals that have ended.
Runs in the test twin: ``./opengov bench workplace [--number 1000]``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.plugins import core
from ckan.tests import factories
from ckan.types import CKANApp
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, tasks, workplace
from ckanext.opengov.civic.tasks import TaskQuery
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service import tasks as dialogue

from bench.report import Compared, Result, report, seconds
from bench.twin import application, emptied
from tests.civic import tasks_component
from tests.civic.tasks_component import TABLE, JobsPlugin

AGENCIES = 5
ROUNDS = 100
TARGET = 250.0
# So many ended appeals stand beside each open one.
ENDED = 20


def fill(number: int) -> dict[str, Any]:
    """An officer of five agencies, and the tasks that wait there."""
    chance = random.Random(20261124)  # noqa: S311 - the same tasks in every run
    officer = factories.UserWithToken()
    places = [factories.Organization()["id"] for _ in range(AGENCIES)]
    day = officers.today()
    officers.grant([officers.Grant(officer["id"], place, "jobs", Role.AUTHOR, day) for place in places], officer["id"])
    rows = [
        {
            "id": f"{one:06}",
            "kind": chance.choice(("job", "letter")),
            "title": f"Task {one} of the benchmark, with a title of the usual length of such titles",
            "agency_id": chance.choice(places),
            "due_at": utc_now() + dt.timedelta(hours=chance.randint(-200, 800)) if chance.random() < 0.9 else None,
            "assignee": officer["id"] if chance.random() < 0.3 else None,
            "done": False,
        }
        for one in range(number)
    ]
    model.Session.execute(TABLE.insert(), rows)
    model.Session.commit()
    model.Session.execute(sa.text(f"ANALYZE {TABLE.name}"))
    model.Session.commit()
    return officer


def fill_dialogue(number: int) -> dict[str, Any]:
    """A head of five agencies, the appeals that wait there, and those that were answered before."""
    chance = random.Random(20261124)  # noqa: S311 - the same tasks in every run
    officer = factories.UserWithToken()
    places = [factories.Organization()["id"] for _ in range(AGENCIES)]
    day = officers.today()
    roles = (Role.HEAD, Role.AUTHOR, Role.MODERATOR)
    wanted = [officers.Grant(officer["id"], place, "dialog", role, day) for place in places for role in roles]
    officers.grant(wanted, officer["id"])
    rows = [_appeal(one, chance, places, one < number) for one in range(number * (ENDED + 1))]
    for start in range(0, len(rows), 5_000):
        model.Session.execute(sa.insert(Appeal), rows[start : start + 5_000])
    model.Session.commit()
    model.Session.execute(sa.text(f"ANALYZE {Appeal.__tablename__}"))
    model.Session.commit()
    return officer


def _appeal(one: int, chance: random.Random, places: list[str], is_open: bool) -> dict[str, Any]:
    now = utc_now()
    came = now - dt.timedelta(days=chance.randint(0, 20) if is_open else chance.randint(20, 900))
    text = f"Appeal {one} of the benchmark. " * 20
    return {
        "id": f"bench-appeal-{one:07}",
        "number": f"2026-{one:07}-0",
        "agency_id": chance.choice(places),
        "kind": "complaint",
        "topic": "roads",
        "language": "ru",
        "subject_original": text[:60],
        "subject_public": text[:60],
        "text_original": text,
        "text_public": text,
        "findings": [],
        "pauses": [],
        "state": chance.choice(("registered", "in_work", "in_work")) if is_open else "closed",
        "visibility": "pending" if is_open and chance.random() < 0.2 else "public",
        "registered_at": came,
        "month": came.date().replace(day=1),
        "term_from": came.date(),
        "extra_days": 0,
        "due_at": came + dt.timedelta(days=15) if is_open else None,
        "draft": text if chance.random() < 0.2 else None,
        "forwards": 0,
        "returns": 0,
    }


def p95(work: Callable[[], Any]) -> float:
    work()
    times = sorted(seconds(work) for _ in range(ROUNDS))
    return round(times[int(ROUNDS * 0.95)] * 1000, 1)


def count_statements(work: Callable[[], Any], table: str = TABLE.name) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(model.ensure_engine(), "before_cursor_execute", note)
    work()
    sa.event.remove(model.ensure_engine(), "before_cursor_execute", note)
    return sum(f"{table} " in one or f"{table}\n" in one for one in seen)


def reader(app: CKANApp, officer: dict[str, Any]) -> Callable[[str], Callable[[], None]]:
    """How an officer reads a page."""
    client = app.test_client()
    headers = {"Authorization": officer["token"]}

    def get(path: str) -> Callable[[], None]:
        def work() -> None:
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")

        return work

    return get


def measure_dialogue(app: CKANApp, officer: dict[str, Any], number: int) -> list[Result]:
    get = reader(app, officer)
    with app.test_request_context():
        query = TaskQuery(officer["id"], "dialog", utc_now(), workplace.held_by(officer["id"]), limit=51)
        statement = p95(lambda: dialogue.waiting(query))
    bare = Compared("the component's statement alone", statement)
    page = get("/workplace")
    detail = {
        "appeals": number * (ENDED + 1),
        "open": number,
        "target_ms": TARGET,
        "statements_on_the_table": count_statements(page, Appeal.__tablename__),
    }
    return [
        Result("open dialogue, the page /workplace: p95", p95(page), "ms", limit=bare, detail=detail),
        Result("open dialogue, the page, overdue only: p95", p95(get("/workplace?overdue=true")), "ms"),
        Result(
            "open dialogue, workplace_task_list: p95", p95(get("/api/action/workplace_task_list")), "ms", limit=bare
        ),
    ]


def measure(app: CKANApp, officer: dict[str, Any], number: int) -> list[Result]:
    get = reader(app, officer)
    query = TaskQuery(officer["id"], "jobs", utc_now(), everywhere=True, limit=51)
    statement = p95(lambda: tasks.answer(sa.select(TABLE), query, lambda row: row.id))
    page = get("/workplace")
    bare = Compared("the component's statement alone", statement)
    detail = {"tasks": number, "target_ms": TARGET, "statements_on_the_table": count_statements(page)}
    return [
        Result("the page /workplace: p95", p95(page), "ms", limit=bare, detail=detail),
        Result("the page, overdue only: p95", p95(get("/workplace?overdue=true")), "ms"),
        Result("a page of the site without the list (/helpdesk): p95", p95(get("/helpdesk")), "ms"),
        Result("workplace_task_list: p95", p95(get("/api/action/workplace_task_list")), "ms", limit=bare),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=1_000)
    number = parser.parse_args().number
    app = application()
    # A component of this run only, which no package's entry points name.
    core._PLUGINS_SERVICE["opengov_jobs"] = JobsPlugin(name="opengov_jobs")
    with tasks_component.table():
        with app.test_request_context():
            officer = fill(number)
        found = measure(app, officer, number)
        with app.test_request_context():
            emptied()
            officer = fill_dialogue(number)
        found += measure_dialogue(app, officer, number)
        report("workplace", found)


if __name__ == "__main__":
    main()
