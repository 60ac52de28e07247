"""Votes: one for each person and comment, whatever comes at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import requests
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.discussion import Comment, CommentVote
from ckanext.opengov.civic.service import journal, persons
from ckanext.opengov.civic.service.discussion import votes
from werkzeug.serving import make_server

from tests.civic.discussion_component import HEARING, ForumPlugin, act, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def counted(comment_id: str) -> tuple[int, int]:
    model.Session.expire_all()
    comment = model.Session.get_one(Comment, comment_id)
    assert comment.support == comment.votes_for - comment.votes_against
    return comment.votes_for, comment.votes_against


def rows(comment_id: str) -> list[int]:
    query = sa.select(CommentVote.value).where(CommentVote.comment_id == comment_id)
    return sorted(model.Session.scalars(query))


def at_once(calls: list[Callable[[], Any]], workers: int = 20) -> None:
    """Do the calls from many threads, each with sessions of its own, none before all are ready."""
    errors: list[Exception] = []
    start = threading.Barrier(workers)

    def work(share: list[Callable[[], Any]]) -> None:
        try:
            start.wait(30)
            for call in share:
                call()
                model.Session.remove()
        except Exception as error:
            errors.append(error)
        finally:
            model.Session.remove()

    running = [threading.Thread(target=work, args=(calls[number::workers],)) for number in range(workers)]
    for one in running:
        one.start()
    for one in running:
        one.join(120)
    assert not errors


def cast(comment_id: str, user_id: str, value: int) -> None:
    votes.cast(model.Session.get_one(Comment, comment_id), user_id, value)
    model.Session.commit()


def test_a_vote_is_counted_changed_and_taken_back() -> None:
    made, voter = write(person(), "Нужен мост."), person()
    for value, expected in (
        (1, (1, 0)),
        (1, (1, 0)),
        (-1, (0, 1)),
        (-1, (0, 1)),
        (0, (0, 0)),
        (0, (0, 0)),
        (-1, (0, 1)),
    ):
        answer = act("comment_vote", voter, id=made["id"], value=value)
        assert (answer["votes_for"], answer["votes_against"]) == expected == counted(made["id"])
        assert answer["my_vote"] == value
    changes = [entry for entry in journal.entries("comment", made["id"], internal=False) if "voted" in entry["event"]]
    assert [entry["public"] for entry in changes] == [{}] * 4


def test_200_votes_of_one_person_at_once_give_one() -> None:
    made, voter = write(person(), "Нужен мост."), person()
    at_once([lambda: act("comment_vote", voter, id=made["id"], value=1)] * 200)
    assert rows(made["id"]) == [1]
    assert counted(made["id"]) == (1, 0)
    events = [entry["event"] for entry in journal.entries("comment", made["id"], internal=False)]
    assert events == ["comment.created", "comment.voted"]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The portal behind a real port, a thread for each request; the address of its action API."""
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/3/action"
    finally:
        server.shutdown()
        thread.join(30)


def test_200_votes_of_one_person_over_http_give_one(app: Any) -> None:
    made, voter = write(person(), "Нужен мост."), factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, voter["id"]))
    model.Session.commit()
    statuses: list[int] = []
    with served(app) as address:

        def send() -> None:
            headers = {"Authorization": voter["token"]}
            body = {"id": made["id"], "value": 1}
            statuses.append(
                requests.post(f"{address}/comment_vote", json=body, headers=headers, timeout=60).status_code
            )

        at_once([send] * 200)
    assert statuses == [200] * 200
    assert rows(made["id"]) == [1]
    assert counted(made["id"]) == (1, 0)
    events = [entry["event"] for entry in journal.entries("comment", made["id"], internal=False)]
    assert events == ["comment.created", "comment.voted"]


def test_whatever_one_person_changes_at_once_the_counters_are_those_of_the_last_vote() -> None:
    made, voter = write(person(), "Нужен мост."), person()
    user = model.User.get(voter).id
    chance = random.Random(7)
    values = [chance.choice((-1, 0, 1)) for _ in range(300)]
    at_once([lambda value=value: cast(made["id"], user, value) for value in values])
    last = rows(made["id"])
    assert counted(made["id"]) == (last.count(1), last.count(-1))


def test_votes_of_many_at_once_are_all_counted() -> None:
    made = write(person(), "Нужен мост.")
    calls = [
        lambda number=number: cast(made["id"], f"voter-{number}", 1 if number % 3 else -1) for number in range(300)
    ]
    at_once(calls)
    assert counted(made["id"]) == (200, 100)


def test_nobody_votes_on_their_own_comment_nor_without_an_account() -> None:
    author = person()
    made = write(author, "Нужен мост.")
    for voter in (author, None):
        with pytest.raises(tk.NotAuthorized):
            act("comment_vote", voter, id=made["id"], value=1)
    assert counted(made["id"]) == (0, 0)


def test_what_is_not_public_cannot_be_voted_on() -> None:
    made, stranger = write(person(), "Нужен мост.", HEARING), person()
    with pytest.raises(tk.ObjectNotFound):
        act("comment_vote", stranger, id=made["id"], value=1)


@pytest.mark.parametrize("value", [2, "yes", None, 1.5, True])
def test_another_value_is_refused(value: Any) -> None:
    made, voter = write(person(), "Нужен мост."), person()
    with pytest.raises(tk.ValidationError) as caught:
        act("comment_vote", voter, id=made["id"], value=value)
    assert list(caught.value.error_dict) == ["value"]
