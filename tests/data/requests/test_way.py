"""The way of a request for data: asked, supported, given to an agency, answered."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.model.notices import Delivery
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.calendar import Calendar, Kind, TransferredDay
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import listing, watching
from freezegun import freeze_time

from tests.data.ground import REASON, act, agency, ask, citizen, dataset, officer, work

pytestmark = pytest.mark.usefixtures("clean_portal")


def test_from_a_question_to_the_published_data_set() -> None:
    body, owner = agency(), agency(title="Управление транспорта")
    approver, publisher = officer(body, Role.LIST_APPROVER), officer(owner, Role.PUBLISHER)
    moderator = officer(owner, Role.MODERATOR)
    author, supporter = citizen(), citizen()

    made = ask(author)
    assert (made["state"], made["visibility"], made["deadline"]["key"]) == (
        "unassigned",
        "pending",
        "data_request.assign",
    )
    work()
    given = act("data_request_assign", approver, id=made["number"], agency=owner)
    assert (given["state"], given["deadline"]["key"]) == ("in_work", "data_request.answer")
    act("data_request_moderate", moderator, id=made["id"], decision="accept")
    work()
    assert [one["number"] for one in act("data_request_list", None, q="автобусов")["requests"]] == [made["number"]]

    assert act("data_request_support", supporter, id=made["id"])["support"] == 1
    assert act("data_request_support", supporter, id=made["id"])["support"] == 1
    published = dataset(owner, title="Bus timetable")
    answered = act(
        "data_request_answer",
        publisher,
        id=made["id"],
        outcome="published",
        datasets=[f"/ru/dataset/{published['name']}"],
    )
    assert answered["state"] == "published"
    assert answered["in_time"] is True
    assert [one["name"] for one in answered["datasets"]] == [published["name"]]
    work()
    events = [one["event"] for one in journal.entries("data_request", made["id"], internal=False)]
    assert events == [f"data_request.{name}" for name in ("received", "assign", "moderate_accept", "publish")]
    assert journal.verify("data_request", made["id"]).ok
    for fits, filters in (
        (1, {"state": "published", "agency": owner}),
        (0, {"state": "in_work"}),
        (0, {"agency": body}),
        (0, {"overdue": True}),
        (0, {"q": "поезда"}),
    ):
        found = act("data_request_list", None, **{"q": "автобусов", **filters})
        assert (len(found["requests"]), found["next"]) == (fits, None), filters
    shown = act("package_show", None, id=made["number"])
    assert (shown["title"], shown["request_state"]) == (made["title"], "published")
    (item,) = listing.my_items(model.User.get(author).id, None, 10)
    assert (item.state, [link.url for link in item.became]) == (
        "The data are published",
        [f"/dataset/{published['name']}"],
    )
    told = {(one.notice_key.split(":")[0], one.user_id) for one in model.Session.query(Delivery) if one.user_id}
    for who in (author, supporter):
        assert ("data_request.publish", model.User.get(who).id) in told
    assert ("data_request.received", model.User.get(approver).id) in told
    assert ("data_request.assign", model.User.get(publisher).id) in told


def test_a_refusal_names_its_legal_reason_and_may_be_corrected_by_publishing() -> None:
    owner = agency()
    head = officer(owner, Role.HEAD)
    made = ask(citizen(), agency=owner)
    for missing, data in (
        ("legal_reason", {"text": "Данные содержат сведения о здоровье."}),
        ("legal_reason", {"legal_reason": "because", "text": "Данные содержат сведения о здоровье."}),
        ("text", {"legal_reason": "personal_data"}),
    ):
        with pytest.raises(tk.ValidationError) as refused:
            act("data_request_answer", head, id=made["id"], outcome="refused", **data)
        assert list(refused.value.error_dict) == [missing]
    answer = {"legal_reason": "personal_data", "text": "Данные содержат сведения о здоровье."}
    shown = act("data_request_answer", head, id=made["id"], outcome="refused", **answer)
    assert shown["legal_reason"]["key"] == "personal_data"
    private = dataset(owner, private=True)
    with pytest.raises(tk.ValidationError, match="datasets"):
        act("data_request_answer", head, id=made["id"], outcome="published", datasets=[private["name"]])
    after = act("data_request_answer", head, id=made["id"], outcome="published", datasets=[dataset(owner)["id"]])
    assert (after["state"], after["legal_reason"]) == ("published", None)


def test_who_supported_a_duplicate_supports_the_other_once() -> None:
    owner = agency()
    head, moderator = officer(owner, Role.HEAD), officer(owner, Role.MODERATOR)
    first, second = citizen(), citizen()
    one = ask(first, agency=owner)
    two = ask(second, agency=owner, title="Где ходят автобусы города")
    for made in (one, two):
        act("data_request_moderate", moderator, id=made["id"], decision="accept")
    both, only = citizen(), citizen()
    act("data_request_support", both, id=one["id"])
    act("data_request_support", both, id=two["id"])
    act("data_request_support", only, id=two["id"])
    act("data_request_support", first, id=two["id"])
    for wrong in (two["number"], "dr-1999-000001", ""):
        with pytest.raises(tk.ValidationError, match="other"):
            act("data_request_answer", head, id=two["id"], outcome="duplicate", other=wrong)
    joined = act("data_request_answer", head, id=two["id"], outcome="duplicate", other=one["number"].upper())
    assert joined["joined_with"]["number"] == one["number"]
    # both, only and the second author; the first one does not support the own request.
    assert act("data_request_show", None, id=one["id"])["support"] == 3
    with pytest.raises(tk.ValidationError, match="state"):
        act("data_request_support", citizen(), id=two["id"])


def test_support_is_for_others_and_for_what_is_public() -> None:
    owner = agency()
    author, other = citizen(), citizen()
    made = ask(author, agency=owner)
    with pytest.raises(tk.ObjectNotFound):
        act("data_request_support", other, id=made["id"])
    act("data_request_moderate", officer(owner, Role.MODERATOR), id=made["id"], decision="accept")
    for user in (author, None, factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            act("data_request_support", user, id=made["id"])
    assert act("data_request_support", other, id=made["id"])["support"] == 1
    assert act("data_request_support", other, id=made["id"], supported=False)["support"] == 0


def test_a_forwarded_request_has_a_new_term_and_its_late_one_is_told_once() -> None:
    with freeze_time("2026-03-02 06:00:00"):
        owner, other = agency(), agency()
        publisher = officer(owner, Role.PUBLISHER)
        made = ask(citizen(), agency=owner)
        # Fifteen days of the calendar after the second of March.
        assert made["due_at"] == "2026-03-17T18:59:59+00:00"
    with freeze_time("2026-03-10 06:00:00"):
        given = act("data_request_forward", publisher, id=made["id"], agency=other, reason=REASON)
        # The 25th is the last of the holiday of Nauryz moved from the weekend or the next working day.
        assert given["due_at"] > "2026-03-24"
        # Not theirs any more, and no moderator has opened it to everybody.
        with pytest.raises(tk.ObjectNotFound):
            act("data_request_forward", publisher, id=made["id"], agency=owner, reason=REASON)
    with freeze_time("2026-05-01 06:00:00"):
        officer(other, Role.AUTHOR)
        assert watching.tell_overdue() == 1
        assert watching.tell_overdue() == 0
        shown = act("data_request_show", officer(other, Role.HEAD), id=made["id"])
        assert shown["overdue"] is True


def test_a_new_day_off_moves_open_deadlines() -> None:
    with freeze_time("2026-03-02 06:00:00"):
        made = ask(citizen(), agency=agency())
    off = TransferredDay(dt.date(2026, 3, 17), Kind.DAY_OFF, "Көшірілді")
    assert watching.recompute(Calendar([off])) == 1
    model.Session.commit()
    assert model.Session.get(DataRequest, made["id"]).due_at == dt.datetime(2026, 3, 18, 18, 59, 59, tzinfo=dt.UTC)
    assert watching.recompute(Calendar([off])) == 0


def test_what_is_wrong_with_a_request_is_said_at_once() -> None:
    author = citizen()
    with pytest.raises(tk.ValidationError) as refused:
        act(
            "data_request_create",
            author,
            title="bus",
            wanted="x" * 6_000,
            language="fr",
            agency="nobody",
            data_languages=["de"],
        )
    assert set(refused.value.error_dict) == {"title", "wanted", "language", "agency", "data_languages"}
    ask(author)
    with pytest.raises(tk.ValidationError, match="already"):
        ask(author)
    for user in (None, factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            ask(user)


def test_lists_go_on_where_the_page_before_ended() -> None:
    owner = agency()
    moderator = officer(owner, Role.MODERATOR)
    made = [ask(citizen(), agency=owner)["id"] for _ in range(5)]
    for one in made:
        act("data_request_moderate", moderator, id=one, decision="accept")
    act("data_request_support", citizen(), id=made[2])
    for order, first in (("newest", made[4]), ("support", made[2])):
        seen, cursor = [], ""
        while cursor is not None:
            page = act("data_request_list", None, order=order, limit=2, cursor=cursor)
            seen += [one["id"] for one in page["requests"]]
            cursor = page["next"]
        assert seen[0] == first
        assert sorted(seen) == sorted(made)
    work()
    seen, cursor = [], ""
    while cursor is not None:
        page = act("data_request_list", None, q="автобусов", limit=2, cursor=cursor)
        seen += [one["id"] for one in page["requests"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(made)
    newest = act("data_request_list", None, limit=1)["next"]
    with pytest.raises(tk.ValidationError, match="cursor"):
        act("data_request_list", None, order="support", cursor=newest)


def test_officers_find_their_work() -> None:
    owner = agency()
    people = {
        "data_request_answer": officer(owner, Role.PUBLISHER),
        "data_request_assign": officer(agency(), Role.LIST_APPROVER),
        "data_request_moderate": officer(owner, Role.MODERATOR),
    }
    ask(citizen(), agency=owner)
    ask(citizen())
    work()
    for kind, user in people.items():
        found = act("workplace_task_list", user, component="data")
        kinds = {one["kind"] for one in found["tasks"]}
        assert kind in kinds, (kind, found)
        assert kinds <= {kind, "data_request_moderate"}
