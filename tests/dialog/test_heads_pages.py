"""The pages of the heads: who it is, the figures, the answered appeals page by page; and all heads together."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.opengov.civic.roles import Role
from lxml import html

from tests.dialog.appeals import ANSWER, act, agency, citizen, officer, write
from tests.dialog.figures_ground import bring, rate, statements

pytestmark = pytest.mark.usefixtures("clean_portal")

SCRIPT = "<script>alert(1)</script>"
HEAD = {
    "name": "alpha",
    "title_translated": {"en": f"Alpha {SCRIPT}", "ru": f"Альфа {SCRIPT}"},
    "head_name": f"Head of Alpha {SCRIPT}",
    "head_position_translated": {"en": "Chairman", "ru": "Председатель"},
}
small = pytest.mark.ckan_config("opengov.ratings.minimum", 3)
open_at_once = pytest.mark.ckan_config("opengov.dialog.premoderation", False)


def page(app: Any, address: str) -> Any:
    body = app.get(address).get_data(as_text=True)
    assert SCRIPT not in body
    return html.fromstring(body)


def subjects(found: Any) -> list[str]:
    return found.xpath("//ol[@class='og-answered']/li/h3/a/text()")


@small
@open_at_once
def test_a_head_with_the_figures_of_the_agency(app: Any) -> None:
    alpha = agency(**HEAD)
    bring("alpha", [3, 5, 29, None])
    rate(alpha, [True, True, False])
    found = page(app, "/en/head/alpha")
    assert found.xpath("//h1")[0].text == f"Head of Alpha {SCRIPT}"
    assert "Chairman" in found.text_content()
    assert found.xpath("//a[contains(@class, 'og-head__write')]/@href") == ["/en/appeal/new?agency=alpha"]
    tiles = {one.xpath("./dt")[0].text: one.xpath("./dd")[0].text_content() for one in found.xpath("//dl/div[dt]")}
    assert tiles["Received"] == "7"
    assert tiles["Answered"] == "65 in time"
    assert tiles["Answered in time"] == "83%"
    assert tiles["Problem solved"] == "67%3 ratings; the true share lies between 21–94%"
    assert "5 of 5" in tiles["Speed"]
    assert "Председатель" in page(app, "/ru/head/alpha").text_content()
    app.get("/en/head/nobody", status=404)


@open_at_once
def test_who_acts_for_the_head_is_named(app: Any) -> None:
    alpha = agency(**HEAD)
    author, head = citizen(), officer(alpha, Role.HEAD)
    for number, signed_as in enumerate(("head", "acting")):
        filed = write(author, alpha, subject=f"Заявление номер {number}")["number"]
        act("appeal_take", head, number=filed)
        signature = {"signed_as": signed_as, "signer_name": "Deputy"}
        act("appeal_answer", head, number=filed, text=ANSWER, acknowledged=["copy"], **signature)
        assert ("signed by Deputy" in page(app, "/en/head/alpha").text_content()) is (signed_as == "acting")


@open_at_once
def test_answered_public_appeals_stand_there_page_by_page(app: Any) -> None:
    alpha = agency(**HEAD)
    bring("alpha", [2] * 22 + [None])
    author, head = citizen(), officer(alpha, Role.HEAD)
    private = write(author, alpha, subject="Частное заявление", public=False)["number"]
    act("appeal_take", head, number=private)
    act("appeal_answer", head, number=private, text=ANSWER)
    first = page(app, "/en/head/alpha")
    older = page(app, first.xpath("//a[@rel='next']/@href")[0])
    assert (len(subjects(first)), len(subjects(older))) == (20, 2)
    assert not older.xpath("//a[@rel='next']")
    assert not any("Частное" in one for one in subjects(first) + subjects(older))
    app.get("/en/head/alpha?cursor=x", status=400)


def test_a_page_takes_as_many_statements_for_many_appeals_as_for_few(app: Any) -> None:
    def count() -> int:
        with statements() as seen:
            app.get("/en/head/alpha")
        return len(seen)

    agency(**HEAD)
    bring("alpha", [2])
    count()
    few = count()
    agency(name="beta")
    bring("beta", [2])
    bring("alpha", [3] * 15, first=1)
    assert count() == few


def test_all_heads_are_found_by_agency_name_and_place(app: Any) -> None:
    agency(**HEAD, region="710000000")
    agency(name="beta", title_translated={"en": "Beta"}, head_name="Somebody Else")
    bring("alpha", [3])

    def names(query: str = "") -> list[str]:
        return page(app, f"/en/head/{query}").xpath("//ul[@class='og-heads']/li/h2/a/@href")

    assert names() == ["/en/head/alpha", "/en/head/beta"]
    assert names("?q=somebody") == ["/en/head/beta"]
    assert names("?region=710000000") == ["/en/head/alpha"]
    assert names("?q=nothing") == []
    card = page(app, "/en/head/?q=alpha").xpath("//ul[@class='og-heads']/li/dl/div[dt='Received']/dd")[0]
    assert card.text_content().strip() == "1"
    found = act("head_list", None, q="alpha", limit=1)
    assert (found["count"], found["heads"][0]["statistics"]["median_days"]) == (1, 3.0)


def test_the_agencys_page_leads_to_its_head(app: Any) -> None:
    agency(**HEAD)
    assert page(app, "/en/organization/alpha").xpath("//a[@href='/en/head/alpha']")
