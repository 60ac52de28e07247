"""What visitors and officers see of data sets and agencies."""

from __future__ import annotations

import re

import pytest
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_portal")

LANGUAGES = ("", "/ru", "/en")


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def admin():
    return {"Authorization": factories.SysadminWithToken()["token"]}


class TestDataset:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("", ["Мектептер тізімі", "Барлық мектеп", "Өзекті", "Санаты", "Жартыжылда бір рет", "Ақысыз", "оқушылар"]),
            ("/ru", ["Список школ", "Все школы", "Актуальный", "Периодичность обновления", "Без платы", "ученики"]),
            ("/en", ["List of schools", "Current", "Twice a year", "No fee", "Ministry of Education", "02.01.2026"]),
        ],
    )
    def test_the_passport_is_in_the_readers_language(self, app, dataset, language, words):
        text = text_of(app.get(f"{language}/dataset/schools").body)
        for word in words:
            assert word in text

    def test_a_text_in_another_language_is_marked(self, app, dataset):
        page = app.get("/en/dataset/schools").body
        assert re.search(r'<div class="notes embedded-content" lang="kk"><p>Барлық мектеп', page)
        assert re.search(r'<ul class="tag-list" lang="kk">', page)

    def test_how_to_cite_is_composed(self, app, dataset):
        text = text_of(app.get("/ru/dataset/schools").body)
        assert "Министерство образования. Список школ (2026). Открытое правительство." in text
        assert "/dataset/schools (дата обращения" in text

    def test_the_agencys_own_citation_wins(self, app, dataset):
        helpers.call_action("package_patch", id="schools", citation="Cite me so")
        assert "Cite me so" in app.get("/dataset/schools").body

    def test_a_fee_is_told(self, app, dataset):
        helpers.call_action("package_patch", id="schools", free_of_charge=False)
        text = text_of(app.get("/en/dataset/schools").body)
        assert "A fee set by law" in text
        assert "No fee" not in text

    def test_a_bare_stock_record_has_its_page(self, app, agency):
        helpers.call_action("package_create", name="bare", owner_org=agency["id"])
        for language in LANGUAGES:
            assert app.get(f"{language}/dataset/bare").status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_link_without_a_file_has_its_page(self, app, dataset, language):
        resource = helpers.call_action(
            "resource_create", package_id=dataset["id"], name_translated={"ru": "Ссылка"}, url="https://example.org/x"
        )
        page = app.get(f"{language}/dataset/schools/resource/{resource['id']}")
        assert "Ссылка" in page.body


class TestForms:
    def test_an_officer_publishes_with_inputs_for_each_language(self, app, agency, admin):
        form = app.get("/ru/dataset/new", headers=admin).body
        for name in ("title_translated-kk", "notes_translated-ru", "tags_translated-en"):
            assert f'name="{name}"' in form
        for heading in ("О наборе данных", "Кто отвечает", "Обновление и статус", "Условия использования"):
            assert heading in form
        sent = {
            "title_translated-kk": "",
            "title_translated-ru": "Дороги",
            "title_translated-en": "",
            "tags_translated-ru": "дорога, трасса",
            "owner_org": agency["id"],
            "private": "False",
            "free_of_charge": "false",
            "name": "",
            "save": "",
            "_ckan_phase": "1",
        }
        app.post("/ru/dataset/new", headers=admin, data=sent, follow_redirects=False)
        made = helpers.call_action("package_show", id="dorogi")
        assert made["title_translated"] == {"ru": "Дороги"}
        assert made["tags_translated"] == {"ru": ["дорога", "трасса"]}
        assert made["free_of_charge"] is False

    def test_a_refused_form_keeps_what_was_typed_and_says_why(self, app, agency, admin):
        sent = {
            "title_translated-kk": "",
            "title_translated-ru": "",
            "title_translated-en": "",
            "notes_translated-ru": "Уже набрано",
            "owner_org": agency["id"],
            "save": "",
            "_ckan_phase": "1",
        }
        page = app.post("/ru/dataset/new", headers=admin, data=sent).body
        assert "Напишите на казахском, русском или английском языке." in page
        assert "Уже набрано" in page

    def test_editing_a_record_without_translations_keeps_its_title(self, app, agency, admin):
        made = helpers.call_action(
            "package_create", name="bare", title="Only core", notes="Words", owner_org=agency["id"],
            tags=[{"name": "one"}],
        )  # fmt: skip
        form = app.get("/en/dataset/edit/bare", headers=admin).body
        hidden = dict(re.findall(r'<input type="hidden" name="(title|notes|tag_string)" value="([^"]*)">', form))
        assert hidden == {"title": "Only core", "notes": "Words", "tag_string": "one"}
        sent = hidden | {
            "title_translated-kk": "",
            "title_translated-ru": "",
            "title_translated-en": "",
            "name": "bare",
            "owner_org": agency["id"],
            "version": "2",
            "save": "",
        }
        app.post("/en/dataset/edit/bare", headers=admin, data=sent)
        after = helpers.call_action("package_show", id=made["id"])
        assert (after["title"], after["version"]) == ("Only core", "2")
        assert [tag["name"] for tag in after["tags"]] == ["one"]

    def test_an_agency_is_made_and_changed_in_the_pages(self, app, agency, admin):
        form = app.get("/ru/organization/new", headers=admin).body
        assert "Вышестоящий орган" in form
        assert "Министерство образования" in form
        sent = {"title_translated-ru": "Комитет", "parent": "ministry", "level": "central", "save": ""}
        app.post("/ru/organization/new", headers=admin, data=sent)
        assert helpers.call_action("organization_show", id="komitet")["parent"] == "ministry"
        page = app.get("/ru/organization/edit/komitet", headers=admin).body
        assert 'value="Комитет"' in page
        sent = {"title_translated-ru": "Комитет науки", "name": "komitet", "parent": "", "save": ""}
        app.post("/ru/organization/edit/komitet", headers=admin, data=sent)
        after = helpers.call_action("organization_show", id="komitet")
        assert after["title"] == "Комитет науки"
        assert "parent" not in after

    def test_a_wrong_bin_is_told_beside_its_input(self, app, admin):
        sent = {"title_translated-ru": "Комитет", "bin": "123456789012", "save": ""}
        page = app.post("/ru/organization/new", headers=admin, data=sent).body
        assert "«123456789012» — не БИН" in page


class TestAgencies:
    @pytest.fixture
    def child(self, agency):
        return factories.Organization(
            name="committee", title_translated={"ru": "Комитет науки"}, parent="ministry", level="central"
        )

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("", ["Білім министрлігі", "Комитет науки", "Орталық", "1 деректер жиынтығы"]),
            ("/ru", ["Министерство образования", "Комитет науки", "Центральный", "1 набор данных"]),
            ("/en", ["Ministry of Education", "Комитет науки", "Central", "1 data set"]),
        ],
    )
    def test_the_list_is_a_tree(self, app, dataset, child, language, words):
        page = app.get(f"{language}/organization/").body
        for word in words:
            assert word in text_of(page)
        assert page.index("/organization/ministry") < page.index("/organization/committee")
        assert re.search(r"<ul class=\"og-tree\">(?:(?!</ul>).)*<ul class=\"og-tree\">", page, re.DOTALL)

    def test_words_narrow_the_tree(self, app, child):
        factories.Organization(name="health", title_translated={"ru": "Минздрав"})
        page = app.get("/ru/organization/", query_string={"q": "НАУК"}).body
        assert "Комитет науки" in page
        assert "Минздрав" not in page
        assert "Ни у одного органа нет «xyz»" in app.get("/ru/organization/", query_string={"q": "xyz"}).body

    def test_the_page_tells_contacts_parent_children_and_data_sets(self, app, dataset, child):
        text = text_of(app.get("/ru/organization/ministry").body)
        for word in ("Министерство образования", "+7 7172 000000", "Подведомственные органы", "Список школ"):
            assert word in text
        text = text_of(app.get("/ru/organization/committee").body)
        assert "Вышестоящий орган" in text
        assert "Министерство образования" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_page_about_it_shows_no_raw_structures(self, app, agency, language):
        page = app.get(f"{language}/organization/about/ministry").body
        assert "+7 7172 000000" in page
        assert "{'kk'" not in page
        assert "{&#39;kk" not in page
