"""An officer publishes a file in the catalogue's pages; a visitor finds it, in three languages and on a phone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from ckanapi import RemoteCKAN
from playwright.sync_api import Page, expect

from stack.layout import Layout
from tests.e2e.conftest import Country, sign_in

CSV = "аймақ,мектептер саны\nАстана,120\nАлматы,240\nШымкент,180\n"
LOADING = 120_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "schools.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def publish(page: Page, country: Country, file: Path) -> None:
    sign_in(page, country, country.officer)
    page.goto(f"{country.url}/en/dataset/new")
    page.locator("[name='title_translated-kk']").fill("Мектептер саны")
    page.locator("[name='title_translated-ru']").fill("Количество школ")
    page.locator("[name='title_translated-en']").fill("Number of schools")
    page.locator("[name='notes_translated-kk']").fill("Аймақтардағы мектептер саны")
    page.locator("[name='owner_org']").select_option(country.agency["id"])
    page.locator("button[name='save'][type='submit']").last.click()
    page.locator("input[type='file'][name='upload']").set_input_files(file)
    page.locator("button[name='save'][value='go-metadata']").click()
    expect(page.locator("h1").first).to_contain_text("Number of schools")


def test_an_officer_publishes_and_a_visitor_finds(page: Page, country: Country, file: Path) -> None:
    broken: list[str] = []
    page.on("response", lambda answer: broken.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    publish(page, country, file)
    slug = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.context.clear_cookies()

    page.goto(f"{country.url}/dataset/?q=мектеп")
    page.get_by_role("link", name="Мектептер саны").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    expect(page.locator("h1").first).to_contain_text("Мектептер саны")

    page.goto(f"{country.url}/ru/dataset/?q=школа")
    expect(page.get_by_role("link", name="Количество школ").first).to_be_visible()

    with RemoteCKAN(country.url) as portal:
        found = portal.action.package_search(q="schools")
        assert [hit["name"] for hit in found["results"]] == [slug]
        resource = found["results"][0]["resources"][0]["id"]
        rows = wait_for_rows(portal, resource)
    assert [row["мектептер саны"] for row in rows] == [120, 240, 180]
    page.goto(f"{country.url}/en/dataset/{slug}/resource/{resource}")
    table = page.frame_locator("iframe").first
    expect(table.get_by_text("Шымкент").first).to_be_visible(timeout=LOADING)
    assert broken == []


def wait_for_rows(portal: RemoteCKAN, resource: str) -> list[dict[str, Any]]:
    until = time.monotonic() + LOADING / 1000
    while time.monotonic() < until:
        if portal.action.resource_show(id=resource).get("datastore_active"):
            return portal.action.datastore_search(resource_id=resource, sort="_id")["records"]
        time.sleep(0.5)
    log = Layout.from_environment().logs / f"{Layout.from_environment().testing.name}-worker.log"
    tail = log.read_text(errors="replace")[-3000:] if log.exists() else "none"
    raise AssertionError(f"the file did not become a table; the worker's log ends with:\n{tail}")


@pytest.mark.parametrize("language", ["", "/ru"])
def test_pages_work_on_a_phone(page: Page, country: Country, file: Path, language: str) -> None:
    publish(page, country, file)
    slug = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    for path in (
        "/",
        "/dataset/",
        f"/dataset/{slug}",
        "/organization/",
        "/organization/ministry-of-examples",
        "/about",
    ):
        page.goto(f"{country.url}{language}{path}")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, path
        violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
        assert not violations, (path, [(v["id"], v["nodes"][0]["html"]) for v in violations])
