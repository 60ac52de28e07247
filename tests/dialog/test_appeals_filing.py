"""Filing an appeal: always registered, once, with a number, a deadline and a receipt."""

from __future__ import annotations

import base64
import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.mail import TOPIC
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import numbers
from freezegun import freeze_time

from tests.dialog.appeals import TEXT, act, agency, citizen, officer, work, write

pytestmark = pytest.mark.usefixtures("clean_portal")
open_at_once = pytest.mark.ckan_config("opengov.dialog.premoderation", False)


@open_at_once
def test_an_appeal_is_registered_with_a_number_and_a_secret() -> None:
    author = citizen()
    filed = write(author, agency())
    assert numbers.is_number(filed["number"])
    assert len(filed["secret"].replace("-", "")) == 16
    work()
    shown = act("appeal_show", author, number=filed["number"])
    assert (shown["state"], shown["visibility"], shown["is_author"]) == ("registered", "public", True)
    assert [entry["event"] for entry in shown["timeline"]] == ["appeal.registered"]
    assert filed["number"] in shown["timeline"][0]["title"]
    assert model.Package.get(filed["id"]).type == "appeal"


def test_a_number_with_a_wrong_digit_is_found_out() -> None:
    number = numbers.compose(2026, 123)
    assert number.startswith("2026-000123-")
    assert numbers.is_number(number)
    for place, digit in enumerate(number):
        if digit.isdigit():
            other = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
            assert not numbers.is_number(other)
    for text in ("", "2026", "2026-000123", "a-b-c", None, "٢٠٢٦-000123-0"):
        assert not numbers.is_number(text)


def test_the_secret_opens_the_appeal_and_is_not_stored() -> None:
    filed = write(citizen(), agency())
    stored = model.Session.get(Appeal, filed["id"])
    assert filed["secret"] not in str(vars(stored))
    assert filed["secret"].replace("-", "") not in str(vars(stored))
    shown = act("appeal_track", None, number=filed["number"], secret=filed["secret"].lower().replace("-", " "))
    assert shown["original"]["text"] == TEXT
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_track", None, number=filed["number"], secret="AAAA-BBBB-CCCC-DDDD")
    with pytest.raises(tk.ValidationError, match="slip"):
        act("appeal_track", None, number="2026-000001-x", secret=filed["secret"])


@freeze_time("2026-11-24T06:00:00Z")
def test_the_receipt_says_number_secret_and_each_day_of_the_term() -> None:
    author = citizen(email="author@example.org")
    filed = write(author, agency())
    query = sa.select(OutboxMessage.payload).where(OutboxMessage.topic == TOPIC)
    (letter,) = [one for one in model.Session.scalars(query) if one["to"] == "author@example.org"]
    assert letter["language"] == "ru"
    for part in (filed["number"], filed["secret"], "25.11.2026", "15.12.2026"):
        assert part in letter["body"]
    assert letter["body"].count("2026 – ") == len(filed["deadline"]["days"])


# Worked out by hand. 16 December 2026 is a holiday; so are 1, 2 and 7 January 2027, and the 2nd being a Saturday, the
# 4th is off for it. 8 March 2026 is a Sunday, so the 9th is off; Nauryz is 21 to 23 March, Saturday to Monday, so the
# 24th and 25th are off too.
DEADLINES = [
    # Received, last day of 15 working days.
    ("2026-12-14T05:00:00Z", "2027-01-08"),
    ("2026-03-02T05:00:00Z", "2026-03-27"),
    ("2026-03-10T05:00:00Z", "2026-04-03"),
    # 23:30 in Almaty on a Friday still is that Friday; half an hour later it is Monday's.
    ("2026-11-06T18:30:00Z", "2026-11-27"),
    ("2026-11-06T19:30:00Z", "2026-11-30"),
    ("2026-11-24T06:00:00Z", "2026-12-15"),
]


@pytest.mark.parametrize(("received", "last"), DEADLINES)
def test_the_deadline_is_the_one_worked_out_by_hand(received: str, last: str) -> None:
    with freeze_time(received):
        filed = write(citizen(), agency())
    assert filed["deadline"]["last_day"] == last
    assert filed["due_at"] == f"{last}T18:59:59+00:00"
    counted = [day for day in filed["deadline"]["days"] if day["counted"]]
    assert [day["number"] for day in counted] == list(range(1, 16))


def test_the_same_appeal_five_times_is_one_appeal() -> None:
    author, to = citizen(), agency()
    filed = [write(author, to) for _ in range(5)]
    assert len({one["number"] for one in filed}) == 1
    assert [one["repeated"] for one in filed] == [False, True, True, True, True]
    assert [bool(one["secret"]) for one in filed] == [True, False, False, False, False]
    assert write(author, to, subject="Другая тема обращения")["number"] != filed[0]["number"]
    assert write(author, agency())["number"] != filed[0]["number"]
    assert write(citizen(), to)["number"] != filed[0]["number"]
    with freeze_time("2027-03-01"):
        assert write(author, to)["number"] != filed[0]["number"]


def test_five_tries_at_once_are_one_appeal() -> None:
    author, to = citizen(), agency()
    answers: list[dict[str, Any]] = []
    start = threading.Barrier(5)

    def work_() -> None:
        start.wait(10)
        answers.append(write(author, to))
        model.Session.remove()

    running = [threading.Thread(target=work_) for _ in range(5)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert len(answers) == 5
    assert len({one["number"] for one in answers}) == 1
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Appeal)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "", "empty"),
        ("text", "   \n ", "empty"),
        ("text", "я", "at least 10"),
        ("text", "ж" * 1_048_576, "at most 20000"),
        ("text", ["a", "b"], "words"),
        ("subject", "", "empty"),
        ("subject", "ж" * 301, "at most 300"),
        ("agency", "no-such-agency", "no agency"),
        ("agency", "", "Choose the agency"),
        ("kind", "threat", "complaint"),
        ("topic", "'; DROP TABLE", "roads"),
        ("region", "123", "710000000"),
        ("language", "de", "kk, ru, en"),
        ("author_name", "ж" * 101, "at most 100"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(field: str, value: Any, sentence: str) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        write(citizen(), agency(), **{field: value})
    assert list(caught.value.error_dict) == [field]
    assert sentence in caught.value.error_dict[field][0]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Appeal)) == 0


def test_a_deleted_agency_is_refused() -> None:
    gone = agency()
    tk.get_action("organization_delete")({"user": factories.Sysadmin()["name"]}, {"id": gone})
    with pytest.raises(tk.ValidationError, match="closed"):
        write(citizen(), gone)


@open_at_once
def test_scripts_are_kept_as_text(app: Any) -> None:
    script = '<script>alert("x")</script><img src=x onerror=alert(1)> текст обращения'
    author = citizen()
    filed = write(author, agency(), subject=script, text=script, author_name="<b>Имя</b>")
    work()
    shown = act("appeal_show", author, number=filed["number"])
    assert shown["text"] == script
    answer = app.get("/api/3/action/package_search?fq=dataset_type:appeal")
    assert answer.content_type == "application/json;charset=utf-8"
    assert answer.json["result"]["results"][0]["title"] == script


def test_somebody_without_a_confirmed_address_is_told_how_to_get_there() -> None:
    to = agency()
    for name in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            write(name, to)


@pytest.mark.ckan_config("opengov.dialog.level", "none")
def test_the_level_of_identity_is_a_setting() -> None:
    assert write(factories.User()["name"], agency())["number"]


@pytest.mark.ckan_config("opengov.dialog.level", "verified")
def test_a_confirmed_address_is_not_enough_where_the_person_must_be_known() -> None:
    with pytest.raises(tk.NotAuthorized, match="who you are"):
        write(citizen(), agency())


@pytest.mark.ckan_config("opengov.limits.enabled", True)
@pytest.mark.ckan_config("opengov.limits.appeal", "3/hour")
def test_a_hundred_appeals_a_minute_are_too_many(app: Any) -> None:
    author = model.User.get(citizen())
    to = agency()
    token = factories.APIToken(user=author.name)["token"]
    statuses = []
    for number in range(6):
        values = {
            "agency": to,
            "kind": "opinion",
            "language": "ru",
            "subject": "Тема обращения",
            "text": f"{TEXT} {number}",
        }
        answer = app.post("/api/3/action/appeal_create", json=values, headers={"Authorization": token})
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 200, 429, 429, 429]


@pytest.mark.ckan_config("opengov.dialog.anonymous_kinds", ["coverage"])
def test_a_complaint_on_coverage_goes_to_its_agency_and_into_the_map() -> None:
    to = agency(name="mobile")
    point = {"operator": "Оператор А", "fault": "no_internet", "latitude": "51.12789", "longitude": "71.43111"}
    values = {"kind": "coverage", "agency": "ignored", "email": "passer@example.org", **point}
    with pytest.raises(tk.ValidationError, match="not taken"):
        write(None, to, **values)
    tk.config["opengov.dialog.mobile_agency"] = "mobile"
    try:
        with pytest.raises(tk.ValidationError, match="inside the country"):
            write(None, to, **{**values, "latitude": "12"})
        filed = write(None, to, **values)
    finally:
        tk.config["opengov.dialog.mobile_agency"] = ""
    assert act("appeal_track", None, number=filed["number"], secret=filed["secret"])["agency"]["id"] == to
    found = act("coverage_statistics", None, operator="Оператор А")
    # One complaint is nobody's square; see test_coverage.py.
    assert (found["total"], found["cells"], found["hidden"]) == (1, [], 1)
    assert [(one["fault"], one["count"]) for one in found["by_fault"]] == [("no_internet", 1)]


def test_an_attachment_is_read_masked_by_others_and_whole_by_the_author() -> None:
    author, to = citizen(), agency()
    secret = "Мой телефон +7 701 234 56 78"
    file = {"name": "letter.txt", "content": base64.b64encode(secret.encode()).decode()}
    filed = write(author, to, attachments=[file])
    moderator = officer(to, Role.MODERATOR)
    act("appeal_moderate", moderator, number=filed["number"], decision="accept")
    (listed,) = act("appeal_show", None, number=filed["number"])["attachments"]
    public = act("appeal_attachment_show", None, number=filed["number"], attachment_id=listed["id"])
    assert "234 56 78" not in str(public)
    assert "original" not in public
    own = act("appeal_attachment_show", author, number=filed["number"], attachment_id=listed["id"])
    assert base64.b64decode(own["original"]["content"]).decode() == secret
