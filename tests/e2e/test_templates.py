"""An officer describes a table, fills its template and its grid in the browser; a visitor sees a chart of it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Country, sign_in

PHONE = {"width": 390, "height": 844}


def described(page: Page, country: Country) -> str:
    """A table made by the form; its page's address."""
    page.goto(f"{country.url}/en/template/new")
    page.locator("#field-agency").select_option(country.agency["name"])
    page.locator("#title_kk").fill("Мектептер")
    page.locator("#title_en").fill("Schools")
    page.locator("#external_id").fill("schools")
    for number, (name, kind) in enumerate((("code", "string"), ("pupils", "integer"), ("region", "string"))):
        page.locator(f"#name-{number}").fill(name)
        page.locator(f"#type-{number}").select_option(kind)
    page.locator("[name='key-0']").check()
    page.locator("[data-og-field]").nth(2).locator("summary").click()
    page.locator("#values-2").fill("71 = Астана\n75 = Алматы")
    page.get_by_role("button", name="More fields").click()
    page.locator("#name-3").fill("note")
    page.get_by_role("button", name="Save the structure").click()
    expect(page.get_by_role("heading", name="Get the template")).to_be_visible()
    return page.url


def send(page: Page, file: Path) -> None:
    page.locator("#field-upload").set_input_files(file)
    page.get_by_role("button", name="Check and load").click()


def test_from_the_template_to_the_chart(page: Page, country: Country, tmp_path: Path) -> None:
    sign_in(page, country, country.officer)
    address = described(page, country)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="English (XLSX)").click()
    file = tmp_path / "filled.xlsx"
    waiting.value.save_as(file)
    book = openpyxl.load_workbook(file)
    for number, row in enumerate((("a", 10, "71 — Астана"), ("b", "many", "Алмата")), 4):
        for place, value in enumerate(row, 1):
            book["data"].cell(number, place, value)
    book.save(file)
    send(page, file)
    expect(page.get_by_text("Did you mean “75 Алматы”?")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Get the workbook with the cells marked").click()
    waiting.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert book["data"]["B5"].comment
    book["data"]["B5"].value, book["data"]["C5"].value = 20, "75"
    book.save(file)
    send(page, file)
    expect(page.locator(".alert-success", has_text="2 new")).to_be_visible()
    violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert not violations, [(v["id"], v["nodes"][0]["html"]) for v in violations]

    page.goto(f"{address.split(chr(63))[0]}/grid")
    paste(page, "c\t30\tАлмата\nd\t40\t71")
    expect(page.get_by_text("Wrong cells: 1")).to_be_visible()
    page.get_by_role("button", name="Put in “75”").click()
    expect(page.get_by_text("All that is typed is right.")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save the rows").click()
    expect(page.locator(".alert-success", has_text="2 new")).to_be_visible()
    paste(page, "e\t50\tАлмата")
    expect(page.get_by_text("Put in as before: “75” instead of “Алмата”.")).to_be_visible()
    page.get_by_role("button", name="Save the rows").click()
    expect(page.locator(".alert-success", has_text="1 new")).to_be_visible()

    page.set_viewport_size(PHONE)
    for path in ("", "/grid"):
        page.goto(f"{address.split('?')[0]}{path}")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
        assert not violations, (path, [(v["id"], v["nodes"][0]["html"]) for v in violations])
    page.context.clear_cookies()
    page.goto(f"{country.url}/en/dataset/")
    page.get_by_role("link", name="Schools").first.click()
    expect(page.get_by_role("link", name="Template and structure")).to_be_visible()
    expect(page.get_by_role("link", name="Table, charts, map")).to_be_visible()
    # The front may keep the page of an earlier run, whose table had another id.
    resource_id = address.split("?")[0].rsplit("/", 1)[-1]
    page.goto(f"{page.url}/see/{resource_id}?view=bars&group=region&figure=sum&of=pupils")
    expect(page.locator(".og-see__picture svg").first).to_be_visible()


def paste(page: Page, text: str) -> None:
    """Cells of a spreadsheet into the first blank row."""
    cell = page.locator("tr[data-there=''] input[data-field='code']").first
    cell.focus()
    cell.evaluate(
        """(element, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            element.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )
