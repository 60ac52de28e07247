"""Moderation: who decides, what they see, and that every counter follows."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.discussion import Comment, CommentCluster, Thread
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.discussion import threads
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.civic.discussion_component import HEARING, TOPIC, ForumPlugin, act, officer, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def decide(user: str, state: str, *comments: dict[str, Any], **data: Any) -> dict[str, Any]:
    return act("comment_moderate", user, ids=[one["id"] for one in comments], state=state, **data)


def shown(user: str | None, comment: dict[str, Any]) -> dict[str, Any]:
    return act("comment_show", user, id=comment["id"])


def check_counters() -> None:
    """Everything that is kept incrementally, counted anew."""
    model.Session.expire_all()
    comments = model.Session.scalars(sa.select(Comment)).all()
    states = Counter((one.thread_id, one.state) for one in comments)
    for thread in model.Session.scalars(sa.select(Thread)):
        assert thread.comments_public == states[thread.id, "public"]
        assert thread.comments_pending == states[thread.id, "pending"]
    replies = Counter(one.root_id for one in comments if one.state == "public")
    for one in comments:
        assert one.reply_count == replies[one.id]
    for cluster in model.Session.scalars(sa.select(CommentCluster)):
        members = [one for one in comments if one.cluster_id == cluster.id]
        public = [one for one in members if one.state == "public"]
        assert (cluster.members, cluster.public_members) == (len(members), len(public))
        leads = [one.id for one in members if one.stands_for_group]
        assert leads == ([cluster.lead_id] if public else [])


def test_a_moderator_publishes_and_everybody_sees_it() -> None:
    made, moderator = write(person(), "Против.", HEARING), officer()
    assert act("comment_moderation_list", moderator)["waiting"] == 1
    assert decide(moderator, "public", made)["changed"] == [made["id"]]
    assert shown(None, made)["text"] == "Против."
    assert act("comment_moderation_list", moderator)["waiting"] == 0
    check_counters()


def test_a_hidden_comment_keeps_its_place_and_says_why() -> None:
    author, moderator = person(), officer()
    made = write(author, "Дураки!", author_name="Гость")
    decide(moderator, "hidden", made, reason="insult")
    (found,) = act("comment_list", None, entity_type=TOPIC, entity_id="1")["comments"]
    assert (found["text"], found["author_name"], found["hidden_reason"]) == (None, None, "insult")
    assert found["hidden_reason_text"] == "Insults or threats"
    own = shown(author, made)
    assert (own["text_original"], own["state"], own["hidden_reason_text"]) == (
        "Дураки!",
        "hidden",
        "Insults or threats",
    )
    check_counters()


def test_a_reason_in_own_words_is_masked_like_everything_that_becomes_public() -> None:
    made, moderator = write(person(), "Текст."), officer()
    decide(moderator, "hidden", made, reason="Номер +7 701 234 56 78 чужой")
    assert "234 56 78" not in str(shown(None, made))
    assert "чужой" in shown(None, made)["hidden_reason_text"]


def test_spam_is_seen_by_its_author_only() -> None:
    author, moderator = person(), officer()
    made = write(author, "Купите!")
    decide(moderator, "spam", made)
    assert shown(author, made)["state"] == "spam"
    with pytest.raises(tk.ObjectNotFound):
        shown(person(), made)
    assert act("comment_list", None, entity_type=TOPIC, entity_id="1")["comments"] == []


def test_the_author_of_a_hidden_comment_is_told_why() -> None:
    made, moderator = write(person(), "Текст."), officer()
    decide(moderator, "hidden", made, reason="off_topic")
    outbox.drain()
    body = model.Session.scalar(sa.text("SELECT body FROM opengov_notice WHERE event = 'comment.hidden'"))
    assert set(body) == {"kk", "ru", "en"}
    assert "Not about this matter" in body["en"]


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        ({"state": "hidden"}, "reason", "why"),
        ({"state": "deleted"}, "state", "public, hidden, spam"),
        ({"state": "pending"}, "state", "public, hidden, spam"),
        ({"state": None}, "state", "public, hidden, spam"),
        ({"state": "public", "ids": ["x"]}, "ids", "not an id"),
        ({"state": "public", "ids": []}, "ids", ""),
        ({"state": "public", "ids": ["7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0"] * 1001}, "ids", "1000"),
        ({"state": "hidden", "reason": "х" * 501}, "reason", "501"),
    ],
)
def test_a_wrong_decision_is_refused(data: dict[str, Any], field: str, says: str) -> None:
    made, moderator = write(person(), "Текст."), officer()
    with pytest.raises(tk.ValidationError) as caught:
        act("comment_moderate", moderator, **{"ids": [made["id"]], **data})
    assert says in str(caught.value.error_dict[field])
    assert shown(None, made)["state"] == "public"


def test_one_id_that_is_unknown_leaves_all_as_they_were() -> None:
    made, moderator = write(person(), "Текст."), officer()
    with pytest.raises(tk.ObjectNotFound, match="7d9fd3a9"):
        act("comment_moderate", moderator, ids=[made["id"], "7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0"], state="spam")
    assert shown(None, made)["state"] == "public"


def test_moderators_decide_in_their_own_agency_and_component_only() -> None:
    made = write(person(), "Против.", HEARING)
    from ckanext.opengov.civic.roles import Role

    strangers = [
        person(),
        officer(agency="agency-2"),
        officer(component="data"),
        officer(role=Role.PUBLISHER),
    ]
    for stranger in strangers:
        with pytest.raises(tk.NotAuthorized):
            decide(stranger, "public", made)
        with pytest.raises(tk.ObjectNotFound):
            shown(stranger, made)
    other = write(person(), "Другое.", HEARING, "2")
    ForumPlugin.competent.add((model.User.get(strangers[0]).id, "1"))
    with pytest.raises(tk.NotAuthorized):
        decide(strangers[0], "public", made, other)
    assert [one["id"] for one in act("comment_moderation_list", strangers[0])["comments"]] == [made["id"]]
    decide(strangers[0], "public", made)


def test_when_the_matter_goes_to_another_agency_its_moderators_go_on() -> None:
    made = write(person(), "Против.", HEARING)
    first, second = officer(), officer(agency="agency-2")
    threads.hand_on(HEARING, "1", "agency-2")
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized):
        decide(first, "public", made)
    decide(second, "public", made)


def test_the_queue_shows_originals_with_the_places_that_are_masked() -> None:
    text = "Пишите на zhanar@example.kz или звоните +7 701 234 56 78."
    write(person(), text, HEARING)
    write(person(), "Без данных.", HEARING)
    moderator = officer()
    (found,) = act("comment_moderation_list", moderator, marked=True)["comments"]
    assert found["text_original"] == text
    assert [text[one["start"] : one["end"]] for one in found["findings"]] == ["zhanar@example.kz", "+7 701 234 56 78"]
    assert found["about"] == {
        "entity_type": HEARING,
        "entity_id": "1",
        "anchor": None,
        "title": "Road 1",
        "url": "/example/topic/1",
    }


def test_the_queue_goes_page_by_page_the_oldest_first() -> None:
    made = [
        write(person(), f"Мнение о дороге, {'абвгд'[number] * 30}", HEARING, str(number % 2)) for number in range(5)
    ]
    sysadmin = factories.Sysadmin()["name"]
    seen: list[str] = []
    cursor = None
    while True:
        page = act("comment_moderation_list", sysadmin, limit=2, **({"cursor": cursor} if cursor else {}))
        assert page["waiting"] == 5
        seen += [one["id"] for one in page["comments"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [one["id"] for one in made]


def test_who_moderates_nothing_sees_no_queue() -> None:
    for user in (None, person()):
        with pytest.raises(tk.NotAuthorized):
            act("comment_moderation_list", user)


def test_decisions_stand_in_the_journal_with_the_moderator_inside_only() -> None:
    made, moderator = write(person(), "Текст."), officer()
    decide(moderator, "hidden", made, reason="insult")
    decide(moderator, "hidden", made, reason="insult")
    entries = journal.entries("comment", made["id"], internal=False)
    assert [entry["event"] for entry in entries] == ["comment.created", "comment.moderated"]
    assert entries[-1]["public"] == {"state": "hidden", "reason": "insult"}
    assert "actor" not in entries[-1]


def test_two_moderators_at_once_count_each_comment_once() -> None:
    made = [write(person(), f"Мнение {'абвгдежзик'[number] * 30}", HEARING) for number in range(10)]
    moderators = [officer(), officer()]
    errors: list[Exception] = []
    start = threading.Barrier(2)

    def work(moderator: str, comments: list[dict[str, Any]]) -> None:
        try:
            start.wait(10)
            decide(moderator, "public", *comments)
        except Exception as error:
            errors.append(error)
        finally:
            model.Session.remove()

    running = [
        threading.Thread(target=work, args=(moderators[0], made)),
        threading.Thread(target=work, args=(moderators[1], made[::-1])),
    ]
    for one in running:
        one.start()
    for one in running:
        one.join(30)
    assert not errors
    check_counters()
    assert model.Session.scalar(sa.text("SELECT count(*) FROM opengov_outbox WHERE topic = 'comment.published'")) == 10


TEXTS = (
    "Прошу сохранить сквер у школы номер десять, дети там гуляют каждый день.",
    "Прошу сохранить сквер у школы номер десять, дети там гуляют каждый день!",
    "Бюджет на ремонт моста через реку вырос втрое, объясните расчёт подрядчика.",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "reply", "public", "hidden", "spam", "edit"]),
            st.integers(0, 7),
            st.integers(0, 2),
        ),
        min_size=3,
        max_size=14,
    )
)
def test_after_any_course_of_events_the_counters_are_right(course: list[tuple[str, int, int]]) -> None:
    for table in ("thread", "comment", "comment_version", "comment_cluster", "comment_band"):
        model.Session.execute(sa.text(f"DELETE FROM opengov_{table}"))
    author, moderator = person(), officer()
    made: list[dict[str, Any]] = [write(author, TEXTS[0], HEARING)]
    for event, which, text in course:
        target = made[which % len(made)]
        try:
            if event == "write":
                made.append(write(author, TEXTS[text], HEARING))
            elif event == "reply":
                made.append(write(author, TEXTS[text], HEARING, parent_id=target["id"]))
            elif event == "edit":
                act("comment_update", author, id=target["id"], text=TEXTS[text])
            else:
                decide(moderator, event, target, reason="insult")
        except tk.ValidationError:
            # An answer to what is not public, or a change of what a moderator took out: refused, and no counter moved.
            model.Session.rollback()
        check_counters()
