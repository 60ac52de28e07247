"""Ratings on four axes: one for each person and case, shown when there are enough of them."""

from __future__ import annotations

import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.ratings import Rating, RatingSum
from ckanext.opengov.civic.service import journal, ratings

from tests.civic.discussion_component import TOPIC, ForumPlugin, act, person, with_forum

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def rate(user: str, entity: str = "1", **marks: Any) -> dict[str, Any]:
    return act("rating_create", user, entity_type=TOPIC, entity_id=entity, **marks)


def summary(**data: Any) -> dict[str, Any]:
    return act("rating_summary", None, entity_type=TOPIC, **data)["axes"]


def by_strangers(number: int, **marks: int) -> None:
    for one in range(number):
        ratings.create(ratings.Given(TOPIC, f"case-{one}", f"user-{one}", marks))
    model.Session.commit()


def test_a_rating_is_kept_with_its_gaps() -> None:
    made = rate(person(), speed=5, transparency="2", comment="Быстро.")
    assert made == {
        "entity_type": TOPIC,
        "entity_id": "1",
        "accessibility": None,
        "speed": 5,
        "transparency": 2,
        "completeness": None,
        "comment": "Быстро.",
    }


def test_a_person_rates_a_case_once() -> None:
    citizen = person()
    rate(citizen, speed=5)
    with pytest.raises(tk.ValidationError, match="already"):
        rate(citizen, speed=1)
    rate(citizen, entity="2", speed=1)
    assert summary()["speed"]["number"] == 2


def test_many_tries_at_once_count_once() -> None:
    citizen = person()
    outcomes: list[str] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait(10)
        for _ in range(5):
            try:
                rate(citizen, speed=5)
                outcomes.append("kept")
            except tk.ValidationError:
                model.Session.rollback()
                outcomes.append("refused")
        model.Session.remove()

    running = [threading.Thread(target=work) for _ in range(10)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert (outcomes.count("kept"), len(outcomes)) == (1, 50)
    assert model.Session.scalars(sa.select(RatingSum.count)).all() == [1]


@pytest.mark.parametrize("mark", [0, 6, -1, 4.5, "great", True, "5; DROP TABLE", [5]])
def test_another_mark_is_refused(mark: Any) -> None:
    citizen = person()
    with pytest.raises(tk.ValidationError) as caught:
        rate(citizen, speed=mark)
    assert list(caught.value.error_dict) == ["speed"]


def test_a_rating_without_any_mark_is_none() -> None:
    citizen = person()
    with pytest.raises(tk.ValidationError, match="at least one"):
        rate(citizen, comment="Текст без оценки")


def test_the_component_says_who_may_rate() -> None:
    ForumPlugin.closed.add("1")
    citizen = person()
    with pytest.raises(tk.ValidationError, match="not closed yet"):
        rate(citizen, speed=5)
    with pytest.raises(tk.ValidationError, match=r"Types that are: .*\btopic\b"):
        act("rating_create", citizen, entity_type="spaceship", entity_id="1", speed=5)


def test_rating_needs_an_account_with_a_confirmed_address() -> None:
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            rate(user, speed=5)


def test_the_comment_is_masked_for_others() -> None:
    assert "234 56 78" not in str(rate(person(), speed=1, comment="Звоните +7 701 234 56 78"))
    rating = model.Session.scalars(sa.select(Rating)).one()
    assert "234 56 78" not in (rating.comment_public or "")
    assert "234 56 78" in (rating.comment_original or "")


def test_under_the_minimum_only_the_number_is_shown() -> None:
    by_strangers(9, speed=5)
    nothing = {"mean": None, "good": None, "good_low": None, "good_high": None}
    assert summary()["speed"] == {"number": 9, **nothing}
    by_strangers_more = ratings.Given(TOPIC, "1", "one-more", {"speed": 1})
    ratings.create(by_strangers_more)
    model.Session.commit()
    shown = summary()["speed"]
    assert (shown["number"], shown["mean"], shown["good"]) == (10, 4.6, 0.9)
    # Wilson, 9 of 10, 95 %.
    assert (shown["good_low"], shown["good_high"]) == (0.5958, 0.9821)
    assert summary()["accessibility"] == {"number": 0, **nothing}


@pytest.mark.ckan_config("opengov.ratings.minimum", 2)
def test_each_agency_has_its_own_figures_and_all_have_their_sum() -> None:
    by_strangers(2, speed=5)
    ForumPlugin.agency = "agency-2"
    for number in range(2):
        ratings.create(ratings.Given(TOPIC, f"other-{number}", f"user-{number}", {"speed": 1}))
    model.Session.commit()
    assert summary(agency_id="agency-1")["speed"]["mean"] == 5
    assert summary(agency_id="agency-2")["speed"]["mean"] == 1
    assert summary()["speed"]["mean"] == 3
    assert summary(agency_id="agency-3")["speed"]["number"] == 0
    assert summary(entity_id="other-1")["speed"] == {
        "number": 1,
        "mean": None,
        "good": None,
        "good_low": None,
        "good_high": None,
    }


def test_the_sums_are_those_of_the_ratings() -> None:
    for number in range(40):
        marks = {axis: (number * step) % 6 or None for step, axis in enumerate(ratings.AXES, 1)}
        ratings.create(ratings.Given(TOPIC, f"case-{number}", "one", {**marks, "speed": number % 5 + 1}))
    model.Session.commit()
    for axis in ratings.AXES:
        column = getattr(Rating, axis)
        query = sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column)
        counted = dict(model.Session.execute(query).tuples().all())
        kept = sa.select(RatingSum.mark, RatingSum.count).where(RatingSum.axis == axis)
        assert dict(model.Session.execute(kept).tuples().all()) == counted


def test_the_journal_says_that_a_case_was_rated_and_not_by_whom() -> None:
    citizen = person()
    rate(citizen, speed=5)
    (entry,) = journal.entries(TOPIC, "1", internal=True)
    assert (entry["event"], entry["actor"], entry["public"], entry["internal"]) == ("rating.created", None, {}, {})
