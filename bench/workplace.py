"""An officer's workplace with 1,000 open tasks of a component, uncached: the page and the action API.

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
from ckanext.opengov.civic.service import officers, tasks
from ckanext.opengov.civic.tasks import TaskQuery

from bench.report import Compared, Result, report, seconds
from bench.twin import application
from tests.civic import tasks_component
from tests.civic.tasks_component import TABLE, JobsPlugin

AGENCIES = 5
ROUNDS = 100
TARGET = 250.0


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


def p95(work: Callable[[], Any]) -> float:
    work()
    times = sorted(seconds(work) for _ in range(ROUNDS))
    return round(times[int(ROUNDS * 0.95)] * 1000, 1)


def count_statements(work: Callable[[], Any]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(model.ensure_engine(), "before_cursor_execute", note)
    work()
    sa.event.remove(model.ensure_engine(), "before_cursor_execute", note)
    return sum(TABLE.name in one for one in seen)


def measure(app: CKANApp, officer: dict[str, Any], number: int) -> list[Result]:
    client = app.test_client()
    headers = {"Authorization": officer["token"]}

    def get(path: str) -> Callable[[], Any]:
        def work() -> None:
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")

        return work

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
        report("workplace", measure(app, officer, number))


if __name__ == "__main__":
    main()
