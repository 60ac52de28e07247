"""Mobile coverage: the map shows nobody's own place, and the form brings a complaint to its agency."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.service import ground
from lxml import html

from tests.civic.photos import photo
from tests.dialog.appeals import act, agency, citizen, write
from tests.dialog.figures_ground import table

SCRIPT = "<script>alert(1)</script>"
pages = pytest.mark.usefixtures("clean_portal")
FORM = {
    "operator": "Operator A",
    "fault": "no_internet",
    "noticed_at": "2026-11-20T18:30",
    "latitude": "51,1279",
    "longitude": "71.4311",
    "region": "710000000",
    "text": "Каждый вечер пропадает связь у дома.",
    "public": "true",
}


@pytest.fixture
def mobile(clean_portal: None) -> Iterator[str]:
    """The id of the agency that complaints go to."""
    found = agency(name="mobile", title_translated={"en": "Mobile agency"})
    tk.config["opengov.dialog.mobile_agency"] = "mobile"
    yield found
    tk.config["opengov.dialog.mobile_agency"] = ""


def complain(number: int, **other: Any) -> None:
    point = {"operator": "Operator A", "fault": "no_signal", "latitude": 51.12, "longitude": 71.43}
    subject = f"Нет связи, случай {number}"
    write(citizen(), "mobile", kind="coverage", subject=subject, **{**point, **other})


def signed_in() -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=citizen())["token"]}


def page(app: Any, address: str, **options: Any) -> Any:
    return html.fromstring(app.get(address, **options).get_data(as_text=True))


def squares(found: Any) -> list[str]:
    return [one.text_content() for one in found.xpath("//a[contains(@class, 'og-square--')]/span[1]")]


@pytest.mark.usefixtures("mobile")
def test_a_square_is_shown_from_three_complaints_on(app: Any) -> None:
    complain(1)
    complain(2, latitude=51.17, longitude=71.48)
    complain(3, latitude=51.21)
    found = act("coverage_statistics", None)
    assert (found["total"], found["hidden"], found["cells"], found["minimum"]) == (3, 3, [], 3)
    assert squares(page(app, "/en/coverage?at=51.1,71.4&zoom=5")) == []
    complain(4, latitude=51.19, longitude=71.401)
    found = act("coverage_statistics", None)
    assert found["cells"] == [{"latitude": 51.15, "longitude": 71.45, "count": 3}]
    assert found["hidden"] == 1
    assert squares(page(app, "/en/coverage?at=51.1,71.4&zoom=5")) == ["3 complaints, 51.15° N, 71.45° E"]
    # From afar the squares are larger, and the fourth complaint lies in the same one.
    assert squares(page(app, "/en/coverage")) == ["4 complaints, 51° N, 71° E"]
    assert squares(page(app, "/en/coverage?at=43.2,76.9&zoom=4")) == []
    lines = table(app.get("/en/coverage?table=cells&format=csv").get_data(as_text=True))
    assert lines == [{"latitude": "51.15", "longitude": "71.45", "count": "3"}]


@pytest.mark.usefixtures("mobile")
def test_sums_by_operator_fault_and_place(app: Any) -> None:
    for number in range(3):
        complain(number)
    complain(3, operator="Operator B", fault="weak_signal", region="750000000", latitude=43.2, longitude=76.9)
    complain(4, operator=f"Rude words {SCRIPT}", region=None)
    found = act("coverage_statistics", None)
    # What only few have written as a name is not repeated to everybody.
    assert [(one["operator"], one["count"]) for one in found["by_operator"]] == [("Operator A", 3), (None, 2)]
    assert [(one["fault"], one["count"]) for one in found["by_fault"]] == [("no_signal", 4), ("weak_signal", 1)]
    assert {one["region"]: one["count"] for one in found["by_region"]} == {"710000000": 3, "750000000": 1, None: 1}
    assert act("coverage_statistics", None, operator="Operator B")["total"] == 1
    assert act("coverage_statistics", None, fault="weak_signal", first="2030-01")["total"] == 0
    body = app.get("/en/coverage").get_data(as_text=True)
    assert SCRIPT not in body
    assert "Rude words" not in body
    cells = html.fromstring(body).xpath("//table[contains(@class, 'og-league')]/tbody/tr[th='Astana']/td")
    assert [one.text_content() for one in cells] == ["3", "0", "3"]
    lines = table(app.get("/en/coverage?table=places&format=csv").get_data(as_text=True))
    assert [(one["title"], one["operator"], one["count"]) for one in lines] == [
        ("Almaty", "", "1"),
        ("Astana", "Operator A", "3"),
        ("Without a region", "", "1"),
    ]
    assert app.get("/en/coverage?table=faults&format=json").json["total"] == 5
    app.get("/en/coverage?first=never", status=400)
    app.get("/en/coverage?at=nan,1e999&zoom=999999999999")


def test_the_form_sends_a_complaint_to_its_agency(app: Any, mobile: str) -> None:
    headers = signed_in()
    found = page(app, "/en/coverage/new", headers=headers)
    assert found.xpath("//input[@name='latitude']")
    sent = app.post("/en/coverage/new", data=FORM, headers=headers).get_data(as_text=True)
    number = html.fromstring(sent).xpath("//code[@id='og-number']/text()")[0]
    author = {"user": "", "ignore_auth": True}
    shown = tk.get_action("appeal_show")(author, {"number": number})  # pyright: ignore[reportArgumentType]
    assert (shown["agency"]["id"], shown["kind"], shown["subject"]) == (
        mobile,
        "coverage",
        "No mobile internet: Operator A",
    )
    assert (shown["coverage"]["latitude"], shown["coverage"]["longitude"]) == (51.128, 71.431)
    assert shown["coverage"]["noticed_at"] == "2026-11-20T18:30:00+05:00"


@pytest.mark.usefixtures("mobile")
def test_a_picture_comes_with_the_complaint_and_the_draft_goes(app: Any) -> None:
    author = citizen()
    headers = {"Authorization": factories.APIToken(user=author)["token"]}
    act("draft_save", author, form_key="coverage-new", data={"text": ["x"]}, title="Coverage")
    form = page(app, "/en/coverage/new", headers=headers)
    assert form.xpath("//form[@data-opengov-draft='coverage-new'][@enctype='multipart/form-data']")
    wrong = {**FORM, "attachments": (io.BytesIO(b"no picture"), "speed.png")}
    answer = app.post("/en/coverage/new", data=wrong, headers=headers, status=400).get_data(as_text=True)
    assert html.fromstring(answer).xpath("//*[@id='error-attachments']")
    files = {**FORM, "attachments": (io.BytesIO(photo("PNG")), "speed.png")}
    sent = app.post("/en/coverage/new", data=files, headers=headers).get_data(as_text=True)
    number = html.fromstring(sent).xpath("//code[@id='og-number']/text()")[0]
    (picture,) = act("appeal_show", author, number=number)["attachments"]
    assert (picture["is_picture"], picture["is_private"]) == (True, True)
    assert act("draft_show", author, form_key="coverage-new")["draft"] is None


@pytest.mark.usefixtures("mobile")
def test_without_a_point_the_city_counts(app: Any) -> None:
    form = {**FORM, "latitude": "", "longitude": "", "town": "790000000"}
    app.post("/en/coverage/new", data=form, headers=signed_in())
    assert act("coverage_statistics", None)["total"] == 1
    tall = act("coverage_statistics", None, grid=20, operator="Operator A")
    assert (tall["hidden"], tall["cell_size"]) == (1, 2)


@pytest.mark.usefixtures("mobile")
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(app: Any) -> None:
    form = {**FORM, "latitude": "12", "text": f"{SCRIPT}", "operator": "", "noticed_at": "yesterday"}
    answer = app.post("/en/coverage/new", data=form, headers=signed_in(), status=400).get_data(as_text=True)
    assert SCRIPT not in answer
    found = html.fromstring(answer)
    wrong = [one.get("id") for one in found.xpath("//*[@aria-invalid='true'][@id]")]
    assert {"field-latitude", "field-operator", "field-noticed_at"} <= set(wrong)
    assert found.xpath("//textarea[@name='text']")[0].text == SCRIPT
    assert found.xpath("//input[@name='fault'][@checked]/@value") == ["no_internet"]


def test_while_no_agency_takes_complaints_the_form_is_hidden(app: Any, clean_portal: None) -> None:
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    assert not page(app, "/en/coverage").xpath("//a[@href='/en/coverage/new']")
    app.get("/en/coverage/new", status=404)
    app.post("/en/coverage/new", data=FORM, status=404)
    assert "opengov.dialog.mobile_agency" not in app.get("/en/coverage").get_data(as_text=True)
    for address in ("/en/coverage", "/en/coverage/new"):
        assert "opengov.dialog.mobile_agency" in app.get(address, headers=admin).get_data(as_text=True)


@pytest.mark.usefixtures("mobile")
def test_visitors_are_told_what_they_need_to_write(app: Any) -> None:
    found = page(app, "/en/coverage/new")
    assert "you need an account" in found.text_content()
    assert not found.xpath("//form//button[text()='Send the complaint']")
    app.post("/en/coverage/new", data=FORM, status=403)


@pages
@pytest.mark.ckan_config("opengov.dialog.map_tiles", "https://tiles.example.org/{z}/{x}/{y}.png")
def test_tiles_are_shown_only_from_the_address_of_the_settings(app: Any) -> None:
    found = page(app, "/en/coverage")
    tiles = found.xpath("//svg/g/image/@href")
    assert 12 <= len(tiles) <= 24
    assert all(one.startswith("https://tiles.example.org/5/") for one in tiles)


def test_the_projection_is_the_one_of_map_tiles() -> None:
    x, y = ground.project(51.17, 71.43)
    # The tile of zoom 5 that Astana lies in, as every map server counts them.
    assert (int(x // 256), int(y // 256)) == (22, 10)
    latitude, longitude = ground.unproject(x, y)
    assert (round(latitude, 6), round(longitude, 6)) == (51.17, 71.43)


def test_the_whole_country_is_in_the_first_window() -> None:
    window = ground.Window()
    points = [window.position(one.latitude, one.longitude) for one in ground.places()]
    assert all(0 < left < 100 and 0 < top < 100 for left, top in points)
    assert window.moved(nearer=-1) == window
    assert window.moved(nearer=1).moved(nearer=1).zoom == 2
    assert ground.window(90, 500, 99).zoom == ground.DEEPEST
