"""A change and what follows from it are one commit; the following is done once, whatever dies in between."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
import time
from typing import Any

import ckan.model as model
import pytest
from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import outbox

from tests.civic.example_component import TOPIC, ExamplePlugin, with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    ExamplePlugin.seen.clear()


def add(**payload: Any) -> int:
    message = outbox.add(TOPIC, payload)
    model.Session.commit()
    return message.id


def row(message_id: int) -> OutboxMessage:
    model.Session.expire_all()
    found = model.Session.get(OutboxMessage, message_id)
    assert found
    return found


def test_a_row_of_a_change_that_was_rolled_back_never_existed() -> None:
    outbox.add(TOPIC, {"n": 1})
    model.Session.rollback()
    assert outbox.drain() == 0
    assert ExamplePlugin.seen == []


def test_a_row_is_done_once() -> None:
    message = add(n=1)
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert ExamplePlugin.seen == [{"n": 1}]
    assert row(message).done_at is not None


def test_a_failure_is_tried_again_later_and_blocks_nobody() -> None:
    failing = add(n=1, fail=1)
    add(n=2)
    outbox.drain()
    assert ExamplePlugin.seen == [{"n": 2}]
    waiting = row(failing)
    assert waiting.done_at is None
    assert waiting.error == "ConnectionError"
    assert waiting.due_at > utc_now() + dt.timedelta(seconds=5)
    waiting.due_at = utc_now()
    model.Session.commit()
    outbox.drain()
    assert [payload["n"] for payload in ExamplePlugin.seen] == [2, 1]


def test_a_topic_without_handler_waits_for_its_component() -> None:
    message = outbox.add("nobody.knows", {})
    model.Session.commit()
    outbox.drain()
    assert row(message.id).done_at is None


def test_without_redis_the_change_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "ckan.redis.url", "redis://127.0.0.1:1/0")
    message = add(n=1)
    monkeypatch.undo()
    assert connect_to_redis().ping()
    outbox.drain()
    assert row(message).done_at is not None


def test_two_workers_share_the_rows_and_do_none_twice() -> None:
    for number in range(120):
        outbox.add(TOPIC, {"n": number})
    model.Session.commit()

    def work() -> None:
        outbox.drain()
        model.Session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(payload["n"] for payload in ExamplePlugin.seen) == list(range(120))


def test_a_handler_may_do_many_rows_at_once_and_a_bad_one_among_them_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[list[int]] = []

    def handle(message: Any) -> None:
        taken = [payload["n"] for payload in outbox.take_along(message, 3)]
        if 2 in taken:
            raise ConnectionError("not this one")
        done.append(taken)

    monkeypatch.setattr(ExamplePlugin, "handle", staticmethod(handle))
    numbers = [add(n=number) for number in range(1, 5)]
    outbox.drain()
    assert done == [[3, 4]]
    for number in numbers[:2]:
        row(number).due_at = utc_now()
        model.Session.commit()
    outbox.drain()
    assert done == [[3, 4], [1]]
    assert [row(number).done_at is not None for number in numbers] == [True, False, True, True]


VICTIM = """
import sys, time, psycopg2
connection = psycopg2.connect(sys.argv[1])
connection.cursor().execute("SELECT id FROM opengov_outbox WHERE done_at IS NULL FOR UPDATE")
print("holds", flush=True)
time.sleep(60)
"""


def test_a_killed_worker_loses_nothing() -> None:
    message = add(n=1)
    command = [sys.executable, "-c", VICTIM, config["sqlalchemy.url"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout
        assert victim.stdout.readline() == "holds\n"
        assert outbox.drain() == 0
        victim.kill()
    until = time.monotonic() + 10
    while not outbox.drain() and time.monotonic() < until:
        time.sleep(0.1)
    assert ExamplePlugin.seen == [{"n": 1}]
    assert row(message).done_at is not None


def test_rows_done_long_ago_are_forgotten() -> None:
    message = add(n=1)
    outbox.drain()
    row(message).done_at = utc_now() - dt.timedelta(days=40)
    model.Session.commit()
    assert outbox.forget_done() == 1
