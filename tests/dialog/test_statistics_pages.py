"""The page of figures: right against appeals made by hand, in league tables, as files, without a statement a row."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.opengov.dialog.service.appeals.league import ordered
from lxml import html

from tests.dialog.appeals import act, agency
from tests.dialog.figures_ground import bring, rate, statements, table

SCRIPT = "<script>alert(1)</script>"
pages = pytest.mark.usefixtures("clean_portal")
small = pytest.mark.ckan_config("opengov.ratings.minimum", 3)
places = pytest.mark.ckan_config("opengov.dialog.league_minimum", 3)


def page(app: Any, address: str) -> Any:
    return html.fromstring(app.get(address).get_data(as_text=True))


def rows(found: Any) -> dict[str, dict[str, str]]:
    """Title → heading → text of the league table."""
    shown = {}
    for row in found.xpath("//table[contains(@class, 'og-league')]/tbody/tr"):
        title = row.xpath("./th")[0].text_content().strip()
        shown[title] = {cell.get("data-label"): " ".join(cell.text_content().split()) for cell in row.xpath("./td")}
    return shown


def group(title: str, **figures: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("received", "answered", "in_time", "reopened", "forwarded", "rated"), 0)
    rates = dict.fromkeys(("in_time_share", "median_days", "useful_share", "useful_low", "solved_share", "solved_low"))
    return {"title": title, **counts, **rates, **figures}


@pages
@small
@places
@pytest.mark.ckan_config("opengov.dialog.premoderation", False)
def test_the_figures_are_those_of_the_appeals(app: Any) -> None:
    alpha = agency(name="alpha", title_translated={"en": "Alpha"})
    agency(name="beta", title_translated={"en": f"Beta {SCRIPT}"})
    bring("alpha", [3, 5, 8, 20, 29, None])
    bring("beta", [1, None], topic="health")
    rate(alpha, [True, True, False])

    body = app.get("/en/dialog/statistics").get_data(as_text=True)
    assert SCRIPT not in body
    found = html.fromstring(body)
    shown = rows(found)
    # Five answers of the import and three on the same day: 0 0 0 3 5 8 20 29, of which the last came too late.
    assert shown["Alpha"] == {
        "Received": "9",
        "Answered": "8",
        "Answered in time": "88%",
        "Median days": "4",
        # Wilson, 2 of 3, 95 %: 0.2077 to 0.9385.
        "Found useful": "67%21–94%",
        "Problem solved": "67%21–94%",
        "Opened again": "0",
        "Passed on": "0",
    }
    few = shown[f"Beta {SCRIPT} few answers"]
    assert (few["Received"], few["Answered"], few["Median days"], few["Found useful"]) == ("2", "1", "1", "–")
    tiles = {one.xpath("./dt")[0].text: one.xpath("./dd/strong")[0].text for one in found.xpath("//dl/div[dt]")}
    assert (tiles["Received"], tiles["Answered"]) == ("11", "9")
    october = found.xpath("//table[@id='og-months-table']/tbody/tr[th='Oct 2026']/td/text()")
    assert october == ["8", "6"]


@pages
@small
@pytest.mark.ckan_config("opengov.dialog.premoderation", False)
def test_under_the_minimum_neither_a_rating_nor_what_it_is_made_of_is_shown(app: Any) -> None:
    rate(agency(name="alpha"), [True, False])
    found = act("appeal_statistics", None, group="agency")
    for shown in (found["total"], *found["groups"]):
        assert shown["rated"] == 2
        assert [shown[name] for name in ("useful", "solved", "useful_share", "useful_low", "solved_high")] == [None] * 5
    assert "2 ratings; shown from 3 on" in app.get("/en/dialog/statistics").get_data(as_text=True)


@pages
@places
def test_the_files_are_the_table(app: Any) -> None:
    agency(name="alpha", title_translated={"en": "Alpha"})
    agency(name="beta", title_translated={"en": "=SUM(A1)"})
    bring("alpha", [3, 5, 8])
    bring("beta", [1], topic="health")
    address = "/en/dialog/statistics?by=agency&sort=median_days"
    shown = rows(page(app, address))
    # Beta has too few answers for a place, so it stands last though it was quicker.
    assert [(title.split(" few")[0], one["Rank"]) for title, one in shown.items()] == [
        ("Alpha", "1"),
        ("=SUM(A1)", "–"),
    ]
    lines = table(app.get(f"{address}&format=csv").get_data(as_text=True))
    wanted = act("appeal_statistics", None, group="agency", sort="median_days")["groups"]
    assert [(one["name"], one["rank"], one["received"], one["median_days"]) for one in lines] == [
        (one["name"], str(one["rank"] or ""), str(one["received"]), str(one["median_days"])) for one in wanted
    ]
    assert lines[1]["title"] == "'=SUM(A1)"
    sent = app.get(f"{address}&format=json")
    assert sent.json["rows"][0]["in_time_share"] == wanted[0]["in_time_share"]
    assert sent.json["total"]["received"] == 4
    assert "attachment" in sent.headers["Content-Disposition"]
    by_topic = app.get("/en/dialog/statistics?by=topic&agency=beta&format=json").json["rows"]
    assert [(one["topic"], one["title"], one["received"]) for one in by_topic] == [("health", "Health", 1)]
    by_month = app.get("/ru/dialog/statistics?by=month&kind=complaint&first=2026-10&last=2026-10&format=json").json
    assert [(one["month"], one["received"]) for one in by_month["rows"]] == [("2026-10-01", 4)]


@pages
def test_what_stands_wrong_in_the_address_is_told(app: Any) -> None:
    wrong = ("first=october", "agency=nobody", "sort=beauty", "order=down", "first=2026-13")
    for one in wrong:
        body = app.get(f"/en/dialog/statistics?{one}", status=400).get_data(as_text=True)
        assert 'role="alert"' in body
        assert "<form" in body
    assert "alert-danger" not in app.get("/en/dialog/statistics?by=stars&page=x").get_data(as_text=True)


@pages
def test_more_agencies_are_not_more_statements(app: Any) -> None:
    def count() -> int:
        with statements() as seen:
            for address in ("/en/dialog/statistics", "/en/head/"):
                app.get(address)
        return len(seen)

    agency(name="first-agency")
    bring("first-agency", [3])
    count()
    few = count()
    for number in range(3):
        agency(name=f"agency-{number}")
        bring(f"agency-{number}", [2, 4])
    assert count() == few


def test_places_go_to_those_of_whom_enough_is_known() -> None:
    groups = [
        group("a", answered=20, in_time_share=0.5),
        group("b", answered=2, in_time_share=1.0),
        group("c", answered=30, in_time_share=0.9),
        group("d", answered=30, in_time_share=0.9),
    ]
    found = ordered(groups, "in_time_share", "best", 10)
    assert [(one["title"], one["rank"], one["small_sample"]) for one in found] == [
        ("c", 1, False),
        ("d", 1, False),
        ("a", 3, False),
        ("b", None, True),
    ]
    turned = ordered(groups, "in_time_share", "reverse", 10)
    assert [(one["title"], one["rank"]) for one in turned] == [("a", 3), ("c", 1), ("d", 1), ("b", None)]


def test_ratings_are_ordered_by_the_lower_bound() -> None:
    lucky = group("lucky", answered=12, rated=12, useful_share=1.0, useful_low=0.757)
    proven = group("proven", answered=900, rated=800, useful_share=0.95, useful_low=0.933)
    assert [one["title"] for one in ordered([lucky, proven], "useful_share", "best", 10)] == ["proven", "lucky"]


def test_fewer_days_and_earlier_letters_come_first() -> None:
    groups = [group("z", answered=10, median_days=9.0), group("a", answered=10, median_days=11.5)]
    assert [one["title"] for one in ordered(groups, "median_days", "best", 10)] == ["z", "a"]
    assert [one["title"] for one in ordered(groups, "title", "best", 10)] == ["a", "z"]
