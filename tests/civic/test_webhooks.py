"""Webhooks: signed, patient, and never pointed inside."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import requests
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery, Webhook
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import notices, outbox, persons, webhooks
from ckanext.opengov.civic.web import outward

pytestmark = pytest.mark.usefixtures("clean_portal")


class Receiver(ThreadingHTTPServer):
    """A system that is told. ``statuses`` are its next answers, 200 when there are none left."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.location = ""
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setitem(config, "opengov.outward.allowed_hosts", [f"127.0.0.1:{server.server_port}"])
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def owner() -> model.User:
    user = model.User.get(factories.User(email="owner@example.kz")["id"])
    assert user
    persons.confirm_address(user)
    model.Session.commit()
    return user


def context(user: model.User) -> dict[str, Any]:
    return {"user": user.name, "ignore_auth": False}


def make(user: model.User, url: str, events: Any = ("dialog.answered",)) -> dict[str, Any]:
    return call_action("webhook_create", context(user), url=url, events=list(events))


def happened(**fields: Any) -> None:
    values = {"entity_type": "appeal", "entity_id": "17", "component": "dialog", "url": "/appeal/17"}
    texts = {"subject": {"en": "Answered"}, "body": {"en": "The agency answered."}}
    notices.notify("dialog.answered", **{**values, **texts, **fields})
    model.Session.commit()


def again() -> None:
    model.Session.query(OutboxMessage).filter(OutboxMessage.done_at.is_(None)).update({"due_at": utc_now()})
    model.Session.commit()
    outbox.drain()


def test_a_delivery_is_signed_over_its_time_and_body(receiver: Receiver, owner: model.User) -> None:
    secret = make(owner, receiver.address)["secret"]
    happened()
    outbox.drain()
    ((headers, body),) = receiver.got
    stamp, _, mark = headers["X-Opengov-Signature"].partition(",v1=")
    expected = hmac.new(secret.encode(), f"{stamp.removeprefix('t=')}.".encode() + body, hashlib.sha256).hexdigest()
    assert mark == expected
    told = json.loads(body)
    assert told["event"] == headers["X-Opengov-Event"] == "dialog.answered"
    assert told["entity_id"] == "17"
    assert told["url"].startswith(config["ckan.site_url"])
    assert told["id"] == headers["X-Opengov-Delivery"]


@pytest.mark.parametrize(
    ("events", "told"),
    [(["*"], True), (["dialog.*"], True), (["dialog.answered"], True), (["budget.*"], False), ([], False)],
)
def test_a_webhook_is_told_of_the_events_that_it_wants(
    receiver: Receiver, owner: model.User, events: list[str], told: bool
) -> None:
    make(owner, receiver.address, events)
    happened()
    outbox.drain()
    assert bool(receiver.got) is told


def test_what_is_not_public_is_told_to_no_system(receiver: Receiver, owner: model.User) -> None:
    make(owner, receiver.address, ["*"])
    happened(to_users=[owner.id])
    outbox.drain()
    assert receiver.got == []


def test_a_webhook_can_follow_one_thing(receiver: Receiver, owner: model.User) -> None:
    hook = make(owner, receiver.address, [])
    wish = {"target_kind": "component", "target_value": "civic", "channel": "webhook", "webhook_id": hook["id"]}
    assert call_action("subscription_create", context(owner), **wish) == {"state": "following"}
    happened(component="civic")
    happened()
    outbox.drain()
    assert len(receiver.got) == 1
    stranger = factories.User()
    with pytest.raises(tk.NotAuthorized):
        call_action("subscription_create", {"user": stranger["name"], "ignore_auth": False}, **wish)


def test_a_failed_delivery_is_tried_again_later_under_the_same_number(receiver: Receiver, owner: model.User) -> None:
    make(owner, receiver.address)
    receiver.statuses = [500]
    happened()
    outbox.drain()
    waiting = model.Session.query(OutboxMessage).filter_by(topic=webhooks.TOPIC).one()
    assert waiting.done_at is None
    assert waiting.due_at > utc_now()
    again()
    first, second = (headers["X-Opengov-Delivery"] for headers, _ in receiver.got)
    assert first == second
    again()
    assert len(receiver.got) == 2, "what was taken is not sent again"


def test_after_too_many_tries_the_webhook_stops_and_its_owner_is_told(
    receiver: Receiver, owner: model.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(config, "opengov.webhooks.attempts", 3)
    monkeypatch.setitem(config, "smtp.server", "127.0.0.1:1")
    hook = make(owner, receiver.address)
    receiver.statuses = [500] * 3
    happened()
    outbox.drain()
    again()
    again()
    stored = model.Session.get(Webhook, hook["id"])
    assert stored
    model.Session.refresh(stored)
    assert stored.disabled_at is not None
    assert stored.failures == 1
    letter = model.Session.query(OutboxMessage).filter_by(topic="mail.send").one()
    assert letter.payload["to"] == "owner@example.kz"
    assert receiver.address in letter.payload["body"]
    happened(key="later")
    outbox.drain()
    assert len(receiver.got) == 3


def test_a_redirect_is_not_followed(receiver: Receiver, owner: model.User) -> None:
    make(owner, receiver.address)
    receiver.statuses, receiver.location = [302], receiver.address.replace("/hook", "/inside")
    happened()
    outbox.drain()
    assert len(receiver.got) == 1
    assert model.Session.query(Delivery).one().sent_at is None


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://10.1.2.3/x",
        "https://172.16.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://224.0.0.1/x",
        "https://240.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[fe80::1]/x",
        "https://[fc00::1]/x",
    ],
)
def test_an_address_inside_is_refused(owner: model.User, url: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        make(owner, url)
    assert "Give a public address" in str(refused.value.error_dict["url"])
    assert model.Session.query(Webhook).count() == 0


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("ftp://example.com/x", "https://"),
        ("example.com", "https://"),
        ("http://93.184.215.14/x", "read along"),
        ("https://name:word@93.184.215.14/x", "password"),
        ("https://no-such-host.invalid/x", "no host"),
    ],
)
def test_a_useless_address_is_refused_with_what_would_be_right(owner: model.User, url: str, word: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        make(owner, url)
    assert word in str(refused.value.error_dict["url"])


def test_a_name_that_turns_inside_later_is_not_reached(
    receiver: Receiver, owner: model.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    answers = ["93.184.215.14", "127.0.0.1"]

    def rebinding(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0) if len(answers) > 1 else answers[0], port))]

    monkeypatch.setitem(config, "opengov.outward.allowed_hosts", [])
    monkeypatch.setattr(outward.socket, "getaddrinfo", rebinding)
    hook = make(owner, f"https://rebinding.example:{receiver.server_port}/x")
    answer = call_action("webhook_test", context(owner), id=hook["id"])
    assert answer == {"ok": False, "status": None, "reason": "the address is inside a network"}
    assert receiver.got == []


def test_the_connection_goes_to_the_address_that_was_checked(receiver: Receiver) -> None:
    with pytest.raises(outward.RefusedConnectionError):
        outward.guard(requests.Session(), seconds=2, allowed=list).get(receiver.address)
    allowed = outward.guard(requests.Session(), seconds=2)
    assert allowed.get(receiver.address).status_code == 200


def test_the_test_button_says_what_the_receiver_answered(receiver: Receiver, owner: model.User) -> None:
    hook = make(owner, receiver.address)
    assert call_action("webhook_test", context(owner), id=hook["id"]) == {"ok": True, "status": 200, "reason": None}
    receiver.statuses = [404]
    assert call_action("webhook_test", context(owner), id=hook["id"])["reason"] == "status 404"


def test_only_an_owner_with_a_confirmed_address_has_webhooks(receiver: Receiver, owner: model.User) -> None:
    hook = make(owner, receiver.address)
    stranger = {"user": factories.User()["name"], "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized, match="/user/levels"):
        call_action("webhook_create", dict(stranger), url=receiver.address, events=["*"])
    for action in ("webhook_delete", "webhook_test"):
        with pytest.raises(tk.NotAuthorized):
            call_action(action, dict(stranger), id=hook["id"])
    assert call_action("webhook_list", dict(stranger)) == []
    (listed,) = call_action("webhook_list", context(owner))
    assert "secret" not in listed
    call_action("webhook_delete", context(owner), id=hook["id"])
    assert model.Session.query(Webhook).count() == 0


@pytest.mark.parametrize("events", [["<script>"], "DROP TABLE", [1], [f"a.e{n}" for n in range(60)]])
def test_names_that_are_no_events_are_refused(receiver: Receiver, owner: model.User, events: Any) -> None:
    with pytest.raises(tk.ValidationError):
        call_action("webhook_create", context(owner), url=receiver.address, events=events)
