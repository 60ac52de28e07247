"""Data sets are found in three languages, filtered by labels that a reader understands, and apart from other types."""

from __future__ import annotations

import json

import ckan.model as model
import ckan.plugins.toolkit as tk
import ckanapi
import pytest
from ckan.lib.search import rebuild
from ckan.tests import factories, helpers
from ckanext.opengov.data import index

pytestmark = pytest.mark.usefixtures("clean_portal")


def found(query, **parameters):
    return [one["name"] for one in helpers.call_action("package_search", q=query, **parameters)["results"]]


@pytest.mark.parametrize(
    "words",
    [
        "мектептер", "мектептерге", "мектептің", "школами", "школа", "schools", "list of school",
        "ученикам", "министерством образования", "білім министрлігінің", "астана", "образование",
    ],
)  # fmt: skip
def test_inflected_words_find_it(dataset, words):
    assert found(words) == ["schools"]


def test_other_words_do_not(dataset):
    assert found("аурухана") == []


def test_the_name_of_a_file_finds_it(dataset):
    helpers.call_action(
        "resource_create",
        package_id=dataset["id"],
        url="https://example.org/a.csv",
        name_translated={"ru": "Перечень лицеев"},
    )
    assert found("лицеях") == ["schools"]


def test_a_record_without_translations_is_found_by_inflected_words_too(agency):
    helpers.call_action("package_create", name="plain", title="Больницы области", owner_org=agency["id"])
    assert found("больницами") == ["plain"]


def test_a_description_longer_than_a_field_of_the_index_is_taken(agency):
    helpers.call_action(
        "package_create",
        name="long",
        title_translated={"ru": "Длинное"},
        notes_translated={"ru": "слово " * 8000},
        owner_org=agency["id"],
    )
    assert found("длинное") == ["long"]


def test_titles_are_sorted_in_the_readers_language(app, agency):
    for name, kk, en in (("a1", "Әкім", "Zebra"), ("b1", "Бала", "Apple"), ("c1", "Абай", "Mango")):
        helpers.call_action("package_create", name=name, title_translated={"kk": kk, "en": en}, owner_org=agency["id"])

    def order(language):
        page = app.get(f"{language}/dataset", query_string={"sort": "title_string asc"}).body
        return sorted(("a1", "b1", "c1"), key=lambda name: page.index(f'/dataset/{name}"'))

    assert order("") == ["c1", "a1", "b1"]
    assert order("/en") == ["b1", "c1", "a1"]


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("", ["Білім министрлігі", "Білім, мәдениет және спорт", "Астана қаласы", "Жартыжылда бір рет"]),
        ("/ru", ["Министерство образования", "Образование, культура и спорт", "город Астана", "Раз в полгода"]),
        ("/en", ["Ministry of Education", "Education, culture and sport", "Astana", "Twice a year"]),
    ],
)
def test_filters_are_named_in_the_readers_language(app, dataset, language, labels):
    page = app.get(f"{language}/dataset/").body
    for label in labels:
        assert label in page


def test_a_filter_narrows_down(app, dataset, agency):
    helpers.call_action(
        "package_create", name="roads", title_translated={"ru": "Дороги"}, category="TRAN", owner_org=agency["id"]
    )
    page = app.get("/ru/dataset/", query_string={"category": "EDUC"}).body
    assert "Список школ" in page
    assert "Дороги" not in page


def test_structures_do_not_reach_the_index(dataset):
    document = index.before_index(
        {
            "type": "dataset",
            "title_translated": "{}",
            "extras_title_translated": "{}",
            "validated_data_dict": json.dumps(dataset),
        }
    )
    assert not [name for name in document if name.endswith("_translated")]
    assert all(isinstance(value, (str, list)) for value in document.values())


class TestOtherTypes:
    @pytest.fixture
    def harvest_source(self, dataset):
        """A package of another type, as any component may have them."""
        package = factories.Dataset(name="other-type", title="Школы другого типа", owner_org=dataset["owner_org"])
        model.Session.query(model.Package).filter_by(id=package["id"]).update({"type": "harvest"})
        model.Session.commit()
        rebuild(package["id"])
        return package

    def test_package_list_has_public_data_sets_only(self, agency, harvest_source):
        helpers.call_action("package_create", name="hidden", title="H", owner_org=agency["id"], private=True)
        assert helpers.call_action("package_list") == ["schools"]

    def test_package_list_is_read_page_by_page(self, dataset, agency):
        for name in ("aa", "bb"):
            helpers.call_action("package_create", name=name, title=name, owner_org=agency["id"])
        client = ckanapi.LocalCKAN()
        assert client.action.package_list(limit=2) == ["aa", "bb"]
        assert client.action.package_list(limit=2, offset=2) == ["schools"]
        assert client.action.package_list(limit=100_000) == ["aa", "bb", "schools"]

    @pytest.mark.parametrize("limit", ["many", -1])
    def test_package_list_refuses_what_is_no_number(self, limit):
        with pytest.raises(tk.ValidationError):
            helpers.call_action("package_list", limit=limit)

    def test_lists_pages_feeds_and_catalogues_leave_them_out(self, app, harvest_source):
        everything = helpers.call_action("package_search", fq="dataset_type:harvest")
        assert [one["name"] for one in everything["results"]] == ["other-type"]
        listed = helpers.call_action("current_package_list_with_resources", limit=10)
        assert [one["name"] for one in listed] == ["schools"]
        for address in (
            "/dataset/",
            "/feeds/dataset.atom",
            "/catalog.ttl",
            "/catalog.jsonld",
            "/organization/ministry",
        ):
            assert "other-type" not in app.get(address).body, address

    @pytest.mark.parametrize("address", ["/feeds/dataset.atom", "/feeds/organization/ministry.atom"])
    def test_data_sets_are_in_the_feeds(self, app, dataset, address):
        assert "Мектептер тізімі" in app.get(address).body

    def test_the_catalogue_does_not_let_itself_be_asked_for_another_type(self, app, harvest_source):
        page = app.get("/catalog.ttl", query_string={"fq": "dataset_type:harvest"}).body
        assert "other-type" not in page
