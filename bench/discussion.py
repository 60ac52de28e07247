"""One discussion with 100,000 comments, 94 of 100 nearly the same: reading, writing, grouping, export.

Runs in the test twin's databases: ``./opengov bench discussion [--number 100000]``.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.tests import factories
from ckan.types import CKANApp
from ckanext.opengov.civic import plugin
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service import persons
from ckanext.opengov.civic.service.discussion import clusters, export, listing, similarity, threads
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink, Sort
from datasketch import MinHash, MinHashLSH

from bench.report import Compared, Result, report, seconds
from bench.twin import application

TYPE = "bench_topic"
DUPLICATES = 0.94
LETTERS = 60
PAGE = 20
DEEP = 900
VOCABULARY = (
    "жоба талқылау тұрғын аула жол мектеп бюджет сквер қала ауыл су жарық көлік емхана баға есеп шешім өтінім "
    "проект обсуждение житель двор дорога школа бюджет сквер город село вода свет транспорт поликлиника цена "
    "отчёт решение заявка прошу сұраймын против қарсы нужен керек пересмотреть қарау срок мерзім закон заң "
    "стандарт"
)
WORDS = VOCABULARY.split()
COLUMNS = (
    "id",
    "thread_id",
    "author_id",
    "kind",
    "language",
    "text_original",
    "text_public",
    "findings",
    "state",
    "created_at",
    "published_at",
    "votes_for",
    "votes_against",
    "reply_count",
    "stands_for_group",
)


def texts(number: int, chance: random.Random) -> list[tuple[str, int | None]]:
    """Texts with the number of the letter that they are a copy of: an ending is added, a word left out."""
    letters = [" ".join(chance.choices(WORDS, k=40)) for _ in range(LETTERS)]
    found: list[tuple[str, int | None]] = []
    for one in range(number):
        if chance.random() >= DUPLICATES:
            found.append((f"{' '.join(chance.choices(WORDS, k=30))} {one}", None))
            continue
        letter = chance.randrange(LETTERS)
        words = letters[letter].split()
        if chance.random() < 0.5:
            del words[chance.randrange(len(words))]
        found.append((f"{' '.join(words)}. {chance.choice(WORDS)} {one % 997}", letter))
    return found


def fill(thread_id: str, written: list[tuple[str, int | None]], chance: random.Random) -> None:
    """Load the comments by COPY."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    now = utc_now().isoformat()
    for text, _letter in written:
        votes = (chance.randrange(200), chance.randrange(50))
        writer.writerow(
            (
                uuid.uuid4(),
                thread_id,
                "somebody",
                "comment",
                "ru",
                text,
                text,
                "[]",
                "public",
                now,
                now,
                *votes,
                0,
                False,
            )
        )
    rows.seek(0)
    connection: Any = model.Session.connection().connection
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY opengov_comment ({', '.join(COLUMNS)}) FROM STDIN CSV", rows)
    model.Session.get_one(Thread, thread_id).comments_public = len(written)
    model.Session.commit()
    model.Session.execute(sa.text("ANALYZE opengov_comment"))
    model.Session.commit()


def p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)] * 1000, 2)


def timed(work: Callable[[], Any], number: int) -> list[float]:
    times = []
    for _ in range(number):
        model.Session.expunge_all()
        times.append(seconds(work))
    return times


def grouping(thread_id: str, written: list[tuple[str, int | None]]) -> Result:
    """Grouping all of them, and how many copies of a letter stand in the group of most of its copies."""
    took = seconds(lambda: clusters.group_ungrouped(thread_id))
    groups = model.Session.scalars(sa.select(Comment.cluster_id).order_by(Comment.position)).all()
    by_letter: dict[int, Counter[int]] = {}
    strangers = 0
    for (_text, letter), group in zip(written, groups, strict=True):
        if letter is not None:
            by_letter.setdefault(letter, Counter())[group or 0] += 1
    main_groups = {counter.most_common(1)[0][0] for counter in by_letter.values()}
    for (_text, letter), group in zip(written, groups, strict=True):
        strangers += letter is None and group in main_groups
    copies = sum(counter.total() for counter in by_letter.values())
    together = sum(counter.most_common(1)[0][1] for counter in by_letter.values())
    return Result(
        "grouping",
        round(took, 1),
        "s",
        peer=Compared("datasketch's own index in memory, lost when the process ends", round(in_memory(written), 1)),
        detail={
            "comments": len(written),
            "groups": len(set(groups)),
            "copies_with_their_letter_percent": round(100 * together / copies, 2),
            "others_with_a_letter": strangers,
        },
    )


def in_memory(written: list[tuple[str, int | None]]) -> float:
    """The peer, as its documentation has it: ask the index for the text, add the text."""
    start = perf_counter()
    index = MinHashLSH(threshold=similarity.THRESHOLD, num_perm=similarity.PERMUTATIONS)
    for number, (text, _letter) in enumerate(written[: len(written) // 10]):
        minhash = MinHash(num_perm=similarity.PERMUTATIONS)
        minhash.update_batch([part.encode() for part in similarity.shingles(text)])
        index.query(minhash)
        index.insert(number, minhash)
    # A tenth of the texts: its answers grow with the copies, so ten times its time is less than it would take.
    return (perf_counter() - start) * 10


def pages(thread_id: str) -> Iterator[Result]:
    """The first page and the nine-hundredth, in each order; beside them OFFSET, as a page number would have it."""
    for sort, grouped in ((Sort.NEWEST, False), (Sort.OLDEST, False), (Sort.SUPPORTED, False), (Sort.NEWEST, True)):
        first = listing.Wanted(thread_id, sort=sort, grouped=grouped, limit=PAGE)
        cursor = None
        for _ in range(DEEP - 1):
            found = listing.page(replace(first, cursor=cursor))
            if found.next is None:
                break
            cursor = found.next
        deep = replace(first, cursor=cursor)
        order = {Sort.NEWEST: "position DESC", Sort.OLDEST: "position", Sort.SUPPORTED: "support DESC, position DESC"}
        offset = sa.text(
            f"SELECT * FROM opengov_comment WHERE thread_id = :thread ORDER BY {order[sort]}"  # noqa: S608 - ours
            f" LIMIT {PAGE} OFFSET {(DEEP - 1) * PAGE}"
        )
        peer = p95(timed(lambda: model.Session.execute(offset, {"thread": thread_id}).all(), 20))  # noqa: B023
        name = f"page of the list, {sort}{', grouped' if grouped else ''}: p95"
        detail = {"first_page_ms": p95(timed(lambda: listing.page(first), 100)), "page": DEEP}  # noqa: B023
        value = p95(timed(lambda: listing.page(deep), 100))  # noqa: B023
        yield Result(name, value, "ms", peer=Compared("OFFSET", peer), detail=detail)


def requests(app: CKANApp, thread_id: str, token: str, chance: random.Random) -> Iterator[Result]:
    """Through the action API, as a browser's or a system's request comes."""
    client = app.test_client()

    def call(action: str, data: dict[str, Any]) -> dict[str, Any]:
        answer = client.post(f"/api/action/{action}", json=data, headers={"Authorization": token})
        if answer.status_code != 200:
            raise RuntimeError(f"{action}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
        return answer.get_json()["result"]

    subject = {"entity_type": TYPE, "entity_id": "1"}
    new = iter([text for text, _letter in texts(300, chance)])
    times = timed(lambda: call("comment_create", {**subject, "text": next(new), "language": "ru"}), 300)
    yield Result(
        "posting a comment: p95",
        p95(times),
        "ms",
        limit=Compared("nothing but the row, committed", bare_insert(thread_id)),
    )
    first = call("comment_list", subject)["comments"]
    others = listing.page(listing.Wanted(thread_id, sort=Sort.OLDEST, limit=100)).comments
    votes = iter([one.id for one in others])
    yield Result("voting: p95", p95(timed(lambda: call("comment_vote", {"id": next(votes), "value": 1}), 100)), "ms")
    yield Result(
        "comment_list: p95", p95(timed(lambda: call("comment_list", subject), 100)), "ms", detail={"shown": len(first)}
    )


def bare_insert(thread_id: str) -> float:
    """The limit: the row without a check, a counter, a journal entry."""
    insert = sa.text(
        f"INSERT INTO opengov_comment ({', '.join(COLUMNS)}) VALUES (gen_random_uuid(), :thread, 'somebody', 'comment',"  # noqa: S608
        " 'ru', 'text', 'text', '[]', 'spam', now(), NULL, 0, 0, 0, false)"
    )

    def write() -> None:
        model.Session.execute(insert, {"thread": thread_id})
        model.Session.commit()

    return p95(timed(write, 100))


def whole_export(thread_id: str) -> Result:
    """All of it as CSV; beside it the same rows by PostgreSQL's COPY."""
    sizes = []
    took = seconds(lambda: sizes.append(sum(len(part) for part in export.stream(thread_id, "csv"))))
    out = io.StringIO()

    def copy() -> None:
        connection: Any = model.Session.connection().connection
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT * FROM opengov_comment ORDER BY position) TO STDOUT CSV", out)

    number = model.Session.scalar(sa.select(sa.func.count()).select_from(Comment)) or 0
    limit = Compared("COPY", round(number / seconds(copy)))
    return Result("export as CSV", round(number / took), "rows/s", limit=limit, detail={"characters": sizes[0]})


def author() -> str:
    """The token of somebody who may write."""
    user = factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, user["id"]))
    model.Session.commit()
    return user["token"]


@contextmanager
def discussed() -> Iterator[None]:
    """A type that is discussed, for as long as this runs; its rows are taken away before and after."""
    rules = DiscussionRules(
        link=lambda number: EntityLink(f"Topic {number}", "/", "agency"),
        premoderation=False,
        readable=lambda _user, _entity: True,
    )
    plugin.MANIFEST = replace(plugin.MANIFEST, discussion={TYPE: rules})
    forget()
    try:
        yield
    finally:
        model.Session.rollback()
        forget()


def forget() -> None:
    for table in ("comment_vote", "comment_band", "comment_cluster", "comment", "thread"):
        model.Session.execute(sa.text(f"TRUNCATE opengov_{table}"))
    model.Session.commit()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=100_000)
    number = parser.parse_args().number
    chance = random.Random(20261124)  # noqa: S311 - the same texts in every run
    app = application()
    with discussed():
        token = author()
        thread_id = threads.find_or_create(threads.Subject(TYPE, "1"), "agency").id
        written = texts(number, chance)
        fill(thread_id, written, chance)
        results = [grouping(thread_id, written)]
        model.Session.execute(sa.text("ANALYZE opengov_comment"))
        model.Session.commit()
        results += [*pages(thread_id), *requests(app, thread_id, token, chance), whole_export(thread_id)]
    report("discussion", results)


if __name__ == "__main__":
    main()
