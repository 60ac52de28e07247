"""Statistics are kept with every change and equal a recount; imports bring each appeal once."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.dialog.model.appeals import Appeal, Days, Figure
from ckanext.opengov.dialog.service.appeals.figures import EVER
from freezegun import freeze_time

from tests.dialog.appeals import ANSWER, REASON, TEXT, act, agency, citizen, officer, work, write

pytestmark = pytest.mark.usefixtures("clean_portal")

# One SELECT over the appeals themselves, grouped as the figures are.
RECOUNT = """
SELECT agency_id, topic, coalesce(region, '-') AS region, month,
       count(*) AS received,
       count(answered_at) AS answered,
       count(*) FILTER (WHERE answered_at IS NOT NULL AND in_time) AS in_time,
       count(reopened_at) AS reopened,
       count(rated_at) AS rated,
       count(*) FILTER (WHERE useful) AS useful,
       count(*) FILTER (WHERE solved) AS solved
FROM opengov_dialog_appeal GROUP BY 1, 2, 3, 4
"""
NAMES = ("received", "answered", "in_time", "reopened", "rated", "useful", "solved")


def recount() -> dict[tuple[Any, ...], tuple[int, ...]]:
    rows = model.Session.execute(sa.text(RECOUNT))
    return {tuple(row[:4]): tuple(row[4:]) for row in rows}


def kept() -> dict[tuple[Any, ...], tuple[int, ...]]:
    rows = model.Session.scalars(
        sa.select(Figure).where(Figure.agency_id != "", Figure.topic != "", Figure.region != "", Figure.month != EVER)
    )
    counts = {(r.agency_id, r.topic, r.region, r.month): tuple(getattr(r, name) for name in NAMES) for r in rows}
    return {key: numbers for key, numbers in counts.items() if any(numbers)}


@pytest.mark.ckan_config("opengov.dialog.premoderation", False)
def test_the_figures_equal_a_recount_after_many_steps() -> None:
    chance = random.Random(7)
    agencies = [agency(), agency()]
    heads = {one: officer(one, Role.HEAD) for one in agencies}
    author = citizen()
    forwarded = 0
    for step in range(24):
        with freeze_time(f"2026-{1 + step % 9:02d}-12T05:00:00Z"):
            to = chance.choice(agencies)
            region = chance.choice(["710000000", "750000000", None])
            topic = chance.choice(["roads", "health"])
            number = write(author, to, subject=f"Тема обращения {step}", topic=topic, region=region)["number"]
        with freeze_time(f"2026-{1 + step % 9:02d}-{chance.choice([14, 15, 28])}T05:00:00Z"):
            if chance.random() < 0.3:
                other = next(one for one in agencies if one != to)
                act("appeal_forward", heads[to], number=number, agency=other, reason=REASON)
                to, forwarded = other, forwarded + 1
            if chance.random() < 0.2:
                act("appeal_withdraw", author, number=number)
                continue
            act("appeal_take", heads[to], number=number)
        with freeze_time(f"2026-{2 + step % 9:02d}-{chance.choice(['02', '20'])}T05:00:00Z"):
            if chance.random() < 0.8:
                act(
                    "appeal_answer",
                    heads[to],
                    number=number,
                    text=f"{ANSWER} {step} " + "слово " * step,
                    acknowledged=["copy"],
                )
                solved = chance.random() < 0.5
                act("appeal_rate", author, number=number, speed=chance.randint(1, 5), solved=solved)
                if not solved and chance.random() < 0.6:
                    act("appeal_reopen", author, number=number, reason=REASON)
    assert kept() == recount()
    total = act("appeal_statistics", None)["total"]
    sums = [sum(column) for column in zip(*recount().values(), strict=True)]
    assert [total[name] for name in NAMES] == sums
    assert total["forwarded"] == forwarded > 0
    for group in ("agency", "topic", "region", "kind", "month"):
        groups = act("appeal_statistics", None, group=group)["groups"]
        # All months together are what the months give when they are added up.
        assert act("appeal_statistics", None, group=group, first="2020-01")["groups"] == groups
        assert sum(one["received"] for one in groups) == total["received"]
        assert sum(one["answered"] for one in groups) == total["answered"]
        assert sum(one["forwarded"] for one in groups) == forwarded
        assert all(one["title"] for one in groups)
    by_hand = sa.text("SELECT count(*) FROM opengov_dialog_appeal WHERE topic = 'roads' AND agency_id = :agency")
    for to in agencies:
        found = act("appeal_statistics", None, agency=to, topic="roads", group="region")
        assert found["total"]["received"] == model.Session.scalar(by_hand, {"agency": to})
        assert found["total"]["received"] == sum(one["received"] for one in found["groups"])


def test_the_median_is_that_of_all_days() -> None:
    known = {"one": [3], "two": [3, 6], "most": [1] * 5 + [20] * 4, "middle": [1, 1, 7, 20, 20], "apart": [0, 0, 9, 9]}
    for name, days in known.items():
        agency(name=name)
        answered = [{"answer": "Ответ.", "answer_date": f"2026-03-{10 + taken}", "agency": name} for taken in days]
        bring([line(number, id=f"{name}-{number}", **one) for number, one in enumerate(answered)])
    groups = act("appeal_statistics", None, group="agency")["groups"]
    found = {one["name"]: one["median_days"] for one in groups}
    assert found == {"one": 3, "two": 4.5, "most": 1, "middle": 7, "apart": 4.5}
    # 0 0 1 1 1 1 1 1 1 3 3 6 7 9 9 20 …: the eleventh of 21.
    assert act("appeal_statistics", None)["total"]["median_days"] == 3


@pytest.mark.ckan_config("opengov.ratings.minimum", 2)
def test_shares_have_their_interval_and_only_from_the_minimum_on() -> None:
    to, author = agency(), citizen()
    head = officer(to, Role.HEAD)

    def rated(subject: str, solved: bool) -> dict[str, Any]:
        number = write(author, to, subject=subject)["number"]
        act("appeal_take", head, number=number)
        act("appeal_answer", head, number=number, text=ANSWER, acknowledged=["copy"])
        act("appeal_rate", author, number=number, speed=5, solved=solved)
        return act("appeal_statistics", None, agency=to)["total"]

    first = rated("Первая тема обращения", True)
    assert (first["rated"], first["useful_share"], first["useful_low"]) == (1, None, None)
    second = rated("Вторая тема обращения", False)
    # Wilson, 1 of 2, 95 %.
    assert (second["useful_share"], second["useful_low"], second["useful_high"]) == (0.5, 0.0945, 0.9055)
    assert (second["median_days"], second["in_time_share"]) == (0, 1)
    assert act("appeal_statistics", None, agency=to)["ratings"]["axes"]["speed"]["mean"] == 5


def test_the_kits_own_action_keeps_no_marks_past_the_figures() -> None:
    to, author = agency(), citizen()
    head = officer(to, Role.HEAD)
    number = write(author, to)["number"]
    act("appeal_take", head, number=number)
    answer = act("appeal_answer", head, number=number, text=ANSWER)["answers"][0]["id"]
    with pytest.raises(tk.ValidationError, match="page of your appeal"):
        act("rating_create", author, entity_type="appeal", entity_id=answer, speed=5)


# --- moving in


def table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "text", "category", "date", "agency", "answer", "answer_date"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def line(number: int, **other: str) -> dict[str, str]:
    answered = {"answer": f"Ответ {number}: {ANSWER}", "answer_date": "20.03.2026"} if number % 2 else {}
    values = {
        "id": str(number),
        "text": f"{TEXT} Дом {number}.",
        "category": "Дороги и транспорт",
        "date": "10.03.2026",
    }
    return {**values, "agency": "old-agency", **answered, **other}


def bring(rows: list[dict[str, str]], **other: Any) -> dict[str, Any]:
    admin = factories.Sysadmin()["name"]
    return act("appeal_import", admin, source="old-portal", content=table(rows), **other)


def test_an_import_brought_again_doubles_nothing_and_adds_new_answers() -> None:
    to = agency(name="old-agency", title="Старый орган")
    rows = [line(number) for number in range(6)]
    first = bring(rows)
    assert (first["created"], first["updated"], first["unchanged"], first["bad_count"]) == (6, 0, 0, 0)
    again = bring(rows)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 6)
    rows[0] |= {"answer": "Ответ, который появился позже.", "answer_date": "2026-03-30"}
    later = bring(rows)
    assert (later["created"], later["updated"], later["unchanged"]) == (0, 1, 5)
    assert kept() == recount()
    assert act("appeal_statistics", None, agency=to)["total"]["answered"] == 4
    listed = act("appeal_list", None, agency=to)["appeals"]
    assert len(listed) == 6
    assert {one["topic"] for one in listed} == {"roads"}
    shown = act("appeal_show", None, number=listed[0]["number"])
    assert next(one["event"] for one in shown["timeline"]) == "appeal.imported"
    found = tk.get_action("package_search")({"user": ""}, {"fq": "dataset_type:appeal"})  # pyright: ignore
    assert found["count"] == 6


def test_bad_rows_are_reported_and_the_others_go_on() -> None:
    agency(name="old-agency")
    rows = [line(1), line(2, text=""), line(3, date="yesterday"), line(4, agency="nowhere"), line(1), line(5)]
    report = bring(rows)
    assert (report["created"], report["bad_count"]) == (2, 4)
    assert [(one["row"], list(one["errors"])) for one in report["bad"]] == [
        (3, ["text"]),
        (4, ["date"]),
        (5, ["agency"]),
        (6, ["id"]),
    ]
    with pytest.raises(tk.ValidationError, match="lacks the columns"):
        act("appeal_import", factories.Sysadmin()["name"], source="x", content="a,b\n1,2\n")
    with pytest.raises(tk.NotAuthorized):
        act("appeal_import", officer(agency(), Role.HEAD), source="x", content="id,text,date\n")


def test_at_least_a_hundred_a_second_are_brought_with_their_index() -> None:
    agency(name="old-agency")
    rows = [line(number) for number in range(600)]
    bring(rows[:50])
    # Of this process, so that a busy machine does not count.
    begun = time.process_time()
    assert bring(rows[50:])["created"] == 550
    assert 550 / (time.process_time() - begun) >= 100


def test_a_harvested_registry_writes_appeals() -> None:
    to = agency()
    (writer,) = [one.registry_writers["appeal"] for one in manifests() if "appeal" in one.registry_writers]
    record = {
        "id": "7f1c2a52-0f3e-4b0c-9a54-0c1d9e5a7b11",
        "owner_org": to,
        "title": "Ремонт дороги у школы",
        "notes": TEXT,
        "topic": "roads",
        "registered_date": "2026-03-10",
        "answer": None,
    }
    writer.create({}, record)
    writer.update({}, record | {"answer": ANSWER, "answered_date": "2026-03-20"})
    work()
    shown = act("appeal_show", None, number=record["id"])
    assert (shown["subject"], shown["topic"], shown["state"]) == ("Ремонт дороги у школы", "roads", "closed")
    assert shown["answers"][0]["text"] == ANSWER
    writer.withdraw({}, record["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_show", None, number=record["id"])
    writer.restore({}, record)
    assert act("appeal_show", None, number=record["id"])["visibility"] == "public"
    assert kept() == recount()
    with pytest.raises(tk.ValidationError):
        writer.create({}, {**record, "id": "other", "kind": "threat"})


def test_days_of_answers_are_kept_by_slice() -> None:
    agency(name="old-agency")
    bring([line(number) for number in range(4)])
    everything = (Days.agency_id == "", Days.topic == "", Days.region == "", Days.kind == "")
    days = model.Session.scalars(sa.select(Days).where(*everything).order_by(Days.month)).all()
    assert [(one.month, one.days, one.count) for one in days] == [(EVER, 10, 2), (dt.date(2026, 3, 1), 10, 2)]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Appeal)) == 4
