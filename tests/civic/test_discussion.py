"""What citizens write: masked for all, kept for its author and the officer in charge, changed only for a while."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment, CommentVersion, Thread
from ckanext.opengov.civic.model.journal import JournalEntry
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.discussion import mine
from freezegun import freeze_time

from tests.civic.discussion_component import HEARING, TOPIC, ForumPlugin, act, officer, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]

PHONE = "+7 701 234 56 78"
WITH_PHONE = f"Дорога разбита, звоните мне: {PHONE}, покажу."


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def listed(user: str | None = None, **data: Any) -> dict[str, Any]:
    return act("comment_list", user, **{"entity_type": TOPIC, "entity_id": "1", **data})


def refused(field: str, call: Any) -> str:
    with pytest.raises(tk.ValidationError) as caught:
        call()
    assert list(caught.value.error_dict) == [field]
    return str(caught.value.error_dict[field][0])


def thread() -> Thread:
    model.Session.expire_all()
    return model.Session.scalars(sa.select(Thread)).one()


def test_a_comment_is_public_at_once_where_nobody_moderates_before() -> None:
    write(person(), "Нужен тротуар.", author_name="Айгүл")
    found = listed()
    assert [(one["text"], one["author_name"], one["state"]) for one in found["comments"]] == [
        ("Нужен тротуар.", "Айгүл", "public")
    ]
    assert found["thread"]["comments"] == 1


def test_personal_data_is_masked_for_all_but_its_author_and_the_officer_in_charge() -> None:
    author, in_charge = person(), person()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    made = write(author, WITH_PHONE)
    assert made["text_original"] == WITH_PHONE
    assert PHONE not in made["text"]
    for stranger in (None, person()):
        shown = act("comment_show", stranger, id=made["id"])
        assert PHONE not in str(shown)
        assert PHONE not in str(listed(stranger))
        assert "text_original" not in shown
    for insider in (author, in_charge):
        assert act("comment_show", insider, id=made["id"])["text_original"] == WITH_PHONE
    (place,) = made["findings"]
    assert WITH_PHONE[place["start"] : place["end"]] == PHONE


def test_no_journal_entry_outbox_row_or_notice_holds_an_original() -> None:
    made = write(person(), WITH_PHONE)
    act("comment_update", model.User.get(author_of(made)).name, id=made["id"], text=f"{WITH_PHONE} Спасибо.")
    outbox.drain()
    for table in ("opengov_journal", "opengov_outbox", "opengov_notice", "opengov_thread"):
        rows = model.Session.execute(sa.text(f"SELECT {table}::text FROM {table}")).scalars().all()
        assert not [row for row in rows if "234 56 78" in row], table
    assert model.Session.scalar(sa.text("SELECT count(*) FROM opengov_notice")) == 1


def author_of(made: dict[str, Any]) -> str:
    return model.Session.get_one(Comment, made["id"]).author_id


def test_nobody_learns_who_wrote() -> None:
    author = person(fullname="Somebody Known")
    made = write(author, "Нужен тротуар.")
    user = model.User.get(author)
    for shown in (act("comment_show", None, id=made["id"]), listed()):
        assert user.id not in str(shown)
        assert user.name not in str(shown)
        assert "Somebody Known" not in str(shown)


def test_before_moderation_only_the_author_sees_the_text_and_its_state() -> None:
    author, stranger = person(), person()
    made = write(author, "Против.", HEARING)
    assert made["state"] == "pending"
    hearing = {"entity_type": HEARING, "entity_id": "1"}
    assert [one["state"] for one in act("comment_list", author, **hearing)["waiting"]] == ["pending"]
    for other in (None, stranger):
        found = act("comment_list", other, **hearing)
        assert (found["comments"], found["waiting"], found["thread"]["comments"]) == ([], [], 0)
        with pytest.raises(tk.ObjectNotFound):
            act("comment_show", other, id=made["id"])


def test_replies_stand_under_their_comment_official_ones_first() -> None:
    citizen, in_charge = person(), person()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    root = write(citizen, "Когда починят?")
    reply = write(person(), "И мне интересно.", parent_id=root["id"])
    write(person(), "И мне.", parent_id=reply["id"])
    official = write(in_charge, "В мае.", parent_id=root["id"], kind="official")
    assert (official["kind"], official["agency_id"]) == ("official", "agency-1")
    (shown,) = listed()["comments"]
    assert shown["replies"] == 3
    assert [one["text"] for one in shown["first_replies"]] == ["В мае.", "И мне интересно.", "И мне."]
    assert [one["text"] for one in listed(parent_id=root["id"])["comments"]] == ["В мае.", "И мне интересно.", "И мне."]


def test_an_official_answer_is_public_at_once_and_on_the_timeline_of_the_entity() -> None:
    in_charge = person()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    made = write(in_charge, "Ответ.", HEARING, kind="official")
    assert made["state"] == "public"
    (entry,) = journal.entries(HEARING, "1", internal=False)
    assert (entry["event"], entry["public"]["comment"]) == ("discussion.official_reply", made["id"])


def test_only_the_officer_in_charge_answers_officially() -> None:
    with pytest.raises(tk.NotAuthorized, match="in charge"):
        write(officer(), "Ответ.", kind="official")


def test_writing_needs_an_account_and_the_identity_that_the_component_asks_for() -> None:
    from ckan.tests import factories

    with pytest.raises(tk.NotAuthorized):
        write("", "Текст.")
    unconfirmed = factories.User()["name"]
    with pytest.raises(tk.NotAuthorized, match="confirmed"):
        write(unconfirmed, "Текст.")
    assert write(unconfirmed, "Текст.", HEARING)["state"] == "pending"


def test_a_closed_discussion_says_why() -> None:
    made = write(person(), "Успел.")
    ForumPlugin.closed.add("1")
    voter = person()
    assert "1 March" in refused("entity_id", lambda: write(voter, "Опоздал."))
    assert "1 March" in refused("entity_id", lambda: act("comment_vote", voter, id=made["id"], value=1))
    assert listed()["closed_reason"] == "The discussion ended on 1 March."


def test_what_may_not_be_seen_cannot_be_discussed() -> None:
    author = person()
    made = write(author, "Текст.")
    ForumPlugin.secret.add("1")
    for call in (
        lambda: listed(author),
        lambda: listed(author, thread_id=made["thread_id"]),
        lambda: act("comment_show", author, id=made["id"]),
        lambda: write(author, "Ещё."),
        lambda: act("comment_vote", person(), id=made["id"], value=1),
        lambda: act("comment_export", None, thread_id=made["thread_id"]),
    ):
        with pytest.raises(tk.ObjectNotFound):
            call()


@pytest.mark.parametrize(
    ("field", "values", "says"),
    [
        ("text", {"text": "   \n\u200e\x00 "}, "empty"),
        ("text", {"text": "а" * 10_001}, "10001"),
        ("text", {"text": "а" * 10 * 1024 * 1024}, "10485760"),
        ("text", {"text": ["a", "b"]}, "words"),
        ("language", {"language": "de"}, "kk, ru, en"),
        ("parent_id", {"parent_id": "7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0"}, "not, or no longer, public"),
        ("parent_id", {"parent_id": "'; DROP TABLE"}, "not an id"),
        ("kind", {"kind": "decree"}, "comment, official"),
        ("author_name", {"author_name": "и" * 101}, "101"),
        ("entity_type", {"entity_type": "spaceship"}, "hearing"),
        ("entity_id", {"entity_id": "1\x002"}, "one line"),
        ("anchor", {"anchor": "x" * 300}, "200"),
    ],
)
def test_bad_input_is_refused_with_what_would_be_right(field: str, values: dict[str, Any], says: str) -> None:
    data = {"entity_type": TOPIC, "entity_id": "1", "text": "Текст.", "language": "ru", **values}
    author = person()
    assert says in refused(field, lambda: act("comment_create", author, **data))
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 0


def test_control_characters_and_turned_directions_are_taken_out() -> None:
    made = write(person(), "Один\r\n\r\n\r\n\r\nдва\u202e\x07 три\ud800", author_name="А\nБ")
    assert made["text"] == "Один\n\nдва три"
    assert made["author_name"] == "А Б"


def test_a_place_in_an_entity_has_a_discussion_of_its_own() -> None:
    write(person(), "К пункту 3.", anchor="art_3")
    assert listed()["comments"] == []
    assert [one["text"] for one in listed(anchor="art_3")["comments"]] == ["К пункту 3."]


def test_two_first_comments_at_once_share_one_thread() -> None:
    authors = [person() for _ in range(4)]
    failed: list[Exception] = []
    start = threading.Barrier(len(authors))

    def work(author: str) -> None:
        try:
            start.wait(10)
            write(author, f"Привет от {author}, у меня совсем другое дело.")
        except Exception as error:
            failed.append(error)
        finally:
            model.Session.remove()

    running = [threading.Thread(target=work, args=(author,)) for author in authors]
    for one in running:
        one.start()
    for one in running:
        one.join(30)
    assert not failed
    assert thread().comments_public == 4


def test_an_author_changes_the_text_within_the_window_and_the_one_before_is_kept() -> None:
    author = person()
    made = write(author, "Нужен мост.")
    changed = act("comment_update", author, id=made["id"], text="Нужен мост и тротуар.")
    assert changed["text"] == "Нужен мост и тротуар."
    assert changed["edited_at"]
    assert [one["text_original"] for one in act("comment_show", author, id=made["id"])["versions"]] == ["Нужен мост."]
    assert "versions" not in act("comment_show", None, id=made["id"])
    events = [entry["event"] for entry in journal.entries("comment", made["id"], internal=False)]
    assert events == ["comment.created", "comment.edited"]
    assert journal.verify("comment", made["id"]).ok


def test_the_same_text_again_is_no_change() -> None:
    author = person()
    made = write(author, "Нужен мост.")
    assert act("comment_update", author, id=made["id"], text=" Нужен мост. ")["edited_at"] is None
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(CommentVersion)) == 0


def test_after_the_window_a_comment_stays_as_it_is() -> None:
    author = person()
    made = write(author, "Нужен мост.")
    later = dt.datetime.fromisoformat(made["created_at"]) + dt.timedelta(minutes=15, seconds=1)
    with freeze_time(later):
        assert "15 minutes" in refused("text", lambda: act("comment_update", author, id=made["id"], text="Иначе."))


def test_nobody_changes_the_comment_of_another() -> None:
    made = write(person(), "Нужен мост.")
    with pytest.raises(tk.NotAuthorized, match="author"):
        act("comment_update", person(), id=made["id"], text="Не нужен.")


def test_a_published_comment_that_is_changed_waits_for_the_moderator_again() -> None:
    author, moderator = person(), officer()
    made = write(author, "Против.", HEARING)
    act("comment_moderate", moderator, ids=[made["id"]], state="public")
    assert thread().comments_public == 1
    assert act("comment_update", author, id=made["id"], text="За.")["state"] == "pending"
    assert (thread().comments_public, thread().comments_pending) == (0, 1)


def test_a_comment_and_what_follows_from_it_are_one_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    author = person()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    entries = model.Session.scalar(sa.select(sa.func.count()).select_from(JournalEntry))
    monkeypatch.setattr(model.Session(), "commit", broken)
    with pytest.raises(RuntimeError):
        write(author, "Текст.")
    monkeypatch.undo()
    model.Session.remove()
    for table in (Comment, OutboxMessage, Thread):
        assert model.Session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(JournalEntry)) == entries


def test_a_published_comment_is_announced_once_and_without_waiting_to_whom_it_answers() -> None:
    citizen, in_charge, moderator = person(), person(), officer()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    root = write(citizen, "Когда починят?")
    write(in_charge, "В мае.", parent_id=root["id"], kind="official")
    for state in ("spam", "public"):
        act("comment_moderate", moderator, ids=[root["id"]], state=state)
    outbox.drain()
    query = sa.text("SELECT event, urgent FROM opengov_notice ORDER BY id")
    assert model.Session.execute(query).all() == [
        ("comment.published", False),
        ("comment.published", True),
        ("comment.answered", True),
    ]


def test_my_comments_stand_in_my_list_with_what_became_of_them(app: Any) -> None:
    author, in_charge = person(), person()
    ForumPlugin.competent.add((model.User.get(in_charge).id, "1"))
    asked = write(author, "Когда починят?")
    reply = write(author, "И тротуар?", parent_id=write(person(), "Нужен мост.")["id"])
    write(author, "Против.", HEARING)
    answers = [write(in_charge, "В мае.", parent_id=one["id"], kind="official")["id"] for one in (asked, reply)]
    with app.flask_app.test_request_context(environ_overrides={"CKAN_LANG": "en"}):
        items = mine.written(model.User.get(author).id, None, 10)
    assert [(one.state, one.public) for one in items] == [
        ("Waits for a moderator", False),
        ("Published", True),
        ("Published", True),
    ]
    assert [[link.url.rsplit("/", 1)[-1] for link in one.became] for one in items] == [[], [answers[1]], [answers[0]]]
