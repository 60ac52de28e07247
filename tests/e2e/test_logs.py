"""What people write stands in no log file: the live twin takes good and bad input over HTTP, and its logs are read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.model as model
import pytest
import requests
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import persons

from stack.layout import Layout
from tests.e2e.conftest import Country
from tests.portal.canaries import Canary, leaks, plant, sentence


@contextmanager
def written_logs() -> Iterator[dict[str, str]]:
    """What the services write to their log files meanwhile: those of the twin, and those that all share."""
    layout = Layout.from_environment()
    name = layout.testing.name
    shared = ("postgres", "redis", "solr", "supervisord")
    paths = [*layout.logs.glob(f"{name}-*.log"), *layout.logs.glob(f"nginx-{name}.*")]
    paths += [layout.logs / f"{one}.log" for one in shared]
    before = {path: path.stat().st_size for path in paths if path.exists()}
    found: dict[str, str] = {}
    yield found
    found |= {path.name: _after(path, size) for path, size in before.items()}


def _after(path: Path, size: int) -> str:
    with path.open("rb") as log:
        # Supervisor may have turned the log over.
        log.seek(size if path.stat().st_size >= size else 0)
        return log.read().decode(errors="replace")


def wait_for_the_worker() -> None:
    """Every outbox row was tried once: done, or put off with a warning."""
    untried = sa.select(sa.func.count()).where(OutboxMessage.done_at.is_(None), OutboxMessage.attempts == 0)
    until = time.monotonic() + 60
    while model.Session.scalar(untried):
        model.Session.remove()
        assert time.monotonic() < until
        time.sleep(0.2)
    model.Session.remove()


@pytest.fixture
def citizen(country: Country) -> dict[str, str]:
    """The headers of a person with a confirmed address."""
    user = factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, user["id"]))
    model.Session.commit()
    return {"Authorization": user["token"]}


def test_no_log_file_has_what_people_wrote(country: Country, citizen: dict[str, str]) -> None:
    canaries = plant("live")
    text = sentence(canaries)
    appeal: dict[str, Any] = {
        "agency": country.agency["id"],
        "kind": "complaint",
        "language": "ru",
        "subject": f"Пособие для {canaries['iin'].value}",
        "text": text,
    }
    statuses = []

    def post(action: str, data: dict[str, Any]) -> None:
        answer = requests.post(f"{country.url}/api/3/action/{action}", json=data, headers=citizen, timeout=60)
        statuses.append(answer.status_code)

    with written_logs() as logs:
        post("appeal_create", appeal)
        for wrong in (
            {"kind": text},
            {"language": text},
            {"text": text * 200},
            {"text": f"{text}\0"},
            {"agency": text},
        ):
            post("appeal_create", {**appeal, "subject": f"Другое обращение {canaries['phone'].value}", **wrong})
        post("appeal_create", {**appeal, "attachments": [{"name": f"{text}.exe", "content": text}]})
        post("privacy_scan", {"text": text, "language": "ru"})
        post("draft_save", {"form_key": "x", "data": {"text": [text]}, "title": text[:100]})
        post("comment_create", {"entity_type": text[:40], "entity_id": text, "text": text})
        post("person_register", {"email": canaries["email"].value, "fullname": "Тест", "language": "ru"})
        requests.get(f"{country.url}/dataset/", params={"q": text}, timeout=60)
        requests.get(f"{country.url}/dataset/", params={"q": f'"{text}', "sort": text}, timeout=60)
        requests.get(f"{country.url}/api/3/action/package_search", params={"q": text, "fq": f"{text}:("}, timeout=60)
        wait_for_the_worker()
    assert statuses[0] == 200
    assert all(status < 500 for status in statuses)
    wanted: list[Canary] = list(canaries.values())
    lines = [f"{name}: {line}" for name, text in logs.items() for line in text.splitlines()]
    assert [line for line in lines if leaks(line, wanted)] == []
