"""What the tests of pages with figures share: appeals with known days, ratings, and the count of statements."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role

from tests.dialog.appeals import ANSWER, act, citizen, officer, write

COLUMNS = ("id", "text", "category", "date", "agency", "answer", "answer_date")


def bring(agency: str, days: list[int | None], *, topic: str = "roads", first: int = 0) -> None:
    """Appeals to an agency of 1 October 2026, answered after so many days; None for those without an answer."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for number, taken in enumerate(days, first):
        row = {"id": f"{agency}-{number}", "text": f"Обращение {number} о ремонте дороги.", "category": topic}
        row |= {"date": "2026-10-01", "agency": agency}
        if taken is not None:
            row |= {"answer": f"Ответ {number} по существу.", "answer_date": f"2026-10-{1 + taken:02d}"}
        writer.writerow(row)
    report = act("appeal_import", factories.Sysadmin()["name"], source="old", content=out.getvalue())
    assert report["created"] == len(days)


def rate(agency: str, solved: list[bool]) -> None:
    """Answered appeals of as many citizens, each with the best marks, solved or not."""
    author, head = citizen(), officer(agency, Role.HEAD)
    for number, is_solved in enumerate(solved):
        filed = write(author, agency, subject=f"Заявление номер {number}")["number"]
        act("appeal_take", head, number=filed)
        act("appeal_answer", head, number=filed, text=ANSWER, acknowledged=["copy"])
        act("appeal_rate", author, number=filed, speed=5, solved=is_solved)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements of the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def table(body: str) -> list[dict[str, str]]:
    """The rows of a CSV file as it is sent."""
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))
