"""A data set's passport, as programs write and read it."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import ckanapi
import pytest
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_portal")

TITLES = {"kk": "Мектептер", "ru": "Школы", "en": "Schools"}


@pytest.fixture
def agency():
    return factories.Organization(title_translated={"kk": "Министрлік", "ru": "Министерство"}, name="ministry")


@pytest.fixture
def create(agency):
    def call(**fields):
        return helpers.call_action("package_create", owner_org=agency["id"], **fields)

    return call


def errors_of(call, **fields):
    with pytest.raises(tk.ValidationError) as caught:
        call(**fields)
    return caught.value.error_dict


class TestTexts:
    def test_core_fields_are_the_kazakh_ones_and_the_address_is_made_from_english(self, create):
        dataset = create(title_translated=TITLES, notes_translated={"ru": "Список", "kk": "Тізім"})
        assert dataset["title"] == "Мектептер"
        assert dataset["notes"] == "Тізім"
        assert dataset["name"] == "schools"
        assert dataset["title_translated"] == TITLES

    def test_without_kazakh_russian_leads_and_the_address_is_transliterated(self, create):
        dataset = create(title_translated={"ru": "Школы Щучинска"})
        assert dataset["title"] == "Школы Щучинска"
        assert dataset["name"] == "shkoly-shchuchinska"

    def test_two_of_the_same_name_get_different_addresses(self, create):
        assert [create(title_translated=TITLES)["name"] for _ in range(3)] == ["schools", "schools-2", "schools-3"]

    def test_a_json_string_is_as_good_as_an_object(self, create):
        assert create(title_translated=json.dumps(TITLES))["title_translated"] == TITLES

    def test_empty_languages_are_left_out(self, create):
        assert create(title_translated={"kk": " ", "ru": " Школы "})["title_translated"] == {"ru": "Школы"}

    def test_an_unknown_language_is_refused_by_name(self, create):
        problem = errors_of(create, name="x1", title_translated={"ru": "Школы", "de": "Schulen"})["title_translated"]
        assert problem == ["Unknown language “de”. Languages of this portal: kk, ru, en."]

    @pytest.mark.parametrize("value", ["Schools", ["Schools"], 7, '["a"]'])
    def test_something_else_than_texts_by_language_is_refused(self, create, value):
        assert "Give the text by language" in errors_of(create, title_translated=value)["title_translated"][0]

    def test_the_problem_names_the_language(self, create):
        problems = errors_of(create, title_translated={"kk": ["a"], "ru": "я" * 1001})["title_translated"]
        assert problems == ["Kazakh: give a text.", "Russian: at most 1000 characters; this text has 1001."]

    def test_a_name_in_no_language_is_refused(self, create):
        assert errors_of(create, title_translated={})["title_translated"] == ["Write it in Kazakh, Russian or English."]

    def test_form_inputs_one_a_language_are_understood(self, create):
        dataset = create(**{"title_translated-kk": "", "title_translated-ru": "Школы", "title_translated-en": ""})
        assert dataset["title_translated"] == {"ru": "Школы"}
        assert dataset["title"] == "Школы"

    def test_a_form_without_any_name_is_refused(self, create):
        assert "title_translated" in errors_of(
            create, name="abc", **{"title_translated-kk": "", "title_translated-ru": ""}
        )

    def test_the_names_of_files_are_translated_too(self, create):
        dataset = create(
            title_translated=TITLES,
            resources=[{"url": "https://example.org/a.csv", "name_translated": {"ru": "2026 год", "en": "Year 2026"}}],
        )
        assert dataset["resources"][0]["name"] == "2026 год"
        assert dataset["resources"][0]["name_translated"] == {"ru": "2026 год", "en": "Year 2026"}


class TestStockClients:
    def test_core_fields_alone_stay_as_they_are(self, create):
        dataset = create(name="plain", title="Plain", notes="Words", tags=[{"name": "one"}])
        assert (dataset["title"], dataset["notes"]) == ("Plain", "Words")
        assert [tag["name"] for tag in dataset["tags"]] == ["one"]
        assert "title_translated" not in dataset

    def test_an_address_alone_is_the_title_too(self, create):
        assert create(name="bare")["title"] == "bare"

    def test_a_changed_core_title_goes_into_the_leading_language(self, create):
        dataset = create(title_translated=TITLES)
        changed = helpers.call_action("package_patch", id=dataset["id"], title="Мектептер тізімі")
        assert changed["title"] == "Мектептер тізімі"
        assert changed["title_translated"] == TITLES | {"kk": "Мектептер тізімі"}

    def test_changed_translations_win_over_the_old_core_title(self, create):
        dataset = create(title_translated=TITLES)
        changed = helpers.call_action("package_patch", id=dataset["id"], title_translated={"ru": "Новые школы"})
        assert changed["title"] == "Новые школы"

    def test_a_changed_core_keyword_goes_into_the_leading_language(self, create):
        dataset = create(title_translated=TITLES, tags_translated={"kk": ["мектеп"], "ru": ["школа"]})
        changed = helpers.call_action("package_patch", id=dataset["id"], tags=[{"name": "мектеп"}, {"name": "білім"}])
        assert changed["tags_translated"] == {"kk": ["мектеп", "білім"]}
        assert {tag["name"] for tag in changed["tags"]} == {"мектеп", "білім"}

    def test_ckanapi_reads_what_it_wrote(self, app, agency):
        token = factories.SysadminWithToken()["token"]
        client = ckanapi.TestAppCKAN(app, apikey=token)
        made = client.action.package_create(
            title_translated=TITLES,
            notes_translated={"kk": "Тізім"},
            tags_translated={"kk": ["мектеп"], "ru": ["школа", "дети"]},
            owner_org="ministry",
            category="EDUC",
            region="710000000",
            frequency="YEARLY",
            issued="2026-01-02",
            modified="2026-11-24",
            contact_email="data@example.org",
            resources=[{"url": "https://example.org/a.csv", "format": "CSV"}],
        )
        read = client.action.package_show(id="schools")
        assert read["id"] == made["id"]
        assert read["title_translated"] == TITLES
        assert read["tags_translated"] == {"kk": ["мектеп"], "ru": ["школа", "дети"]}
        assert sorted(tag["name"] for tag in read["tags"]) == ["дети", "мектеп", "школа"]
        assert read["free_of_charge"] is True
        assert read["license_id"] == "cc-by"
        assert read["passport_status"] == "current"
        assert (read["category"], read["region"], read["frequency"]) == ("EDUC", "710000000", "YEARLY")

    def test_local_ckanapi_too(self, agency):
        client = ckanapi.LocalCKAN()
        client.action.package_create(title_translated=TITLES, owner_org="ministry", free_of_charge=False)
        assert client.action.package_show(id="schools")["free_of_charge"] is False

    def test_reading_and_writing_back_changes_nothing(self, create):
        create(title_translated=TITLES, tags_translated={"kk": ["мектеп"], "ru": ["школа"]}, issued="2026-01-02")
        before = helpers.call_action("package_show", id="schools")
        helpers.call_action("package_update", **before)
        after = helpers.call_action("package_show", id="schools")
        assert {k: v for k, v in after.items() if k != "metadata_modified"} == {
            k: v for k, v in before.items() if k != "metadata_modified"
        }


class TestKeywords:
    def test_words_with_commas_are_a_list(self, create):
        assert create(title_translated=TITLES, tags_translated={"ru": "школа, дети ,школа"})["tags_translated"] == {
            "ru": ["школа", "дети"]
        }

    def test_a_bad_word_is_told_with_its_language(self, create):
        problems = errors_of(create, title_translated=TITLES, tags_translated={"ru": ["школа!"]})["tags_translated"]
        assert problems[0].startswith("Russian: ")
        assert "школа!" in problems[0]

    def test_a_change_replaces_the_old_ones(self, create):
        dataset = create(title_translated=TITLES, tags_translated={"ru": ["школа"]})
        changed = helpers.call_action("package_patch", id=dataset["id"], tags_translated={"ru": ["лицей"]})
        assert [tag["name"] for tag in changed["tags"]] == ["лицей"]


class TestPassport:
    @pytest.mark.parametrize(
        ("field", "value", "word"),
        [
            ("category", "SPORT", "AGRI"),
            ("region", "99", "710000000"),
            ("frequency", "SOMETIMES", "AS_NEEDED"),
            ("passport_status", "old", "archived"),
            ("issued", "24.11.2026", "2026-11-24"),
            ("issued", "2026-02-30", "2026-11-24"),
            ("free_of_charge", "maybe", "true or false"),
            ("url", "javascript:alert(1)", "https://"),
            ("contact_email", "nobody", "nobody"),
        ],
    )
    def test_a_wrong_value_is_refused_with_what_would_be_right(self, create, field, value, word):
        assert word in errors_of(create, title_translated=TITLES, **{field: value})[field][0]

    def test_the_update_is_not_before_the_publication(self, create):
        problem = errors_of(create, title_translated=TITLES, issued="2026-11-24", modified="2026-11-23")
        assert problem == {"modified": ["2026-11-23 is earlier than the day of publication, 2026-11-24."]}

    def test_a_moment_becomes_the_day_in_almaty(self, create):
        assert create(title_translated=TITLES, issued="2026-11-23T22:30:00+00:00")["issued"] == "2026-11-24"

    def test_a_year_alone_stays_a_year(self, create):
        assert create(title_translated=TITLES, issued="2019")["issued"] == "2019"
