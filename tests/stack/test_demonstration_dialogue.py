"""The dialogue of the demonstration: letters that read differently, and a way through the portal for each of them."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import pytest
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import persons, privacy
from ckanext.opengov.civic.service.discussion import similarity
from ckanext.opengov.dialog.model.polls import Poll
from ckanext.opengov.dialog.service.appeals import words
from ckanext.opengov.dialog.service.appeals.states import STATES
from ckanext.opengov.dialog.service.polls import life
from sqlalchemy import update
from werkzeug.serving import make_server

from stack.demonstration import letters, mailbox
from stack.demonstration.cast import Cast, citizen, logins, people
from stack.demonstration.parts import agencies as agencies_part
from stack.demonstration.parts import appeals, conclusions, conference, participants, polls, standing
from stack.demonstration.parts.officers import make_user
from stack.demonstration.portal import Portal

TODAY = dt.date(2026, 11, 24)


class TestLetters:
    def test_there_are_three_hundred_appeals_in_both_languages(self):
        found = letters.letters(TODAY)
        planned = appeals.plan()
        assert len(found) + len(planned) == 300
        languages = Counter(one.language for one in found) + Counter(one.fields["language"] for one in planned)
        assert min(languages["kk"], languages["ru"]) > 120
        assert {one.category for one in found} <= set(words.topics())

    def test_no_two_letters_say_the_same(self):
        found = letters.letters(TODAY)
        assert len({one.text for one in found}) == len(found)
        marks = [similarity.signature(one.text) for one in found]
        assert max(similarity.likeness(a, b) for a, b in itertools.combinations(marks, 2)) < 0.85

    def test_no_letter_has_a_gap_or_personal_data(self):
        for one in letters.letters(TODAY):
            assert "{" not in one.subject + one.text + one.answer
            assert privacy.find(one.text) == []
            assert privacy.find(one.answer) == []

    def test_dates_spread_over_the_past_and_some_answers_are_late_or_missing(self):
        found = letters.letters(TODAY)
        days = [dt.date.fromisoformat(one.date[:10]) for one in found]
        assert min(days) < TODAY - dt.timedelta(days=400)
        assert max(days) < TODAY
        waiting = [day for day, one in zip(days, found, strict=True) if not one.answer]
        assert sum(TODAY - day > dt.timedelta(days=30) for day in waiting) > 5
        assert sum(TODAY - day < dt.timedelta(days=14) for day in waiting) > 5
        answered = [dt.date.fromisoformat(one.answer_date[:10]) for one in found if one.answer]
        assert max(answered) <= TODAY

    def test_nobody_writes_more_in_an_hour_than_the_limit_allows(self):
        assert max(Counter(one.by for one in appeals.plan()).values()) <= 5
        assert len(appeals.plan()) <= 50


def test_the_newest_letter_that_confirms_an_address_counts(tmp_path: Path):
    folder = tmp_path / "mail" / "new"
    folder.mkdir(parents=True)
    head = "Delivered-To: a@example.org\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    (folder / "1.eml").write_bytes((head + "https://portal/ru/user/confirm/old-1\r\n").encode())
    (folder / "2.eml").write_bytes((head + "https://portal/user/confirm/new_2\r\n").encode())
    (folder / "3.eml").write_bytes((head + "Сізге жауап келді.\r\n").encode())
    assert mailbox.confirmations(tmp_path) == {"a@example.org": "new_2"}


@pytest.fixture
def portal(app: Any, clean_portal: None, tmp_path: Path) -> Iterator[Portal]:
    """A portal that is served, with its agencies and the people of the dialogue, whose addresses are confirmed."""
    address = urlsplit(config["ckan.site_url"])
    server = make_server(str(address.hostname), int(address.port or 80), app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found = Portal(config["ckan.site_url"], factories.SysadminWithToken()["token"], tmp_path)
    agencies_part.load(found)
    passwords: dict[str, str] = {}
    for login in logins():
        make_user(found, login, passwords)
    for key in people()["citizens"]:
        persons.confirm_address(model.Session.query(model.User).filter_by(name=citizen(key)).one())
    model.Session.commit()
    (tmp_path / "demonstration.users").write_text(json.dumps(passwords))
    yield found
    server.shutdown()
    thread.join()


@pytest.mark.ckan_config("opengov.dialog.mobile_agency", "ministry-of-digital-development")
def test_each_takes_part_as_themselves_and_a_second_run_adds_nothing(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(letters, "NUMBER", 40)
    # One appeal for each way through the states is enough here.
    ways = {tuple(step for step, _said in one.steps): one for one in appeals.plan()}
    monkeypatch.setattr(appeals, "plan", lambda: tuple(ways.values()))
    for _run in range(2):
        assert participants.load(portal) == []
        assert polls.load(portal) == []
        assert appeals.load(portal) == []
        assert conference.load(portal) == []
        assert standing.load(portal) == []
    said = capsys.readouterr().out
    assert "0 roles granted" in said
    assert "0 appeals brought, 40 known; 0 written or taken on" in said
    assert "the conference was held already" in said
    assert "0 standing answers written or reviewed" in said
    assert len(call_action("standing_answer_list")["standing_answers"]) == 6
    found = list(appeals.everything(portal))
    assert len(found) == 40 + len(ways)
    assert {one["state"] for one in found} == set(STATES)
    assert {one["visibility"] for one in found} == {"public", "private", "hidden"}
    assert any(one["overdue"] for one in found)
    assert any(one["reopened"] for one in found)
    assert any(one["returns"] for one in found)
    _the_conference_is_published(portal)
    _the_polls_end(portal)


def _the_conference_is_published(portal: Portal) -> None:
    shown = portal.call("conference_show", {"id": "healthy-winter"})
    assert shown["state"] == "published"
    public = portal.call("conference_question_list", {"conference_id": "healthy-winter"})["questions"]
    assert [one["is_answered"] for one in public].count(False) == 1
    assert max(one["support"] for one in public) >= 6


def _the_polls_end(portal: Portal) -> None:
    names = [one["name"] for one in polls.plan() if "conclusion" in one]
    voters = len(people()["citizens"])
    model.Session.execute(update(Poll).where(Poll.results_when == "after_end").values(ends_at=utc_now()))
    model.Session.commit()
    life.advance()
    assert conclusions.load(portal) == []
    for name in names:
        shown = call_action("poll_show", id=name)
        assert (shown["state"], shown["ballots"]) == ("published", voters)
        assert set(shown["conclusion"]) == {"kk", "ru", "en"}
    assert conclusions.load(portal) == []
    assert Cast(portal).of(citizen("aula")).signed_in_as() == citizen("aula")
