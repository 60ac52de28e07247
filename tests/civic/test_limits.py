"""Too often is answered with status 429, the seconds to wait and a sentence, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckanext.opengov.civic.service import limits

pytestmark = pytest.mark.usefixtures("clean_portal")


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(config, "opengov.limits.enabled", True)
    forget()
    yield
    forget()


def forget() -> None:
    redis = connect_to_redis()
    for key in redis.scan_iter("LIMITS*"):
        redis.delete(key)


def spend(name: str, times: int, **who: Any) -> None:
    for _ in range(times):
        limits.check(name, **who)


def test_a_person_is_counted_by_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.comment", "3/minute;100/day")
    spend("comment", 3, user_id="a")
    with pytest.raises(limits.RateLimited) as refused:
        limits.check("comment", user_id="a")
    assert 0 < refused.value.seconds <= 60
    limits.check("comment", user_id="b")
    limits.check("vote", user_id="a")


def test_many_people_may_share_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.comment", "2/minute")
    monkeypatch.setitem(config, "opengov.limits.address_factor", 3)
    for person in ("a", "b", "c"):
        spend("comment", 2, user_id=person, address="203.0.113.5")
    with pytest.raises(limits.RateLimited):
        limits.check("comment", user_id="d", address="203.0.113.5")


def test_a_visitor_is_counted_by_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.subscribe", "2/hour")
    spend("subscribe", 2, address="203.0.113.5")
    with pytest.raises(limits.RateLimited):
        limits.check("subscribe", address="203.0.113.5")
    limits.check("subscribe", address="203.0.113.6")


def test_an_empty_limit_limits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.vote", "")
    spend("vote", 50, user_id="a")


def test_a_wrong_limit_stops_the_start_and_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.check_settings()
    monkeypatch.setitem(config, "opengov.limits.vote", "many")
    with pytest.raises(ValueError, match=r"opengov\.limits\.vote is “many”"):
        limits.check_settings()


def test_without_redis_nobody_is_shut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.vote", "1/day")
    monkeypatch.setitem(config, "ckan.redis.url", "redis://127.0.0.1:1/0")
    spend("vote", 3, user_id="a")


def test_redis_holds_neither_names_nor_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.vote", "9/day")
    spend("vote", 1, user_id="somebody", address="203.0.113.5")
    keys = " ".join(key.decode() for key in connect_to_redis().scan_iter("LIMITS*"))
    assert keys
    assert "somebody" not in keys
    assert "203.0.113.5" not in keys


# --- as requests see it


def subscribe(app: Any, prefix: str = "", address: str = "203.0.113.7") -> Any:
    wish = {"target_kind": "component", "target_value": "civic", "email": "a@example.kz"}
    headers = {"X-Forwarded-For": address}
    return app.post(f"{prefix}/api/3/action/subscription_create", json=wish, headers=headers, status=None)


@pytest.fixture
def two_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.subscribe", "2/hour")


@pytest.mark.usefixtures("two_an_hour")
def test_the_api_answers_429_with_json(app: Any) -> None:
    assert [subscribe(app).status_code for _ in range(2)] == [200, 200]
    answer = subscribe(app, "/en")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.json["success"] is False
    assert answer.json["error"]["__type"] == "Too Many Requests"
    assert answer.json["error"]["message"].startswith("That was too often. Try again in")
    assert answer.json["error"]["retry_after"] == int(answer.headers["Retry-After"])


@pytest.mark.usefixtures("two_an_hour")
def test_a_page_answers_429_with_a_sentence_in_the_visitors_language(app: Any) -> None:
    form = {"kind": "component", "value": "civic", "email": "a@example.kz"}
    for prefix, words in (("/en", "That was too often"), ("/ru", "Слишком часто"), ("", "Тым жиі")):
        for _ in range(3):
            answer = app.post(f"{prefix}/notices/subscribe", data=form, status=None)
        assert answer.status_code == 429
        assert words in answer.body
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("two_an_hour")
def test_only_the_last_hop_counts_as_the_address(app: Any) -> None:
    for number in range(2):
        subscribe(app, address=f"10.0.0.{number}, 203.0.113.9")
    assert subscribe(app, address="1.2.3.4, 203.0.113.9").status_code == 429


def test_signing_in_is_limited_by_the_account_that_is_tried(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.signin", "3/minute")
    factories.User(name="target", password="correct-horse")
    for number in range(3):
        form = {"login": "target", "password": f"guess-{number}"}
        answer = app.post("/en/user/login", data=form, headers={"X-Forwarded-For": f"203.0.113.{number}"})
        assert answer.status_code == 200
    form = {"login": "Target", "password": "correct-horse"}
    answer = app.post("/en/user/login", data=form, headers={"X-Forwarded-For": "203.0.113.99"}, status=None)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_a_mailbox_is_not_filled_from_many_addresses(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.register", "3/hour")
    form = {"email": "victim@example.kz", "fullname": "V"}
    statuses = [
        app.post("/en/user/register", data=form, headers={"X-Forwarded-For": f"203.0.113.{n}"}, status=None).status_code
        for n in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]


def test_the_portals_own_calls_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.limits.subscribe", "1/hour")
    for number in range(3):
        wish = {"target_kind": "component", "target_value": "civic", "email": f"{number}@example.kz"}
        tk.get_action("subscription_create")({"ignore_auth": True}, wish)
