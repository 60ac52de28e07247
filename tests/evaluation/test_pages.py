"""Pages of evaluation: what a reader sees of a score, and the files of it."""

from __future__ import annotations

import io
import json
from typing import Any

import ckan.model as model
import openpyxl
import pypdf
import pytest
from ckan.tests import factories
from ckanext.opengov.evaluation.model.evaluations import Evaluation
from ckanext.opengov.factories import Agency

from tests.evaluation.frameworks_ground import tree
from tests.evaluation.ground import VALUES, Ground, act

pytestmark = pytest.mark.usefixtures("clean_portal")


def test_before_anything_is_published_the_pages_say_so(app: Any) -> None:
    Agency(name="silent")
    for path in (
        "/evaluation",
        "/evaluation/compare",
        "/evaluation/map",
        "/public_service",
        "/evaluation/results/silent",
    ):
        assert app.get(f"/en{path}").status_code == 200
    for path in (
        "/evaluation/agency/silent",
        "/evaluation/agency/nobody",
        "/evaluation/method/none",
        "/evaluation/none",
    ):
        assert app.get(path).status_code == 404
    for path in ("/evaluation/desk", "/evaluation/office", "/evaluation/desk/frameworks"):
        assert app.get(path, follow_redirects=False).status_code == 302


def test_a_published_evaluation_on_all_its_pages_and_in_all_its_files(app: Any) -> None:
    ground = Ground()
    evaluation = ground.published(ground.akimat, VALUES)
    ground.published(ground.central, VALUES)

    league = app.get("/en/evaluation?kind=region").body
    assert "73.8" in league
    assert "76.8" not in league
    card = app.get("/en/evaluation/agency/akimat").body
    # The way down to the score: points, weights, what was left out.
    for text in ("Why 73.8?", "Targets reached", "+11.2", "1 of 1", "Seen."):
        assert text in card
    central = app.get("/en/evaluation/agency/ministry").body
    assert "For other kinds of agency" in central
    assert "instead of 50" in central
    both = app.get("/en/evaluation/compare?agency=akimat&agency=ministry&agency=nobody").body
    assert "73.8" in both
    assert "76.8" in both
    assert "73.8" in app.get("/en/evaluation/map").body
    method = app.get(f"/en/evaluation/method/example@{ground.framework['version']}").body
    for text in (
        "0 points at 0, 100 points at 100 %",
        "up to 5 days: 100",
        "Only for: Akimats.",
        "fewer than 10 cases",
    ):
        assert text in method
    assert app.get(f"/evaluation/{evaluation}", follow_redirects=False).status_code == 302

    as_json = json.loads(app.get("/evaluation?format=json").body)
    assert {row["agency"]: row["score"] for row in as_json["rows"]} == {"akimat": "73.8", "ministry": "76.8"}
    csv = app.get("/evaluation/agency/akimat?format=csv").body
    assert "days" in csv
    book = openpyxl.load_workbook(io.BytesIO(app.get("/evaluation?format=xlsx").data))
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["period", "kind", "place"]
    paper = pypdf.PdfReader(io.BytesIO(app.get("/en/evaluation/agency/akimat?format=pdf").data))
    assert "73.8 of 100 points" in paper.pages[0].extract_text()
    assert "name: example" in app.get("/evaluation/method/example?format=yaml").body


def test_officers_work_on_their_desk_and_are_told_what_is_wrong(app: Any) -> None:
    ground = Ground()
    evaluation = ground.of(ground.akimat)

    def signed(user: dict[str, Any]) -> dict[str, str]:
        token = factories.APIToken(user=user["name"])["token"]
        return {"Authorization": token}

    head, judge, chief = (signed(one) for one in (ground.head, ground.evaluator, ground.supervisor))
    path = f"/en/evaluation/desk/{evaluation}"
    data = {"indicator": "reached", "status": "given", "number": "eighty"}
    page = app.post(f"{path}/claim", data=data, headers=head)
    assert page.status_code == 400
    assert "Give a number" in page.body
    assert "eighty" in page.body
    done = app.post(f"{path}/claim", data=data | {"number": "80,5"}, headers=head, follow_redirects=False)
    assert done.status_code == 302
    assert "80.5" in app.get(path, headers=head).body
    assert app.post(f"{path}/value", data=data, headers=head).status_code in (400, 403)
    assert app.post(f"{path}/nonsense", headers=head).status_code == 404
    assert app.get(path, headers=signed(factories.User())).status_code == 403

    model.Session.get_one(Evaluation, evaluation).state = "evaluation"
    model.Session.commit()
    value = data | {"number": "70", "reason": "Seen", "revision": "0"}
    assert app.post(f"{path}/value", data=value, headers=judge, follow_redirects=False).status_code == 302
    late = app.post(f"{path}/value", data=value | {"number": "60"}, headers=judge)
    assert late.status_code == 409
    assert "a moment ago: 70" in late.body

    assert app.get("/en/evaluation/desk/frameworks?from=kazakhstan", headers=chief).status_code == 200
    assert app.get("/en/evaluation/desk/periods", headers=head).status_code == 403
    bad = app.post("/en/evaluation/desk/frameworks", data={"content": "name: Ещё", "check": "1"}, headers=chief)
    assert bad.status_code == 400
    assert "At least one block is needed" in bad.body
    good = app.post("/en/evaluation/desk/frameworks", data={"content": json.dumps(tree()), "check": "1"}, headers=chief)
    assert "Nothing is wrong: 5 indicators." in good.body
    opened = {
        "name": "2026",
        "framework": "example",
        "starts_on": "2026-01-01",
        "ends_on": "2026-01-31",
        "title-en": "X",
    }
    refused = app.post("/en/evaluation/desk/periods", data=opened, headers=chief)
    assert "There is a period of this name already." in refused.body
    assert act("evaluation_list", ground.evaluator)
    office = app.get("/en/evaluation/office", headers=head).body
    assert "Enter a service" in office
    entered = {"agency": "akimat", "title-en": "Certificate", "term": "2", "online": "true", "channels": "portal"}
    app.post("/en/evaluation/office/service", data=entered, headers=head)
    service = act("public_service_list", None)["results"][0]
    links = app.post("/en/evaluation/office/links", data={"id": service["id"], "number": "2"}, headers=head).body
    assert links.count("/service-rating/") == 3
