"""The way of a draft act: who writes it, who reads it, comments within the term, answers, the report, next versions."""

from __future__ import annotations

import json

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov import factories
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.calendar import Calendar, Kind, TransferredDay, local_date
from ckanext.opengov.regulation.model.remarks import Remark
from ckanext.opengov.regulation.service import exporting, moving, placing, showing

from tests.regulation.ground import (
    ARTICLES,
    DAY,
    REASON,
    SECOND,
    WHY_NOT,
    act,
    answer,
    article,
    citizen,
    draft,
    end,
    expert,
    officer,
    opened,
    publish,
    say,
    step,
    text,
)

pytestmark = pytest.mark.usefixtures("clean_portal")


def refusal(error: pytest.ExceptionInfo[tk.ValidationError]) -> dict[str, list[str]]:
    return error.value.error_dict  # pyright: ignore[reportReturnType]


def test_a_draft_is_read_by_its_agency_only_and_by_everybody_once_it_is_announced() -> None:
    agency = factories.Agency()["id"]
    author, publisher = officer(agency, Role.AUTHOR), officer(agency)
    stranger = officer(factories.Agency()["id"])
    made = draft(author, agency)
    assert made["state"] == "draft"
    for reader in (None, citizen(), stranger):
        with pytest.raises(tk.ObjectNotFound):
            act("draft_act_show", reader, id=made["number"])
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            act("package_show", reader, id=made["id"])
    assert act("package_show", author, id=made["id"])["private"] is True
    # The author prepares, the publisher announces.
    with pytest.raises(tk.NotAuthorized):
        act("draft_act_transition", author, id=made["id"], event="announce")
    act("draft_act_transition", publisher, id=made["id"], event="announce")
    shown = act("draft_act_show", None, id=made["number"])
    assert (shown["state"], shown["version"]) == ("discussion", 1)
    assert act("package_show", None, id=made["id"])["private"] is False
    outbox.drain()
    assert act("draft_act_search", None, q="школы")["count"] == 1
    assert act("draft_act_search", None, q="мектептер")["facets"]["kind"] == {"order": 1}
    assert [one["number"] for one in act("draft_act_list", None, kind="order")["acts"]] == [made["number"]]
    events = [one["event"] for one in journal.entries("draft_act", made["id"], internal=False)]
    assert events == ["draft_act.created", "draft_act.announce"]
    assert journal.verify("draft_act", made["id"]).ok
    # No stock action writes an act.
    for stock in ("package_patch", "package_delete"):
        with pytest.raises(tk.NotAuthorized):
            act(stock, publisher, id=made["id"])


def test_parts_are_written_one_by_one_and_read_page_by_page() -> None:
    agency = factories.Agency()["id"]
    author = officer(agency, Role.AUTHOR)
    made = draft(author, agency)
    new = act(
        "draft_act_part_update",
        author,
        id=made["id"],
        kind="paragraph",
        number="1",
        under="art_2",
        text={"kk": "Бірінші тармақ.", "ru": "Первый пункт."},
    )
    assert new["eid"] == "art_2__para_1"
    act(
        "draft_act_part_update",
        author,
        id=made["id"],
        eid="art_1",
        number="1",
        heading={"ru": "О чём"},
        text={"ru": "Иначе.", "kk": "Басқаша."},
    )
    first = act("draft_act_part_list", author, id=made["id"], language="ru", limit=2)
    rest = act("draft_act_part_list", author, id=made["id"], language="ru", cursor=first["next"], limit=2)
    eids = [one["eid"] for one in (*first["parts"], *rest["parts"])]
    assert eids == ["art_1", "art_2", "art_2__para_1", "art_3"]
    assert first["parts"][0]["text"] == "Иначе."
    assert rest["next"] is None
    act("draft_act_part_delete", author, id=made["id"], eid="art_2")
    left = act("draft_act_part_list", author, id=made["id"], language="kk")["parts"]
    assert [one["eid"] for one in left] == ["art_1", "art_3"]
    # Everything that is wrong is named by its place.
    with pytest.raises(tk.ValidationError) as error:
        act("draft_act_update", author, id=made["id"], parts={"ru": [{"kind": "verse", "text": "…"}]})
    assert "ru.1" in refusal(error)["parts"][0]
    act("draft_act_update", author, id=made["id"], parts={"ru": [{"kind": "article", "text": "…"}]})
    with pytest.raises(tk.ValidationError) as error:
        act("draft_act_transition", officer(agency), id=made["id"], event="announce")
    assert "kk" in refusal(error)["parts"][0]


def test_comments_are_taken_to_the_second_of_the_end_and_not_one_later(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, person = opened(), citizen()
    said = say(person, shown, quote="в течение трёх дней", kind="proposal", wording="в течение десяти дней")
    assert said["remark"]["quote_start"] == 26
    assert said["remark"]["wording"] == "в течение десяти дней"
    last = showing.find(shown["id"]).closes_at
    assert last is not None
    monkeypatch.setattr("ckanext.opengov.regulation.service.clock.utc_now", lambda: last + SECOND * 0.9)
    say(person, shown, words="В последнюю секунду.")
    monkeypatch.setattr("ckanext.opengov.regulation.service.clock.utc_now", lambda: last + SECOND)
    with pytest.raises(tk.ValidationError):
        say(person, shown)
    with pytest.raises(tk.ValidationError):
        act("draft_act_vote", person, id=shown["id"], value=1)
    with pytest.raises(tk.ValidationError):
        act("comment_create", person, entity_type="draft_act", entity_id=shown["id"], text="Поздно.")
    assert act("draft_act_show", None, id=shown["id"])["state"] == "answers_due"
    with pytest.raises(tk.ValidationError):
        step(shown, "extend", reason=REASON, until=(last + 30 * DAY).date().isoformat())


def test_a_comment_on_what_is_not_there_is_refused_in_words() -> None:
    shown, person = opened(), citizen()
    with pytest.raises(tk.ValidationError) as error:
        say(person, shown, eid="art_9")
    assert "art_9" in refusal(error)["eid"][0]
    with pytest.raises(tk.ValidationError) as error:
        say(person, shown, quote="таких слов нет")
    assert "quote" in refusal(error)
    with pytest.raises(tk.ValidationError) as error:
        say(person, shown, kind="proposal")
    assert "wording" in refusal(error)
    with pytest.raises(tk.NotAuthorized):
        say("", shown)
    # The kit's own action is the same way in: a comment without a place is on the whole.
    act("comment_create", person, entity_type="draft_act", entity_id=shown["id"], text="О целом.", language="ru")
    assert model.Session.scalars(sa.select(Remark.eid)).all() == [""]


def test_experts_speak_in_their_own_channel_without_a_moderator() -> None:
    shown, chamber = opened(), expert("chamber")
    said = say(chamber, shown, channel="chamber")
    assert said["state"] == "public"
    for channel, person in (("ngo", chamber), ("chamber", citizen())):
        with pytest.raises(tk.NotAuthorized):
            say(person, shown, channel=channel)
    listed = act("draft_act_comment_list", None, id=shown["id"], channel="chamber")["comments"]
    assert [one["id"] for one in listed] == [said["id"]]


def test_likes_and_dislikes_count_each_person_once() -> None:
    shown, person = opened(), citizen()
    act("draft_act_vote", person, id=shown["id"], value=1)
    act("draft_act_vote", person, id=shown["id"], value=1)
    assert act("draft_act_vote", citizen(), id=shown["id"], value=-1)["dislikes"] == 1
    assert act("draft_act_vote", person, id=shown["id"], value=-1) == {"likes": 0, "dislikes": 2, "my_vote": -1}
    assert act("draft_act_vote", person, id=shown["id"], value=0)["dislikes"] == 1


def test_the_report_waits_for_every_answer_and_one_answer_counts_for_a_campaign() -> None:
    shown = opened()
    words = "Срок в три дня слишком мал, прошу установить десять рабочих дней для проверки документов"
    campaign = [say(citizen(), shown, words=f"{words}{'!' * number}")["id"] for number in range(4)]
    single, waiting = (say(citizen(), shown, eid="art_3", words=one)["id"] for one in ("Кому жалоба?", "Куда?"))
    publish(*campaign, single)
    end(shown)
    with pytest.raises(tk.ValidationError) as error:
        step(shown, "publish_report")
    assert "1" in refusal(error)["event"][0]
    publish(waiting)
    # Only the developer agency answers, with a reason of substance.
    data = {"comment_id": single, "outcome": "accepted", "language": "ru"}
    other = officer(factories.Agency()["id"])
    with pytest.raises(tk.NotAuthorized):
        act("draft_act_comment_respond", other, id=shown["id"], **data)
    with pytest.raises(tk.ValidationError) as error:
        answer(shown, single, "not_accepted", "Нет.")
    assert "reason" in refusal(error)
    listed = act("draft_act_comment_list", None, id=shown["id"], unanswered=True, grouped=True)["comments"]
    assert len(listed) == 3
    cluster = next(one["cluster"]["id"] for one in listed if one["cluster"] and one["cluster"]["similar"])
    data = {"cluster_id": cluster, "outcome": "partly", "reason": WHY_NOT, "language": "ru"}
    made = act("draft_act_comment_respond", shown["publisher"], id=shown["id"], **data)
    assert made["number"] == 4
    answer(shown, single)
    with pytest.raises(tk.ValidationError) as error:
        step(shown, "publish_report")
    assert "1" in refusal(error)["event"][0]
    answer(shown, waiting, "out_of_scope", WHY_NOT)
    done = step(shown, "publish_report")
    assert done["state"] == "report"
    assert {name: done["figures"][name] for name in ("commented", "answered", "accepted", "partly")} == {
        "commented": 6,
        "answered": 6,
        "accepted": 1,
        "partly": 4,
    }
    assert done["figures"]["in_time"]
    outbox.drain()
    told = model.Session.scalars(sa.select(Notice.event).where(Notice.event == "draft_act.responded")).all()
    assert len(told) == 3
    mine = act("my_item_list", model.User.get(_author(single)).name)
    assert any(link["url"].endswith(single) for link in mine["items"][0]["became"])


def _author(comment_id: str) -> str:
    from ckanext.opengov.civic.service.discussion import comments

    found = comments.get(comment_id)
    assert found is not None
    return found.author_id


def _reported() -> tuple[dict, str, str]:
    shown = opened()
    first = say(citizen(), shown, quote="трёх дней")["id"]
    second = say(citizen(), shown, eid="art_3", words="Укажите орган.")["id"]
    publish(first, second)
    end(shown)
    answer(shown, first)
    answer(shown, second)
    step(shown, "publish_report")
    return shown, first, second


def test_comments_follow_a_next_version_and_a_broken_promise_shows() -> None:
    shown, first, second = _reported()
    made = act("draft_act_version_create", shown["publisher"], id=shown["id"], note={"ru": "Учтены замечания"})
    assert (made["number"], made["state"]) == (2, "draft")
    # Nobody outside reads it yet.
    with pytest.raises(tk.ObjectNotFound):
        act("draft_act_part_list", None, id=shown["id"], version=2)
    inserted = article(2, "Жаңа бап.", "Новая статья о документах, которой раньше не было.")
    third = article(3, ARTICLES[1]["kk"]["text"], "Заявление рассматривается в течение десяти дней.")
    fourth = article(4, ARTICLES[2]["kk"]["text"], ARTICLES[2]["ru"]["text"])
    for language, heading in (("kk", "2-баптың атауы"), ("ru", "Название статьи 2")):
        third[language]["heading"] = heading
    for language, heading in (("kk", "3-баптың атауы"), ("ru", "Название статьи 3")):
        fourth[language]["heading"] = heading
    parts = text(ARTICLES[0], inserted, third, fourth)
    act("draft_act_update", shown["publisher"], id=shown["id"], parts=parts)
    assert step(shown, "publish_version")["version"] == 2
    listed = {one["id"]: one for one in act("draft_act_comment_list", None, id=shown["id"])["comments"]}
    assert (listed[first]["remark"]["place"], listed[first]["remark"]["mark"]) == ("art_3", "changed")
    assert not listed[first]["unkept"]
    assert listed[second]["remark"]["place"] == "art_4"
    assert listed[second]["unkept"]
    # The threads went with them: counted by part, listed by part.
    assert act("draft_act_comment_counts", None, id=shown["id"])["parts"] == {"art_3": 1, "art_4": 1}
    at = act("draft_act_comment_list", None, id=shown["id"], place="art_4")["comments"]
    assert [one["id"] for one in at] == [second]
    exported = json.loads("".join(exporting.stream(showing.find(shown["id"]), "https://example.org/a")))
    assert {one["id"] for one in exported["data"]} == {first, second}
    assert {one["type"] for one in exported["included"]} == {"draft-act", "part", "response"}


def test_comments_on_a_part_that_is_gone_are_kept_and_said_so() -> None:
    shown, first, _second = _reported()
    act("draft_act_version_create", shown["publisher"], id=shown["id"], parts=text(ARTICLES[0], ARTICLES[2]))
    step(shown, "publish_version")
    gone = next(one for one in act("draft_act_comment_list", None, id=shown["id"])["comments"] if one["id"] == first)
    assert (gone["remark"]["place"], gone["remark"]["mark"]) == (None, "deleted")
    assert act("draft_act_comment_counts", None, id=shown["id"])["gone"] == {"art_2": 1}
    at = act("draft_act_comment_list", None, id=shown["id"], place=f"{placing.GONE}art_2")["comments"]
    assert [one["id"] for one in at] == [first]


def test_the_rest_of_the_way_and_what_does_not_fit() -> None:
    shown, _first, _second = _reported()
    with pytest.raises(tk.ValidationError):
        step(shown, "agree")
    assert step(shown, "agree", reason=REASON)["state"] == "agreed"
    repeated = step(shown, "repeat", reason=REASON)
    assert repeated["state"] == "discussion"
    assert [one["number"] for one in repeated["discussions"]] == [1, 2]
    before = showing.find(shown["id"]).ends_at
    assert before is not None
    later = (before + 5 * DAY).date().isoformat()
    assert step(shown, "extend", reason=REASON, until=later)["ends_at"] > before.isoformat()
    end(shown)
    assert step(shown, "publish_report")["state"] == "report"
    with pytest.raises(tk.ValidationError):
        step(shown, "adopt", url="javascript:alert(1)")
    adopted = step(shown, "adopt", url="https://example.org/act", parts=text())
    assert adopted["state"] == "adopted"
    assert [one["state"] for one in adopted["versions"]] == ["public", "in_force"]
    with pytest.raises(tk.ValidationError):
        step(shown, "withdraw", reason=REASON)
    assert journal.verify("draft_act", shown["id"]).ok


def test_the_workplace_says_what_waits() -> None:
    shown = opened()
    publish(say(citizen(), shown)["id"])
    end(shown)
    moving.advance()
    found = act("workplace_task_list", shown["publisher"], component="regulation")
    kinds = [one["kind"] for one in found["tasks"]]
    assert kinds == ["act_answer"]
    assert found["tasks"][0]["due_at"]


def test_a_new_day_off_moves_the_end_that_the_law_gives_and_no_other() -> None:
    shown, longer = opened(), opened()
    before = showing.find(longer["id"]).ends_at
    assert before is not None
    later = (before + 9 * DAY).date()
    step(longer, "extend", reason=REASON, until=later.isoformat())
    chosen = showing.find(longer["id"]).ends_at
    day = local_date(before)
    calendar = Calendar([TransferredDay(day, Kind.DAY_OFF, "Test")])
    assert moving.recompute(calendar) == 1
    model.Session.commit()
    moved = showing.find(shown["id"]).ends_at
    assert moved is not None
    assert moved > before
    assert showing.find(longer["id"]).ends_at == chosen
    assert moving.recompute(calendar) == 0
