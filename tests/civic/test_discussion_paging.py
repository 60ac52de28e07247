"""Pages go on from the last comment of the one before; whole threads are exported while they are read."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment

from tests.civic.discussion_component import TOPIC, ForumPlugin, act, officer, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def different(number: int) -> str:
    """Texts that no group takes together."""
    return "".join(chr(0x430 + (number * 7 + place * (number + 3)) % 32) for place in range(40))


def walk(limit: int = 2, **data: Any) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = act("comment_list", None, entity_type=TOPIC, entity_id="1", limit=limit, **data, **more)
        assert len(page["comments"]) <= limit
        seen += [one["id"] for one in page["comments"]]
        cursor = page["next"]
        if cursor is None:
            return seen


def test_every_order_shows_each_comment_once_whatever_the_size_of_the_page() -> None:
    author = person()
    made = [write(author, different(number))["id"] for number in range(7)]
    support = {made[2]: 5, made[4]: 5, made[5]: -1, made[0]: 1}
    for comment, votes in support.items():
        column = {"votes_for": votes} if votes > 0 else {"votes_against": -votes}
        model.Session.execute(sa.update(Comment).where(Comment.id == comment).values(column))
    model.Session.commit()
    most = [made[4], made[2], made[0], made[6], made[3], made[1], made[5]]
    for limit in (1, 2, 3, 7, 100):
        assert walk(limit) == made[::-1]
        assert walk(limit, sort="oldest") == made
        assert walk(limit, sort="supported") == most
        assert walk(limit, sort="supported", grouped=True) == most


def test_replies_go_page_by_page_with_the_official_ones_first() -> None:
    author, in_charge = person(), person()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    root = write(author, "Вопрос.")["id"]
    replies = [write(author, f"Ответ {number}", parent_id=root)["id"] for number in range(4)]
    official = [write(in_charge, f"Ответ {number}", parent_id=root, kind="official")["id"] for number in range(2)]
    for limit in (1, 2, 5):
        assert walk(limit, parent_id=root) == official + replies


def test_a_comment_that_comes_while_one_reads_moves_no_page() -> None:
    author = person()
    made = [write(author, different(number))["id"] for number in range(4)]
    first = act("comment_list", None, entity_type=TOPIC, entity_id="1", limit=2)
    write(author, different(9))
    second = act("comment_list", None, entity_type=TOPIC, entity_id="1", limit=2, cursor=first["next"])
    assert [one["id"] for one in first["comments"] + second["comments"]] == made[::-1]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "1.2"}, "cursor"),
        ({"cursor": "9" * 30}, "cursor"),
        ({"cursor": "1", "sort": "supported"}, "cursor"),
        ({"cursor": "٣"}, "cursor"),
        ({"sort": "random"}, "sort"),
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"parent_id": "1"}, "parent_id"),
        ({"cluster_id": "x"}, "cluster_id"),
        ({"thread_id": "1"}, "thread_id"),
        ({"entity_type": ""}, "entity_type"),
    ],
)
def test_a_wrong_page_is_refused(data: dict[str, Any], field: str) -> None:
    write(person(), "Текст.")
    with pytest.raises(tk.ValidationError) as caught:
        act("comment_list", None, **{"entity_type": TOPIC, "entity_id": "1", **data})
    assert list(caught.value.error_dict) == [field]


def test_more_than_a_hundred_at_once_is_not_given() -> None:
    author = person()
    for number in range(3):
        write(author, different(number))
    page = act("comment_list", None, entity_type=TOPIC, entity_id="1", limit=100_000)
    assert len(page["comments"]) == 3


def export(app: Any, form: str) -> Any:
    found = act("comment_export", None, entity_type=TOPIC, entity_id="1", format=form)
    path = "/" + found["url"].split("/", 3)[3]
    answer = app.get(path)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer


def test_both_formats_hold_what_the_public_may_read_and_nothing_more(app: Any) -> None:
    moderator = officer()
    kept = write(person(), "=1+1, звоните +7 701 234 56 78", author_name="Гость")
    hidden = write(person(), "Плохое слово.")
    spam = write(person(), "Купите здесь.")
    act("comment_moderate", moderator, ids=[hidden["id"]], state="hidden", reason="insult")
    act("comment_moderate", moderator, ids=[spam["id"]], state="spam")
    as_csv = export(app, "csv").get_data(as_text=True)
    as_json = export(app, "json").get_data(as_text=True)
    for text in (as_csv, as_json):
        assert "234 56 78" not in text
        assert "Плохое" not in text
        assert spam["id"] not in text
    rows = list(csv.DictReader(io.StringIO(as_csv.removeprefix("\ufeff"))))
    assert [(row["id"], row["state"]) for row in rows] == [(kept["id"], "public"), (hidden["id"], "hidden")]
    assert rows[0]["text"].startswith("'=1+1")
    assert rows[1]["hidden_reason"] == "insult"
    items = json.loads(as_json)
    assert items[0]["text"] == kept["text"]
    assert (items[1]["text"], items[1]["author_name"]) == (None, None)


def test_an_export_of_several_thousand_is_sent_in_pieces(app: Any) -> None:
    thread = write(person(), "Первый.")["thread_id"]
    model.Session.execute(
        sa.text(
            "INSERT INTO opengov_comment (id, thread_id, author_id, kind, language, text_original, text_public,"
            " findings, state, created_at, votes_for, votes_against, reply_count, stands_for_group)"
            " SELECT gen_random_uuid(), :thread, 'x', 'comment', 'ru', 'o', 'Текст ' || n, '[]', 'public', now(),"
            " 0, 0, 0, false FROM generate_series(1, 5000) AS n"
        ),
        {"thread": thread},
    )
    model.Session.commit()
    assert len(json.loads(export(app, "json").get_data(as_text=True))) == 5001
    assert export(app, "csv").get_data(as_text=True).count("\r\n") == 5002


def test_there_is_nothing_to_export_where_nobody_wrote() -> None:
    with pytest.raises(tk.ObjectNotFound):
        act("comment_export", None, entity_type=TOPIC, entity_id="1")
