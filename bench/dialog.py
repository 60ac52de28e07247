"""Appeals at 2,000, 20,000 and 200,000: bringing them in, the list, the search, a page, the statistics, filing.

Runs in the test twin, which it empties: ``./opengov bench dialog [--sizes 2000,20000,200000] [--rounds 100]``. Each
size goes on from the one before. Every request differs from the last, and no HTTP cache stands before the portal. A
machine that does other work as well makes waits longer; so the CPU time of this process stands beside each.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import itertools
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.tests import factories
from ckan.types import CKANApp, Context
from ckanext.opengov.civic.service import bulk, persons
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import importing, words

from bench.packages import STOCK, create_by_stock, generated
from bench.report import Compared, Result, report, seconds
from bench.twin import application, emptied

AGENCIES = 500
DATASETS = 200
PIECE = 5_000
DAYS = 1_500
# Milliseconds.
ALLOWED = {"list": 150, "page": 120, "statistics": 150, "filing": 300}
SENTENCES = {
    "ru": (
        "жители двора просят отремонтировать дорогу освещение улица остановка автобус школа очередь поликлиника запись "
        "врач отопление батареи холодные подрядчик акимат ответ срок заявка участок земля вода давление мусор вывоз "
        "детский сад место пенсия справка центр обслуживания интернет связь село район квартал подъезд лифт парк полив "
        "деревья шум стройка разрешение проверка светофор переход тротуар яма снег уборка техника график тариф счёт"
    ),
    "kk": (
        "тұрғындар аула жолды жөндеуді сұраймыз жарық көше аялдама автобус мектеп кезек емхана жазылу дәрігер жылу "
        "батарея суық мердігер әкімдік жауап мерзім өтінім учаске жер су қысым қоқыс шығару балабақша орын зейнетақы "
        "анықтама орталық қызмет интернет байланыс ауыл аудан тоқсан кіреберіс лифт саябақ суару ағаштар шу құрылыс "
        "рұқсат тексеру бағдаршам өткел жаяужол шұңқыр қар тазалау техника кесте тариф шот"
    ),
}
VOCABULARY = {language: text.split() for language, text in SENTENCES.items()}


@dataclass
class Ground:
    """What all sizes share: who is asked, and what to ask for."""

    context: Context
    client: Any
    token: str
    agencies: list[str]
    datasets: list[str]
    chance: random.Random
    rounds: int


def prepare(app: CKANApp, context: Context, rounds: int) -> Ground:
    """Agencies, a citizen with a confirmed address, and data sets for the peers."""
    chance = random.Random(20261124)  # noqa: S311 - the same texts in every run
    groups = [
        model.Group(name=f"agency-{number}", title=f"Мемлекеттік орган {number}", type="organization")
        for number in range(AGENCIES)
    ]
    for group in groups:
        group.is_organization = True
    model.Session.add_all(groups)
    citizen = factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, citizen["id"]))
    model.Session.commit()
    names = [group.name for group in groups]
    packages = bulk.require_valid(
        bulk.validate(context, "dataset", [generated(number, groups[0].id) for number in range(DATASETS)])
    )
    rows = bulk.insert(packages, model.User.by_name(context.get("user", "")).id)
    model.Session.commit()
    bulk.index(context, "dataset", rows)
    return Ground(context, app.test_client(), citizen["token"], names, [one["name"] for one in rows], chance, rounds)


def text(chance: random.Random, language: str, size: int = 70) -> str:
    """A letter of about the length of a real one."""
    found = chance.choices(VOCABULARY[language], k=size)
    sentences = [" ".join(found[start : start + 10]).capitalize() + "." for start in range(0, size, 10)]
    return f"{sentences[0]}\n{' '.join(sentences[1:])} {chance.randrange(10**6)}"


def table(ground: Ground, first: int, count: int) -> str:
    """The other portal's table: two thirds are answered."""
    chance, topics = ground.chance, list(words.topics())
    today = dt.datetime.now(dt.UTC).date()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(importing.COLUMNS)
    for number in range(first, first + count):
        language = chance.choice(("kk", "ru"))
        day = today - dt.timedelta(days=chance.randrange(DAYS))
        answered = chance.random() < 2 / 3
        answer = text(chance, language, 40) if answered else ""
        until = min(today, day + dt.timedelta(days=chance.randrange(1, 30))).isoformat() if answered else ""
        agency = chance.choice(ground.agencies)
        writer.writerow((number, text(chance, language), chance.choice(topics), day, agency, answer, until))
    return out.getvalue()


def fill(ground: Ground, first: int, size: int, stock: float) -> Result:
    """Bring appeals in by ``appeal_import``, with validation, masking, journal, figures and index."""
    wall = cpu = 0.0
    for start in range(first, size, PIECE):
        content = table(ground, start, min(PIECE, size - start))
        begun, used = perf_counter(), process_time()
        made = tk.get_action("appeal_import")(tk.fresh_context(ground.context), {"source": "bench", "content": content})
        wall, cpu = wall + perf_counter() - begun, cpu + process_time() - used
        if made["bad_count"]:
            raise RuntimeError(f"not brought in: {made['bad'][:1]}")
    for name in ("opengov_dialog_appeal", "opengov_dialog_answer", "opengov_journal", "package", "member"):
        model.Session.execute(sa.text(f"ANALYZE {name}"))
    model.Session.commit()
    count = size - first
    detail = {
        "appeals": size,
        "required": 100,
        "cpu_ms_each": round(cpu / count * 1000, 2),
        "per_second_of_cpu": round(count / cpu, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    peer = Compared("package_create, one dataset after the other", round(1 / stock, 1))
    return Result("bringing in with index", round(count / wall, 1), "appeals/s", peer, detail=detail)


@dataclass
class Times:
    """p95 of waits, and the mean CPU time of this process, in milliseconds."""

    p95: float
    cpu: float


def timed(work: Callable[[], Any], rounds: int) -> Times:
    work()
    used = process_time()
    waits = sorted(seconds(work) for _ in range(rounds))
    cpu = (process_time() - used) / rounds
    return Times(round(waits[int(rounds * 0.95)] * 1000, 1), round(cpu * 1000, 1))


def get(ground: Ground, paths: Iterator[str]) -> Callable[[], None]:
    """Each call asks for the next page, as a visitor without an account."""

    def work() -> None:
        path = next(paths)
        answer = ground.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")

    return work


def call(ground: Ground, action: str, data: Iterator[dict[str, Any]], token: str = "") -> Callable[[], None]:
    """Each call sends the next data to the action API."""
    headers = {"Authorization": token} if token else {}

    def work() -> None:
        answer = ground.client.post(f"/api/action/{action}", json=next(data), headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{action}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")

    return work


def queries(chance: random.Random) -> Iterator[str]:
    """Two words that somebody looks for."""
    while True:
        yield " ".join(chance.choices(VOCABULARY[chance.choice(("kk", "ru"))], k=2))


def stock_search(chance: random.Random, kind: str) -> Iterator[dict[str, Any]]:
    fields = ["organization", "topic", "region", "appeal_state"] if kind == "appeal" else ["organization", "tags"]
    for words_ in queries(chance):
        yield {"q": words_, "fq": f"dataset_type:{kind}", "facet.field": json.dumps(fields), "rows": 20}


def lists(ground: Ground) -> Iterator[str]:
    """The list as visitors leave it: narrowed by one filter or two."""
    topics = list(words.topics())
    while True:
        yield f"/appeal/?topic={ground.chance.choice(topics)}&agency={ground.chance.choice(ground.agencies)}"
        yield f"/appeal/?agency={ground.chance.choice(ground.agencies)}"
        yield f"/appeal/?topic={ground.chance.choice(topics)}"
        # Of these there are few, or none: the list must not look through all appeals for them.
        yield "/appeal/?state=withdrawn"
        yield "/appeal/?kind=opinion"
        yield "/appeal/"


def letters(ground: Ground) -> Iterator[dict[str, Any]]:
    while True:
        language = ground.chance.choice(("kk", "ru"))
        written = text(ground.chance, language)
        yield {
            "agency": ground.chance.choice(ground.agencies),
            "kind": "complaint",
            "topic": "roads",
            "language": language,
            "subject": written.splitlines()[0][:100],
            "text": written,
        }


def measure(ground: Ground, size: int) -> Iterator[Result]:
    """The same questions at every size; beside each what CKAN does with its own."""
    chance, rounds = ground.chance, ground.rounds
    wanted = sa.select(Appeal.number).where(Appeal.visibility == "public").order_by(sa.func.md5(Appeal.number))
    numbers = itertools.cycle(model.Session.scalars(wanted.limit(rounds * 3)).all())
    names = itertools.cycle(ground.datasets)
    topics = list(words.topics())
    search = timed(call(ground, "package_search", stock_search(chance, "appeal")), rounds)
    dataset = timed(get(ground, (f"/dataset/{one}" for one in names)), rounds)
    datasets = timed(get(ground, (f"/dataset/?q={one}" for one in queries(chance))), rounds)
    show = timed(call(ground, "package_show", ({"id": one} for one in names)), rounds)

    def result(name: str, allowed: str, times: Times, peer: str = "", other: Times | None = None) -> Result:
        detail = {"appeals": size, "cpu_ms": times.cpu, "load": round(os.getloadavg()[0], 1)}
        if other:
            detail["peer_cpu_ms"] = other.cpu
        compared = Compared(peer, other.p95) if other else None
        limit = Compared("allowed", ALLOWED[allowed])
        return Result(f"{name}: p95", times.p95, "ms", compared, limit, detail)

    of_appeals = "package_search with the same facets over the appeals"
    yield result("list /appeal", "list", timed(get(ground, lists(ground)), rounds), "page /dataset?q=", datasets)
    found = timed(get(ground, (f"/appeal/?q={one}" for one in queries(chance))), rounds)
    yield result("search /appeal?q=", "list", found, "page /dataset?q=", datasets)
    listed = call(ground, "appeal_list", ({"agency": chance.choice(ground.agencies)} for _ in itertools.count()))
    yield result("appeal_list", "list", timed(listed, rounds), of_appeals, search)
    page = timed(get(ground, (f"/appeal/{one}" for one in numbers)), rounds)
    yield result("page /appeal/<number>", "page", page, "page /dataset/<name>", dataset)
    shown = timed(call(ground, "appeal_show", ({"number": one} for one in numbers)), rounds)
    yield result("appeal_show", "page", shown, "package_show", show)
    figures = itertools.cycle([f"/dialog/statistics/?topic={one}" for one in topics] + ["/dialog/statistics/"])
    yield result("page /dialog/statistics", "statistics", timed(get(ground, figures), rounds))
    groups = itertools.cycle(("agency", "topic", "region", "month"))
    counted = call(ground, "appeal_statistics", ({"group": one} for one in groups))
    yield result("appeal_statistics", "statistics", timed(counted, rounds))
    typed = call(ground, "appeal_similar", ({"text": text(chance, "ru", 30)} for _ in itertools.count()))
    yield result("appeal_similar", "list", timed(typed, rounds))
    filed = timed(call(ground, "appeal_create", letters(ground), ground.token), rounds)
    yield result("filing", "filing", filed, "package_create", _created(ground))


def _created(ground: Ground) -> Times:
    packages = (generated(number, ground.agencies[0]) for number in itertools.count())
    return timed(call(ground, "package_create", packages, factories.SysadminWithToken()["token"]), ground.rounds)


def results(options: argparse.Namespace) -> Iterator[Result]:
    app = application()
    with app.test_request_context():
        ground = prepare(app, emptied(), options.rounds)
    for before, size in itertools.pairwise([0, *options.sizes]):
        with app.test_request_context():
            stock = seconds(lambda: create_by_stock(ground.context, ground.agencies[0])) / STOCK
            yield fill(ground, before, size, stock)
        yield from measure(ground, size)


def sizes(value: str) -> list[int]:
    """:raises ValueError: for anything but growing numbers"""
    found = [int(one) for one in value.split(",")]
    if found != sorted(set(found)) or found[0] < 1:
        raise ValueError(value)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=sizes, default=[2_000, 20_000, 200_000], help="growing, with commas")
    parser.add_argument("--rounds", type=int, default=100)
    found = []
    for one in results(parser.parse_args()):
        # The large sizes take long: whoever waits sees how far it is.
        print(f"{one.detail['appeals']:>7} {one.name}: {one.value} {one.unit}", file=sys.stderr, flush=True)
        found.append(one)
    report("dialog", found)


if __name__ == "__main__":
    main()
