"""Two pushes at once, readers during pushes, and pushes that are killed: old rows or new ones, never half."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers
from ckanext.opengov.data.service.push import database, receipts

from tests.data.test_push import SCHEMA, TITLES

pytestmark = pytest.mark.usefixtures("clean_portal")

NUMBER = 300
# A push in a process of its own: it tells when it is in the middle, and waits there for its end.
VICTIM = """
import io, json, sys
from ckan.common import config
config["ckan.datastore.write_url"] = sys.argv[1]
config["ckan.datastore.sqlalchemy.pool_pre_ping"] = False
from ckanext.opengov.data.service import structure
from ckanext.opengov.data.service.push import merge, receipts, run, source

def stop(*arguments, **more):
    print("here", flush=True)
    sys.stdin.read()

class Slow(io.BytesIO):
    def read(self, size=-1):
        piece = super().read(size)
        return piece if piece else stop() or b""

place, resource_id = sys.argv[2:4]
rows = Slow(sys.argv[4].encode()) if place == "reading" else io.BytesIO(sys.argv[4].encode())
if place == "merging":
    merge.note_size = stop
if place == "committing":
    receipts.finish = stop
opening = receipts.Opening(resource_id, "upsert", dry_run=False, accept_valid=False)
run.push(run.Order(opening, structure.parse(json.loads(sys.argv[5]))), source.Source(rows, most_bytes=1 << 30))
"""


# A process that makes a child for each push: the child may be killed, and the next one need not load everything anew.
PUSHER = """
import io, json, os, sys
from ckan.common import config
config["ckan.datastore.write_url"] = sys.argv[1]
config["ckan.datastore.sqlalchemy.pool_pre_ping"] = False
from ckanext.opengov.data.service import structure
from ckanext.opengov.data.service.push import receipts, run, source

parsed = structure.parse(json.loads(sys.argv[3]))
for line in sys.stdin:
    child = os.fork()
    if not child:
        rows, mode = json.loads(line)
        opening = receipts.Opening(sys.argv[2], mode, dry_run=False, accept_valid=False)
        run.push(run.Order(opening, parsed), source.Source(io.BytesIO(rows.encode()), most_bytes=1 << 30))
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


def content(value):
    return "code,pupils,opened\n" + "".join(f"k{n},{value},\n" for n in range(NUMBER))


def push(resource_id, rows, **more):
    return helpers.call_action("data_push", resource_id=resource_id, upload=io.BytesIO(rows.encode()), **more)


def seen(resource_id):
    """What a reader who counts sees at one moment: the values there are, and how many rows."""
    with database.transaction() as cursor:
        cursor.execute(f'SELECT array_agg(DISTINCT pupils), count(*) FROM public."{resource_id}"')
        return cursor.fetchone()


@pytest.fixture
def resource_id(agency):
    order = {"agency": agency["id"], "external_id": "x", "title_translated": TITLES, "schema": SCHEMA}
    resource_id = helpers.call_action("data_dataset_register", **order)["resource_id"]
    push(resource_id, content(0))
    return resource_id


class TestReaders:
    def test_never_see_half_of_a_push(self, resource_id):
        found, stop = set(), threading.Event()

        def look():
            while not stop.is_set():
                values, count = seen(resource_id)
                found.add((tuple(values), count))

        reader = threading.Thread(target=look)
        reader.start()
        try:
            for value in range(1, 16):
                push(resource_id, content(value), mode="replace" if value % 2 else "upsert")
        finally:
            stop.set()
            reader.join()
        assert all(len(values) == 1 and count == NUMBER for values, count in found)
        assert len(found) > 2


class TestReadersDuringKills:
    PUSHES, KILLS = 50, 20

    def test_a_reader_never_sees_half_of_fifty_pushes_of_which_twenty_are_killed(self, resource_id):
        found, stop = set(), threading.Event()

        def look():
            while not stop.is_set():
                values, count = seen(resource_id)
                found.add((tuple(values), count))

        reader = threading.Thread(target=look)
        reader.start()
        try:
            self.push_all(resource_id)
        finally:
            stop.set()
            reader.join()
        assert all(len(values) == 1 and count == NUMBER for values, count in found)
        with database.connection() as raw, raw.cursor() as cursor:
            assert database.lock(cursor, resource_id, 10)
        receipts.bury_killed()
        states = [one["state"] for one in receipts.newest(resource_id, 100)]
        assert set(states) == {"done", "interrupted"}
        # A push that was killed before its receipt, or after its end, was none or was done.
        assert states.count("done") > self.PUSHES - self.KILLS
        assert push(resource_id, content(9999))["changed"] == NUMBER

    def push_all(self, resource_id):
        chance = random.Random(6)
        killed = set(chance.sample(range(5, self.PUSHES), self.KILLS))
        address = tk.config["ckan.datastore.write_url"]
        command = [sys.executable, "-c", PUSHER, address, resource_id, json.dumps(SCHEMA)]
        pipe, folder = subprocess.PIPE, Path(__file__).parents[2]
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=folder) as pusher:
            usual = 0.2
            for number in range(1, self.PUSHES + 1):
                began = time.perf_counter()
                pusher.stdin.write(json.dumps([content(number), "replace" if number % 2 else "upsert"]) + "\n")
                pusher.stdin.flush()
                child = int(pusher.stdout.readline())
                if number in killed:
                    time.sleep(chance.uniform(0.3, 1) * usual)
                    # It may be over already; its parent has not waited for it longer than for the line below.
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                assert pusher.stdout.readline() == "over\n"
                if number not in killed:
                    usual = time.perf_counter() - began
            pusher.stdin.close()


class TestTwoAtOnce:
    def test_the_second_is_refused_when_it_may_not_wait(self, resource_id):
        with database.connection() as raw, raw.cursor() as cursor:
            assert database.lock(cursor, resource_id, 1)
            with pytest.raises(tk.ValidationError) as raised:
                push(resource_id, content(1), wait=0)
        assert "under way" in raised.value.error_dict["resource_id"][0]
        assert push(resource_id, content(1), wait=0)["changed"] == NUMBER

    def test_else_it_waits_and_finds_what_the_first_left(self, resource_id):
        with database.connection() as raw, raw.cursor() as cursor:
            database.lock(cursor, resource_id, 1)
            answers = []
            second = threading.Thread(target=lambda: answers.append(_pushed(resource_id, content(5))))
            second.start()
            cursor.execute(f'UPDATE public."{resource_id}" SET pupils = 5')
            raw.commit()
        second.join()
        assert answers == [NUMBER]


def _pushed(resource_id, rows):
    from ckanext.opengov.data.service import structure
    from ckanext.opengov.data.service.push import run, source

    opening = receipts.Opening(resource_id, "upsert", dry_run=False, accept_valid=False)
    order = run.Order(opening, structure.parse(SCHEMA))
    return run.push(order, source.Source(io.BytesIO(rows.encode()), most_bytes=1 << 30))["same"]


class TestKill:
    def test_old_rows_stand_and_the_receipt_says_so(self, resource_id):
        """One after the other, at three places; the next push takes what the killed one left."""
        for value, place in enumerate(("reading", "merging", "committing"), 1):
            before = seen(resource_id)
            victim = self.start(place, resource_id, content(value))
            assert victim.stdout.readline() == "here\n", victim.stderr.read()
            running = receipts.newest(resource_id, 1)[0]
            assert receipts.get(running["id"])["state"] == "running"
            os.kill(victim.pid, signal.SIGKILL)
            victim.wait()
            self.wait_for_the_database(resource_id)
            assert seen(resource_id) == before
            shown = helpers.call_action("data_push_receipt_show", id=running["id"])
            assert shown["state"] == "interrupted"
            assert "Send the same content again" in shown["message"]
            assert push(resource_id, content(value))["changed"] == NUMBER

    def start(self, place, resource_id, rows):
        address = tk.config["ckan.datastore.write_url"]
        command = [sys.executable, "-c", VICTIM, address, place, resource_id, rows, json.dumps(SCHEMA)]
        pipe = subprocess.PIPE
        folder = Path(__file__).parents[2]
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=folder)

    def wait_for_the_database(self, resource_id):
        """Until the server has noticed that its client is gone."""
        with database.connection() as raw, raw.cursor() as cursor:
            assert database.lock(cursor, resource_id, 10)
