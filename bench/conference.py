"""A thousand watchers of one live conference: ``./opengov bench conference [--watchers 1000] [--seconds 20]``.

The test twin runs as the portal does, with its web server and nginx. Each watcher keeps one connection and asks for
the live part every three seconds, half of them signed in; half-way one answer is published. Then a few connections
ask as fast as they can. All on loopback, so client and servers share the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import re
import resource
import time
from collections import Counter
from dataclasses import dataclass, field

import ckan.model as model
from ckan.tests import factories
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.dialog.service.conferences import moving, questions

from bench.report import Compared, Result, report
from bench.twin import application
from stack import services
from stack.layout import Layout

PERIOD = 3
ANSWERS = 50
FAST = 32
FAST_SECONDS = 5
TEXT = "Жөндеу келесі айда басталады, аула мен балалар алаңы қоса жасалады. " * 8
# These made nginx ask CKAN; HIT and UPDATING did not.
REACHED = ("MISS", "EXPIRED", "STALE", "BYPASS", "REVALIDATED")
_AFTER = re.compile(rb"after=(\d+)")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_CACHE = re.compile(rb"x-cache: (\w+)", re.IGNORECASE)


@dataclass
class Seen:
    """What the watchers saw."""

    cache: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    waits: list[float] = field(default_factory=list)
    # When each watcher had the answer that was published half-way.
    news: list[float] = field(default_factory=list)


def prepare(count: int) -> tuple[str, str]:
    """A live conference with answers; its id and the id of a question that waits for one."""
    agency = factories.Organization()["id"]
    actor = factories.Sysadmin()["id"]
    values = {
        "title": {"kk": "Аулаларды жөндеу", "ru": "Ремонт дворов"},
        "intro": {},
        "speakers": [{"name": "Баяндамашы", "position": {}, "user_id": None}],
        "starts_at": utc_now() + dt.timedelta(hours=1),
    }
    conference = moving.create(values, agency, actor)
    for event in ("announce", "collect", "start"):
        moving.transition(conference.id, event, actor)
    question = ""
    for number in range(count + 1):
        asked = questions.Asked(actor, f"Сұрақ {number}: біздің ауланы қашан жөндейді?", "kk")
        question = questions.ask(conference.id, asked).id
        questions.moderate(question, questions.Decision("public"), actor)
        if number < count:
            questions.answer(question, 1, TEXT, "kk", actor)
    model.Session.commit()
    return conference.id, question


async def fetch(stream: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str, cookie: str, seen: Seen) -> bytes:
    """One request on a connection that stays open; its body."""
    reader, writer = stream
    start = time.perf_counter()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\n{cookie}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    if not length:
        while (size := int(await reader.readline(), 16)) > 0:
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    seen.waits.append(time.perf_counter() - start)
    cache = _CACHE.search(head)
    seen.cache[cache[1].decode() if cache else "none"] += 1
    seen.bad += b" 200 " not in head.split(b"\r\n", 1)[0] or b"set-cookie" in head.lower()
    return body


async def watch(port: int, path: str, number: int, count: int, until: float, seen: Seen) -> None:
    """One watcher, who begins at a moment of their own."""
    await asyncio.sleep((number % 1000) / 1000 * PERIOD)
    stream = await asyncio.open_connection("127.0.0.1", port)
    cookie = f"Cookie: opengov_session_test=watcher-{number}\r\n" if number % 2 else ""
    after = count
    while time.perf_counter() < until:
        body = await fetch(stream, f"{path}?after={after}", cookie, seen)
        found = _AFTER.search(body)
        if found and int(found[1]) > after:
            after = int(found[1])
            seen.news.append(time.perf_counter())
        await asyncio.sleep(PERIOD)
    stream[1].close()


async def hurry(port: int, path: str, until: float, seen: Seen) -> None:
    """One connection that never waits."""
    stream = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        await fetch(stream, path, "", seen)
    stream[1].close()


async def crowd(port: int, path: str, options: argparse.Namespace, question: str) -> tuple[Seen, float, float]:
    """All watchers; what they saw, when the answer was published, and how long it took."""
    seen, start = Seen(), time.perf_counter()
    until = start + options.seconds
    tasks = [asyncio.create_task(watch(port, path, number, ANSWERS, until, seen)) for number in range(options.watchers)]
    await asyncio.sleep(options.seconds / 2)
    published = await asyncio.to_thread(publish, question)
    await asyncio.gather(*tasks)
    return seen, published, time.perf_counter() - start


def publish(question: str) -> float:
    """The answer that all wait for; when it was committed."""
    questions.answer(question, 1, TEXT, "kk", "bench")
    model.Session.commit()
    return time.perf_counter()


async def fast(port: int, path: str) -> tuple[Seen, float]:
    """As many requests as nginx and this client manage together."""
    seen, start = Seen(), time.perf_counter()
    await asyncio.gather(*(hurry(port, path, start + FAST_SECONDS, seen) for _ in range(FAST)))
    return seen, time.perf_counter() - start


def results(options: argparse.Namespace) -> list[Result]:
    """Start the twin, watch, stop it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, options.watchers * 2 + 200)), hard))
    layout = Layout.from_environment()
    with application().test_request_context():
        conference, question = prepare(ANSWERS)
        programs = [one for one in services.programs(layout, layout.testing) if one.name.endswith(("web", "nginx"))]
        services.start(layout, programs)
        try:
            path = f"/conference/{conference}/live"
            seen, published, spent = asyncio.run(crowd(layout.testing.port, path, options, question))
            rush, rush_spent = asyncio.run(fast(layout.testing.port, f"{path}?after={ANSWERS}"))
        finally:
            services.stop(layout, programs)
    most = Result(
        "requests through nginx, as fast as the client asks",
        round(sum(rush.cache.values()) / rush_spent, 1),
        "requests/s",
        detail={"cache": dict(rush.cache), "reached_ckan": sum(rush.cache[name] for name in REACHED)},
    )
    return [*figures(options, seen, published, spent), most]


def figures(options: argparse.Namespace, seen: Seen, published: float, spent: float) -> list[Result]:
    """What the crowd's run says."""
    waits = sorted(seen.waits)
    total, reached = len(waits), sum(seen.cache[name] for name in REACHED)
    late = max(seen.news) - published if seen.news else 0.0
    detail = {"watchers": options.watchers, "requests": total, "bad": seen.bad, "cache": dict(seen.cache)}
    return [
        Result("watchers' requests", round(total / spent, 1), "requests/s", detail=detail),
        Result("requests that reached CKAN", reached, "requests", limit=Compared("one a second", spent)),
        Result("watcher's wait, p95", round(1000 * waits[int(total * 0.95)], 1), "ms"),
        Result("last watcher has the new answer after", round(late, 2), "s", detail={"have_it": len(seen.news)}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watchers", type=int, default=1000, choices=range(1, 2001), metavar="1…2000")
    parser.add_argument("--seconds", type=int, default=20, choices=range(6, 121), metavar="6…120")
    report("conference", results(parser.parse_args()))


if __name__ == "__main__":
    main()
