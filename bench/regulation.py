"""Draft acts and their comments: bringing acts in, an act's page, the comments at a part, posting one, grouping, the
whole discussion as a file. The redline and the report's files have benchmarks of their own.

Runs in the test twin, which it empties: ``./opengov bench regulation [--acts 150000] [--comments 100000] [--others
400000] [--parts 1000] [--rounds 100]``: so many archived acts, one act of so many parts with so many comments, 94 of
100 nearly the same, and comments on the other acts. No HTTP cache stands before the portal.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import os
import random
import resource
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any, cast

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.tests import factories
from ckan.types import CKANApp
from ckanext.opengov import factories as opengov
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import bulk
from ckanext.opengov.civic.service.discussion import clusters, threads
from ckanext.opengov.civic.service.discussion.threads import Subject
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service import exporting, moving, showing

from bench.dialog import Times, call, get, text, timed
from bench.discussion import COLUMNS, texts
from bench.packages import generated
from bench.report import Compared, Result, report, seconds
from bench.twin import application, emptied

DATASETS = 200
PIECE = 5_000
# Milliseconds, and seconds for the groups.
ALLOWED = {"page": 200, "comments": 100, "posting": 250, "grouping": 60}


@dataclass
class Ground:
    """What all measurements share; ``agencies``, ``context`` and ``client`` as bench.dialog's helpers want them."""

    context: Any
    client: Any
    agencies: list[str]
    datasets: list[str]
    chance: random.Random
    options: argparse.Namespace


def prepare(app: CKANApp, context: Any, options: argparse.Namespace) -> Ground:
    """Agencies, and data sets for the peer."""
    chance = random.Random(20261124)  # noqa: S311 - the same texts in every run
    groups = [model.Group(name=f"agency-{one}", title=f"Agency {one}", type="organization") for one in range(100)]
    for group in groups:
        group.is_organization = True
    model.Session.add_all(groups)
    model.Session.commit()
    names = [group.name for group in groups]
    packages = bulk.require_valid(
        bulk.validate(context, "dataset", [generated(number, groups[0].id) for number in range(DATASETS)])
    )
    rows = bulk.insert(packages, model.User.by_name(context["user"]).id)
    model.Session.commit()
    bulk.index(context, "dataset", rows)
    return Ground(context, app.test_client(), names, [row["name"] for row in rows], chance, options)


def cards(ground: Ground, first: int, count: int) -> str:
    """Cards of an archive, each with a short text in both languages."""
    chance = ground.chance
    return json.dumps(
        [
            {
                "id": str(number),
                "title": {language: text(chance, language, 10).splitlines()[0] for language in ("kk", "ru")},
                "agency": chance.choice(ground.agencies),
                "kind": chance.choice(("law", "decree", "order", "local_decision")),
                "state": chance.choice(("report", "adopted", "withdrawn")),
                "date": f"{chance.randrange(2016, 2026)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}",
                "text": {"ru": f"Статья 1. {text(chance, 'ru', 20)}", "kk": f"1-бап. {text(chance, 'kk', 20)}"},
            }
            for number in range(first, first + count)
        ],
        ensure_ascii=False,
    )


def fill(ground: Ground) -> Result:
    """Bring the archive by ``draft_act_archive_import``, with validation, journal and index."""
    wall = cpu = 0.0
    number = ground.options.acts
    for start in range(0, number, PIECE):
        content = cards(ground, start, min(PIECE, number - start))
        begun, used = perf_counter(), process_time()
        wish = {"source": "bench", "format": "json", "content": content}
        made = tk.get_action("draft_act_archive_import")(tk.fresh_context(ground.context), wish)
        wall, cpu = wall + perf_counter() - begun, cpu + process_time() - used
        if made["bad_count"]:
            raise RuntimeError(f"not brought in: {made['bad'][:1]}")
    _analyze("opengov_regulation_act", "opengov_regulation_part", "opengov_regulation_version", "package")
    detail = {"acts": number, "cpu_ms_each": round(cpu / max(number, 1) * 1000, 2)}
    return Result("bringing in with index", round(number / wall, 1), "acts/s", detail=detail)


def _analyze(*tables: str) -> None:
    for name in tables:
        model.Session.execute(sa.text(f"ANALYZE {name}"))
    model.Session.commit()


def large_act(ground: Ground) -> DraftAct:
    """One act in discussion with so many parts."""
    agency = opengov.Agency()
    publisher = opengov.officer(agency["id"], "regulation", Role.PUBLISHER)["name"]
    parts = {
        language: [
            {"kind": "article", "number": str(number), "heading": "", "text": text(ground.chance, language, 30)}
            for number in range(1, ground.options.parts + 1)
        ]
        for language in ("kk", "ru")
    }
    given = {"owner_org": agency["id"], "kind": "law", "title": {"kk": "Үлкен", "ru": "Большой"}, "parts": parts}
    made = tk.get_action("draft_act_create")({"user": publisher}, given)
    tk.get_action("draft_act_transition")({"user": publisher}, {"id": made["id"], "event": "announce"})
    moving.advance()
    return showing.find(made["id"])


def comment(ground: Ground, act: DraftAct, number: int, parts: int) -> list[str]:
    """Load comments by COPY; half of them at the first part, as a campaign comes.

    :returns: the threads
    """
    written = texts(number, ground.chance)
    eids = [f"art_{one}" for one in range(1, parts + 1)]
    places = [eids[0] if ground.chance.random() < 0.5 else ground.chance.choice(eids) for _ in written]
    known = {eid: threads.find_or_create(Subject("draft_act", act.id, eid), act.agency_id) for eid in set(places)}
    model.Session.commit()
    rows, now = io.StringIO(), utc_now().isoformat()
    writer = csv.writer(rows)
    remarks: list[tuple[str, str]] = []
    for (words, _letter), eid in zip(written, places, strict=True):
        identity = str(uuid.uuid4())
        state = ("[]", "public", now, now, 0, 0, 0, False)
        writer.writerow((identity, known[eid].id, "somebody", "comment", "ru", words, words, *state))
        remarks.append((identity, eid))
    _copy("opengov_comment", COLUMNS, rows)
    out = io.StringIO()
    writer = csv.writer(out)
    ids = [one for one, _eid in remarks]
    query = sa.text("SELECT id::text, position FROM opengov_comment WHERE id = ANY(CAST(:ids AS uuid[]))")
    position = {row[0]: row[1] for row in model.Session.execute(query, {"ids": ids})}
    for identity, eid in remarks:
        writer.writerow((identity, act.id, position[identity], 1, 1, eid, "remark", "citizen", "ru", eid, "same"))
    columns = ("comment_id", "package_id", "position", "version", "discussion", "eid", "kind", "channel", "language")
    _copy("opengov_regulation_remark", (*columns, "place", "mark"), out)
    model.Session.execute(
        sa.text(
            "UPDATE opengov_thread AS thread SET comments_public ="
            " (SELECT count(*) FROM opengov_comment WHERE thread_id = thread.id) WHERE entity_id = :act"
        ),
        {"act": act.id},
    )
    model.Session.commit()
    return [one.id for one in known.values()]


def _copy(table: str, columns: tuple[str, ...], rows: io.StringIO) -> None:
    rows.seek(0)
    connection: Any = model.Session.connection().connection
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN CSV", rows)
    model.Session.commit()


def sizes(options: argparse.Namespace) -> dict[str, Any]:
    """How much there is, for each result."""
    return {"acts": options.acts, "comments": options.comments, "parts": options.parts}


def grouped(ground: Ground, thread_ids: list[str]) -> Result:
    """The groups of similar comments of the large act, from nothing."""
    took = seconds(lambda: [clusters.group_ungrouped(one) for one in thread_ids])
    limit = Compared("allowed", ALLOWED["grouping"])
    return Result("grouping of all comments", round(took, 1), "s", limit=limit, detail=sizes(ground.options))


def exported(act: DraftAct, size: dict[str, Any]) -> Result:
    """The large act's discussion as a file."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = perf_counter()
    letters = sum(len(piece) for piece in exporting.stream(act, "https://example.org/act"))
    took = perf_counter() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    detail = {**size, "characters": letters, "memory_grown_mb": grown}
    return Result("the whole discussion as JSON:API", round(took, 2), "s", detail=detail)


def measure(ground: Ground, number: str, token: str) -> Iterator[Result]:
    """The large act as its readers and writers meet it; what bench.dialog asks for fits this ground too."""
    rounds, chance, here = ground.options.rounds, ground.chance, cast(Any, ground)

    def result(name: str, allowed: str, times: Times, peer: str = "", other: Times | None = None) -> Result:
        detail = {**sizes(ground.options), "cpu_ms": times.cpu, "load": round(os.getloadavg()[0], 1)}
        compared = Compared(peer, other.p95) if other else None
        return Result(f"{name}: p95", times.p95, "ms", compared, Compared("allowed", ALLOWED[allowed]), detail)

    names, pages = (
        itertools.cycle(ground.datasets),
        itertools.cycle((f"/draft-act/{number}", f"/ru/draft-act/{number}")),
    )
    dataset = timed(get(here, (f"/dataset/{one}" for one in names)), rounds)
    page = timed(get(here, pages), rounds)
    yield result("page of the act with counts per part", "page", page, "page /dataset/<name>", dataset)
    places = itertools.cycle(f"art_{one}" for one in range(1, min(50, ground.options.parts)))
    wish = ({"id": number, "place": one, "grouped": True, "sort": "newest"} for one in places)
    yield result("comments of a part", "comments", timed(call(here, "draft_act_comment_list", wish), rounds))
    yield result("page /draft-acts", "page", timed(get(here, itertools.repeat("/draft-acts")), rounds))
    said = (
        {"id": number, "eid": next(places), "text": text(chance, "ru", 30), "language": "ru"} for _ in itertools.count()
    )
    post = timed(call(here, "draft_act_comment_create", said, token), rounds)
    yield result("a comment posted", "posting", post)


def results(options: argparse.Namespace) -> Iterator[Result]:
    app = application()
    with app.test_request_context():
        ground = prepare(app, emptied(), options)
        yield fill(ground)
        others = large_act(ground)
        comment(ground, others, options.others, 1)
        act = large_act(ground)
        thread_ids = comment(ground, act, options.comments, options.parts)
        _analyze("opengov_comment", "opengov_thread", "opengov_regulation_remark")
        token = factories.APIToken(user=opengov.citizen()["name"])["token"]
        act = showing.find(act.id)
        yield grouped(ground, thread_ids)
        yield exported(act, sizes(options))
        number = act.number
    # Outside: a request within a request would be the outer one's visitor.
    yield from measure(ground, number, token)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=150_000)
    parser.add_argument("--comments", type=int, default=100_000, help="on the large act")
    parser.add_argument("--others", type=int, default=400_000, help="comments on another act")
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=100)
    found = []
    for one in results(parser.parse_args()):
        print(f"{one.name}: {one.value} {one.unit}", file=sys.stderr, flush=True)
        found.append(one)
    report("regulation", found)


if __name__ == "__main__":
    main()
