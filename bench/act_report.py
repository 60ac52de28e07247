"""The report on one large discussion as files: ``./opengov bench act_report [--comments 100000] [--parts 1000]``.

Runs in the test twin, which it empties. Every comment has an answer; the rows come from the tables as the page sends
them. PostgreSQL's own COPY of the same columns stands beside it.
"""

from __future__ import annotations

import argparse
import random
import resource
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO, cast

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service import clock, reporting, showing
from ckanext.opengov.regulation.service.report.streams import STREAMS

from bench.regulation import comment, large_act
from bench.report import Compared, Result, report
from bench.twin import application, emptied

ALLOWED_SECONDS, ALLOWED_MEGABYTES = 20, 200
_COPY = """
    COPY (SELECT remark.place, remark.comment_id, remark.kind, remark.channel, comment.text_public, response.outcome,
                 response.reason, comment.votes_for, comment.votes_against
            FROM opengov_regulation_remark AS remark
            JOIN opengov_comment AS comment ON comment.id = remark.comment_id
            LEFT JOIN opengov_regulation_response AS response ON response.id = remark.response_id
           WHERE remark.package_id = '{act}' ORDER BY remark.place, remark.position) TO STDOUT CSV
"""


def answered(act: DraftAct) -> None:
    """Each of a thousand answers is for every thousandth comment."""
    values = {
        "act": act.id,
        "now": clock.now(),
        "reason": "Срок установлен статьёй 5 закона и не может быть изменён. " * 3,
    }
    model.Session.execute(
        sa.text(
            "INSERT INTO opengov_regulation_response (id, package_id, cluster_id, outcome, reason, language, version,"
            " answered_by, answered_at) SELECT gen_random_uuid(), :act, number, 'not_accepted', :reason, 'ru', 1,"
            " 'somebody', :now FROM generate_series(0, 999) AS number"
        ),
        values,
    )
    model.Session.execute(
        sa.text(
            "UPDATE opengov_regulation_remark AS remark SET response_id = response.id"
            " FROM opengov_regulation_response AS response"
            " WHERE remark.package_id = :act AND response.package_id = :act"
            " AND response.cluster_id = remark.position % 1000"
        ),
        values,
    )
    model.Session.commit()
    for table in ("comment", "regulation_remark", "regulation_response"):
        model.Session.execute(sa.text(f"ANALYZE opengov_{table}"))
    model.Session.commit()


def memory() -> int:
    """What this process has in memory now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024**2


class Counter:
    """A file that only counts."""

    def __init__(self) -> None:
        self.letters = 0

    def write(self, text: str) -> int:
        self.letters += len(text)
        return len(text)


def copied(act: DraftAct) -> float:
    """How long the database alone takes for such rows."""
    connection: Any = model.Session.connection().connection
    begun = perf_counter()
    with connection.cursor() as cursor:
        cursor.copy_expert(_COPY.format(act=act.id), cast(TextIO, Counter()))
    return perf_counter() - begun


def written(act: DraftAct, lines: Callable[[Any], Iterator[str]]) -> tuple[float, int, int]:
    """Seconds, characters, and how much the process grew."""
    before = most = memory()
    letters = 0
    begun = perf_counter()
    whole = replace(reporting.head(act, "ru"), rows=reporting.stream(act, "ru"))
    for number, piece in enumerate(lines(whole)):
        letters += len(piece)
        if number % 100 == 0:
            most = max(most, memory())
    return perf_counter() - begun, letters, most - before


def results(options: argparse.Namespace) -> Iterator[Result]:
    app = application()
    with app.test_request_context():
        chance = random.Random(20261124)  # noqa: S311 - the same texts in every run
        ground: Any = argparse.Namespace(context=emptied(), chance=chance, options=options)
        act = large_act(ground)
        comment(ground, act, options.comments, options.parts)
        act = showing.find(act.id)
        answered(act)
        peer = Compared("COPY of PostgreSQL", round(copied(act), 2))
        for name, (_mimetype, lines) in STREAMS.items():
            took, letters, grown = written(act, lines)
            detail = {"comments": options.comments, "characters": letters, "memory_grown_mb": grown}
            detail |= {"allowed_mb": ALLOWED_MEGABYTES, "copy_s": peer.value}
            limit = Compared("allowed", ALLOWED_SECONDS)
            yield Result(f"report as {name.upper()}", round(took, 2), "s", limit=limit, detail=detail)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--parts", type=int, default=1_000)
    report("act_report", list(results(parser.parse_args())))


if __name__ == "__main__":
    main()
