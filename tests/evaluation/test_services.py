"""Public services, their ratings and what is noticed about them, results of plans; what the reader then sees."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import openpyxl
import pytest
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.ratings import Rating
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.evaluation.model.services import Flag, RatingLink, ServiceRating
from ckanext.opengov.evaluation.service import rating, results
from ckanext.opengov.evaluation.service.packages import SERVICE
from ckanext.opengov.factories import Agency, citizen, officer
from werkzeug.datastructures import FileStorage

from tests.evaluation.ground import act

pytestmark = pytest.mark.usefixtures("clean_portal", "app")

NOW = dt.datetime.now(dt.UTC)
TITLE = {"kk": "Анықтама беру", "ru": "Выдача справки", "en": "Issue of a certificate"}
FIVES = {"accessibility": 5, "speed": 5, "transparency": 5, "completeness": 5}


def provider() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """An agency, its officer, one service."""
    agency = Agency(name="provider")
    author = officer(agency["id"], "evaluation", Role.AUTHOR)
    service = act("public_service_create", author, owner_org="provider", title=TITLE, online=True, term=3)
    return agency, author, service


def rated(service: dict[str, Any], number: int, **values: Any) -> list[ServiceRating]:
    """Ratings as they lie in the table."""
    given: dict[str, Any] = {"at": NOW, **dict.fromkeys(FIVES, 3)} | values
    made = []
    for place in range(number):
        own = {name: value(place) if callable(value) else value for name, value in given.items()}
        case = f"test:{values.get('name', '')}:{len(made)}:{model.types.make_uuid()}"
        made.append(ServiceRating(service_id=service["id"], agency_id=service["agency"]["id"], case_key=case, **own))
    model.Session.add_all(made)
    model.Session.commit()
    return made


def test_a_service_is_entered_changed_found_and_guarded() -> None:
    _agency, author, service = provider()
    act("public_service_create", author, owner_org="provider", title={"en": "Licence"}, online=False)
    changed = act("public_service_update", author, id=service["name"], term=0, channels=["portal", "mobile"])
    assert (changed["term"], changed["channels"], changed["online"]) == (0, ["portal", "mobile"], True)
    outbox.drain()
    found = tk.get_action("package_search")({"user": ""}, {"q": "справки", "fq": f"dataset_type:{SERVICE}"})
    assert found["count"] == 1
    listed = act("public_service_list", None, q="СПРАВК")
    assert ([one["id"] for one in listed["results"]], listed["share"]) == ([service["id"]], {"number": 2, "online": 1})
    with pytest.raises(tk.NotAuthorized):
        act("public_service_update", officer(Agency()["id"], "evaluation", Role.AUTHOR), id=service["id"], term=1)
    with pytest.raises(tk.NotAuthorized):
        act("package_patch", author, id=service["id"], title="Other")
    with pytest.raises(tk.ValidationError) as caught:
        act("public_service_update", author, id=service["id"], term="soon", standard_url="javascript:1", channels=["x"])
    assert set(caught.value.error_dict) == {"term", "standard_url", "channels"}


def test_a_link_rates_one_case_once(app: Any) -> None:
    _agency, author, service = provider()
    links = act("service_rating_link_create", author, id=service["id"], number=2)["links"]
    path = re.sub(r"^https?://[^/]+", "", links[0])
    page = app.get(path)
    assert page.status_code == 200
    assert TITLE["kk"] in page.body
    assert "X-Frame-Options" not in page.headers
    assert app.post(path, data={}).status_code == 400
    assert app.post(path, data={**FIVES, "comment": "Тел. +7 701 123 45 67"}).status_code == 200
    assert app.get(path).status_code == 410
    assert app.post(path, data=FIVES).status_code == 410
    kept = model.Session.query(ServiceRating).one()
    assert "701" not in (kept.comment_public or "")
    assert path.rsplit("/", 1)[1] not in str([row.hash for row in model.Session.query(RatingLink)])
    with pytest.raises(tk.NotAuthorized):
        act("service_rating_link_create", citizen(), id=service["id"])


def test_after_an_answered_appeal_its_author_rates_a_service_of_that_agency_once() -> None:
    agency, _author, service = provider()
    person = citizen()
    with pytest.raises(tk.ValidationError, match="after you have rated"):
        act("service_rating_create", person, id=service["id"], speed=4)
    model.Session.add(
        Rating(entity_type="appeal", entity_id="answer", user_id=person["id"], agency_id=agency["id"], speed=4)
    )
    model.Session.commit()
    act("service_rating_create", person, id=service["id"], speed=4)
    with pytest.raises(tk.ValidationError):
        act("service_rating_create", person, id=service["id"], speed=4)
    with pytest.raises(tk.NotAuthorized):
        act("service_rating_create", None, id=service["id"], speed=4)


def test_500_ratings_from_one_address_stay_and_the_reader_sees_what_is_odd(app: Any) -> None:
    _agency, author, service = provider()
    rated(service, 20, address_key=lambda place: f"home-{place}", at=lambda place: NOW - dt.timedelta(days=place + 2))
    tokens = rating.make_links(rating.model.Session.get_one(rating.Service, service["id"]), 500, author["id"])
    for token in tokens:
        rating.by_link(token, FIVES, "203.0.113.7")
    model.Session.commit()
    found = act("service_rating_summary", None, id=service["id"])
    assert (found["number"], found["flagged"]) == (520, 500)
    assert [(one["kind"], one["number"]) for one in found["flags"]] == [("address", 500)]
    assert found["all"]["speed"]["mean"] == round((500 * 5 + 20 * 3) / 520, 2)
    assert (found["plain"]["speed"]["mean"], found["plain"]["speed"]["number"]) == (3.0, 20)
    page = app.get(f"/ru/public_service/{service['name']}").body
    assert "520" in page
    assert "500" in page
    assert "203.0.113.7" not in page
    # The clock finds the flood as well, and the same address is not told twice.
    rating.watch()
    kinds = [one.kind for one in model.Session.query(Flag).order_by(Flag.id)]
    assert sorted(kinds) == ["address", "burst"]


def test_a_ring_of_accounts_is_told_and_few_ratings_say_nothing() -> None:
    _agency, author, first = provider()
    services = [first] + [
        act("public_service_create", author, owner_org="provider", title={"en": f"Service {n}"}) for n in range(2)
    ]
    for service in services:
        rated(service, 5, person_key=lambda place: f"ring-{place}", **FIVES)
    rating.watch()
    found = act("service_rating_summary", None, id=first["id"])
    assert [(one["kind"], one["accounts"], one["services"]) for one in found["flags"]] == [("ring", 5, 3)]
    assert found["flagged"] == 5
    # Five marks are under the minimum of the kit: no mean, with or without.
    assert found["plain"]["speed"]["mean"] is None
    everything = act("evaluation_ratings", None, agency="provider")
    assert everything["number"] == 15


def test_results_are_read_from_files_all_rows_or_none(app: Any) -> None:
    agency, author, _service = provider()
    head = ",".join(results.COLUMNS["targets"])
    rows = ["Plan,1.1,Жол,Дороги,Roads,km,up,2026,100,120,", "Plan,1.2,Қалдық,Отходы,Waste,%,down,2026,20,25,Drought"]
    csv = FileStorage(io.BytesIO("\n".join([head, *rows]).encode()), "targets.csv")
    assert act("evaluation_results_save", author, owner_org="provider", file=csv) == {"saved": 2}
    found = act("evaluation_results_list", None, owner_org="provider")["targets"]
    assert [(one["code"], one["is_reached"], one["reason"]) for one in found] == [
        ("1.1", True, None),
        ("1.2", False, "Drought"),
    ]
    bad = [{"plan": "P", "code": "2", "title_en": "T", "unit": "%", "year": 1, "planned": "many", "direction": "away"}]
    bad.append({"plan": "P", "code": "3", "title_en": "T", "unit": "%", "year": 2026, "planned": 5, "reached": 4})
    with pytest.raises(tk.ValidationError) as caught:
        act("evaluation_results_save", author, owner_org="provider", rows=bad)
    told = caught.value.error_dict["rows"]
    assert [text.split(":")[0] for text in told] == [
        "Row 1, direction",
        "Row 1, year",
        "Row 1, planned",
        "Row 2, reason",
    ]
    assert len(act("evaluation_results_list", None, owner_org="provider")["targets"]) == 2

    book = openpyxl.Workbook()
    book.worksheets[0].append(list(results.COLUMNS["official"]))
    book.worksheets[0].append([2025, "Goals", 71.5, "https://example.org"])
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    xlsx = FileStorage(content, "official.xlsx")
    act("evaluation_results_save", author, owner_org="provider", kind="official", file=xlsx)
    assert act("evaluation_results_list", None, owner_org="provider")["official"][0]["score"] == "71.5"
    page = app.get("/evaluation/results/provider").body
    assert "Drought" in page
    assert "71,5" in page
    assert act("comment_list", None, entity_type=results.TYPE, entity_id=agency["id"])["comments"] == []


def test_a_harvested_registry_brings_renews_withdraws_and_restores_services() -> None:
    agency = Agency()
    writer = next(one.registry_writers[SERVICE] for one in manifests() if SERVICE in one.registry_writers)
    record = {
        "id": model.types.make_uuid(),
        "owner_org": agency["id"],
        "title": "Справка",
        "online": "true",
        "term": "5",
    }
    writer.create({}, record)
    writer.update({}, record | {"term": "7"})
    assert act("public_service_show", None, id=record["id"])["term"] == 7
    writer.withdraw({}, record["id"])
    assert act("public_service_list", None)["count"] == 0
    writer.restore({}, record)
    assert act("public_service_show", None, id=record["id"])["term"] == 5
    with pytest.raises(tk.ValidationError):
        writer.create({}, record | {"id": model.types.make_uuid(), "owner_org": None})
    model.Session.rollback()
