"""The demonstration's catalogue and its tables, before anything is sent to a portal."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile

import pytest
from ckanext.opengov.civic.identifiers import is_bin
from ckanext.opengov.civic.regions import region, regions

from stack.demonstration.catalogue import (
    LANGUAGES,
    Agency,
    Dataset,
    agencies,
    axes,
    column_meanings,
    datasets,
    officers,
    people,
)
from stack.demonstration.files import write
from stack.demonstration.generators import rows_of
from stack.demonstration.invented import bin_of, contacts_of, person
from stack.demonstration.passports import GENERATED, agency_fields, file_names, grouped, notes, passport
from stack.demonstration.periods import periods
from stack.demonstration.portal import differences

THEMES = {"AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEAR", "YEARLY", "AS_NEEDED"}
REAL = {"functions-of-government", "public-holidays", "regions-and-kato-codes"}
TAG = re.compile(r"[\w \-.]{2,100}")
KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")

every_dataset = pytest.mark.parametrize("dataset", datasets(), ids=lambda one: one.name)
every_agency = pytest.mark.parametrize("agency", agencies(), ids=lambda one: one.name)


def named(name: str) -> Dataset:
    return next(one for one in datasets() if one.name == name)


class TestAgencies:
    @every_agency
    def test_an_agency_has_a_bin_that_the_portal_accepts(self, agency: Agency):
        assert is_bin(bin_of(agency.name))

    def test_no_two_agencies_share_a_bin(self):
        assert len({bin_of(one.name) for one in agencies()}) == len(agencies())

    def test_there_are_about_fifteen_in_a_tree(self):
        assert 14 <= len(agencies()) <= 18
        assert sum(bool(one.parent) for one in agencies()) >= 5

    def test_a_parent_comes_before_its_children_so_the_tree_has_no_cycle(self):
        before: set[str] = set()
        for agency in agencies():
            assert not agency.parent or agency.parent in before
            assert agency.name not in before
            before.add(agency.name)

    def test_a_child_is_on_the_level_of_its_parent(self):
        levels = {one.name: one.level for one in agencies()}
        assert set(levels.values()) == {"central", "local"}
        assert all(levels[one.parent] == one.level for one in agencies() if one.parent)

    @every_agency
    def test_every_text_is_there_in_three_languages(self, agency: Agency):
        fields = agency_fields(agency)
        texts = [value for name, value in fields.items() if name.endswith("_translated")]
        assert len(texts) == 4
        assert all(set(text) == set(LANGUAGES) and all(text.values()) for text in texts)

    @every_agency
    def test_its_people_and_contacts_are_said_to_be_invented(self, agency: Agency):
        fields = agency_fields(agency)
        for language in LANGUAGES:
            assert people()["note"][language] in fields["description_translated"][language]
        assert fields["email"].endswith("@example.org")
        assert fields["website"].endswith(".example.org")
        assert re.fullmatch(r"\+7 \(\d{4}\) 00-\d\d-\d\d", fields["phone"])

    @every_agency
    def test_its_region_is_one_of_the_country(self, agency: Agency):
        assert region(contacts_of(agency).kato)

    def test_a_person_is_put_together_from_the_lists(self):
        given, family = person("anything").split()
        names = people()
        assert any(given in names[kind]["given"] and family in names[kind]["family"] for kind in ("women", "men"))

    def test_officers_publish_for_agencies_that_exist(self):
        known = {one.name for one in agencies()}
        assert len(officers()) == 3
        assert all(set(one.agencies) <= known for one in officers())


class TestPassports:
    def test_there_are_forty_with_names_of_their_own(self):
        assert len(datasets()) == 40
        assert len({one.name for one in datasets()}) == 40

    @every_dataset
    def test_title_description_and_tags_are_there_in_three_languages(self, dataset: Dataset):
        for texts in (dataset.title, dataset.notes, dataset.tags, file_names(dataset)):
            assert set(texts) == set(LANGUAGES)
            assert all(texts.values())
        assert all(TAG.fullmatch(tag) for tags in dataset.tags.values() for tag in tags)

    @every_dataset
    def test_the_kazakh_title_is_kazakh_and_not_the_russian_one(self, dataset: Dataset):
        assert KAZAKH_LETTERS & set(dataset.title["kk"])
        assert dataset.title["kk"] != dataset.title["ru"]
        assert not re.search("[а-яА-Я]", dataset.title["en"])

    @every_dataset
    def test_a_generated_table_says_so_in_each_language(self, dataset: Dataset):
        texts = notes(dataset, list(rows_of(dataset)[0]))
        said = [GENERATED[language] in texts[language] for language in LANGUAGES]
        assert all(said) if dataset.name not in REAL else not any(said)

    @every_dataset
    def test_every_column_is_explained(self, dataset: Dataset):
        columns = grouped(list(rows_of(dataset)[0]))
        assert set(columns) <= set(column_meanings())

    def test_no_explanation_is_left_over(self):
        used = {column for one in datasets() for column in grouped(list(rows_of(one)[0]))}
        assert used == set(column_meanings())

    @every_dataset
    def test_the_coded_fields_hold_codes(self, dataset: Dataset):
        agency = next(one for one in agencies() if one.name == dataset.agency)
        fields = passport(dataset, agency, ["kato"])
        assert fields["category"] in THEMES
        assert fields["frequency"] in FREQUENCIES
        assert "region" not in fields or region(fields["region"])
        assert fields["issued"] <= fields["modified"] <= "2026-11-01"

    def test_the_files_come_in_four_formats(self):
        formats = [one.format for one in datasets()]
        assert formats.count("XLSX") >= 3
        assert formats.count("GeoJSON") == 2
        assert formats.count("JSON") == 2
        assert set(formats) == {"CSV", "XLSX", "GeoJSON", "JSON"}

    def test_most_themes_have_data(self):
        assert {one.category for one in datasets()} == THEMES


class TestTables:
    @every_dataset
    def test_a_table_has_between_20_and_400_rows_with_the_same_columns(self, dataset: Dataset):
        rows = rows_of(dataset)
        assert 20 <= len(rows) <= 400
        assert all(list(row) == list(rows[0]) for row in rows)

    @every_dataset
    def test_the_same_rows_and_the_same_file_come_every_time(self, dataset: Dataset):
        first, second = (rows_of(dataset) for _ in range(2))
        assert first == second
        assert write(first, dataset.format, dataset.name) == write(second, dataset.format, dataset.name)

    def test_the_figures_are_the_same_on_every_machine(self):
        row = rows_of(named("schools-by-region"))[0]
        assert (row["kato"], row["year"]) == ("100000000", "2020")
        assert (row["schools"], row["pupils"], row["teachers"]) == (205, 105670, 10165)

    @every_dataset
    def test_a_part_is_never_more_than_the_whole(self, dataset: Dataset):
        parts = {name: one["part_of"] for name, one in dataset.measures.items() if "part_of" in one}
        for row in rows_of(dataset):
            assert all(0 <= row[part] <= row[whole] for part, whole in parts.items())

    @every_dataset
    def test_no_figure_is_negative(self, dataset: Dataset):
        assert all(row[name] >= 0 for row in rows_of(dataset) for name in dataset.measures)

    def test_the_functions_of_government_are_ten_divisions_with_69_groups(self):
        rows = rows_of(named("functions-of-government"))
        divisions = [row["code"] for row in rows if row["level"] == 1]
        groups = [row for row in rows if row["level"] == 2]
        assert divisions == [f"{number:02}" for number in range(1, 11)]
        assert len(groups) == 69
        assert all(row["parent"] in divisions and row["code"].startswith(row["parent"]) for row in groups)
        assert all(row[f"name_{language}"] for row in rows for language in LANGUAGES)

    def test_budget_functions_bear_the_names_of_the_classification(self):
        names = {row["code"]: row["name_kk"] for row in rows_of(named("functions-of-government"))}
        assert all(names[item["code"]] == item["kk"] for item in axes()["functions"]["items"])

    def test_the_holidays_of_eight_years_are_named_in_three_languages(self):
        rows = rows_of(named("public-holidays"))
        assert {row["year"] for row in rows} == set(range(2020, 2028))
        independence = [row for row in rows if row["date"] == "2025-12-16"]
        assert [row["name_kk"] for row in independence] == ["Тәуелсіздік күні"]
        assert [row["kind"] for row in independence] == ["holiday"]
        assert all(row[f"name_{language}"] for row in rows for language in LANGUAGES)

    def test_a_moved_day_off_says_which_day_it_came_from(self):
        moved = [row for row in rows_of(named("public-holidays")) if row["kind"] == "moved_day_off"]
        assert {"date": "2025-01-03", "moved_from": "2025-01-05"}.items() <= moved[-1].items()
        assert all(row["moved_from"][:4] == row["date"][:4] for row in moved)

    def test_an_extra_day_off_for_a_holiday_is_a_weekday(self):
        extra = [row for row in rows_of(named("public-holidays")) if row["kind"] == "day_off_instead"]
        assert extra
        assert all(dt.date.fromisoformat(row["date"]).weekday() < 5 for row in extra)

    def test_all_twenty_regions_are_listed(self):
        assert [row["kato"] for row in rows_of(named("regions-and-kato-codes"))] == [one.kato for one in regions()]

    def test_periods_include_both_ends(self):
        assert [one.text for one in periods("year", "2024", "2025")] == ["2024", "2025"]
        assert [one.text for one in periods("quarter", "2024-Q3", "2025-Q1")] == ["2024-Q3", "2024-Q4", "2025-Q1"]
        assert [one.text for one in periods("month", "2024-11", "2025-02")] == [
            *("2024-11", "2024-12"),
            *("2025-01", "2025-02"),
        ]


class TestFiles:
    def test_a_workbook_carries_no_moment_of_writing(self):
        with zipfile.ZipFile(io.BytesIO(write([{"a": 1}], "XLSX", "sheet"))) as book:
            assert {entry.date_time for entry in book.infolist()} == {(2026, 1, 1, 0, 0, 0)}
            stamps = re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", book.read("docProps/core.xml"))
        assert set(stamps) == {b"2026-01-01T00:00:00Z"}

    def test_a_service_centre_stands_near_the_centre_of_its_city(self):
        dataset = named("public-service-centres")
        collection = json.loads(write(rows_of(dataset), "GeoJSON", dataset.name))
        centres = {item["kato"]: item for item in axes()["cities"]["items"]}
        assert len(collection["features"]) == 60
        for feature in collection["features"]:
            longitude, latitude = feature["geometry"]["coordinates"]
            city = centres[feature["properties"]["kato"]]
            assert abs(longitude - city["lon"]) < 0.05
            assert abs(latitude - city["lat"]) < 0.05


class TestDifferences:
    def test_a_field_that_the_portal_shows_as_text_is_not_a_difference(self):
        assert differences({"free_of_charge": True}, {"free_of_charge": "true"}) == {}

    def test_the_order_of_tags_is_not_a_difference(self):
        assert differences({"tags": {"kk": ["а", "б"]}}, {"tags": {"kk": ["б", "а"]}}) == {}

    def test_a_changed_or_missing_translation_is(self):
        wanted = {"title": {"kk": "Жаңа", "ru": "Новое"}}
        assert differences(wanted, {"title": {"kk": "Жаңа"}}) == wanted
        assert differences(wanted, {"title": {"kk": "Ескі", "ru": "Новое"}}) == wanted
