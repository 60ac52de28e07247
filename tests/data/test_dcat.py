"""The passport as DCAT-AP, with language tags and the EU's vocabularies, and read back from there."""

from __future__ import annotations

import json

import pytest
from ckan.tests import helpers
from ckanext.dcat.processors import RDFParser
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS, Namespace

pytestmark = pytest.mark.usefixtures("clean_portal")

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority"


@pytest.fixture
def graph(app, dataset):
    helpers.call_action(
        "resource_create",
        package_id=dataset["id"],
        url="https://example.org/a.csv",
        format="CSV",
        name_translated={"ru": "Файл", "en": "File"},
    )
    return Graph().parse(data=app.get("/dataset/schools.ttl").body, format="turtle")


@pytest.fixture
def subject(graph):
    return next(graph.subjects(predicate=DCAT.keyword))


def test_texts_have_language_tags(graph, subject):
    assert set(graph.objects(subject, DCTERMS.title)) == {
        Literal("Мектептер тізімі", lang="kk"),
        Literal("Список школ", lang="ru"),
        Literal("List of schools", lang="en"),
    }
    assert Literal("Все школы", lang="ru") in set(graph.objects(subject, DCTERMS.description))
    assert set(graph.objects(subject, DCAT.keyword)) == {Literal("оқушылар", lang="kk"), Literal("ученики", lang="ru")}
    file = graph.value(subject, DCAT.distribution)
    assert set(graph.objects(file, DCTERMS.title)) == {Literal("Файл", lang="ru"), Literal("File", lang="en")}


def test_frequency_and_category_are_the_eus(graph, subject):
    assert graph.value(subject, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}/frequency/ANNUAL_2")
    theme = graph.value(subject, DCAT.theme)
    assert theme == URIRef(f"{EU}/data-theme/EDUC")
    assert Literal("Education, culture and sport", lang="en") in set(graph.objects(theme, SKOS.prefLabel))


def test_the_publisher_is_the_agency_in_three_languages(graph, subject):
    publisher = graph.value(subject, DCTERMS.publisher)
    assert {name.language for name in graph.objects(publisher, FOAF.name)} == {"kk", "ru", "en"}


def test_contact_dates_region_and_licence_are_there(graph, subject):
    contact = graph.value(subject, DCAT.contactPoint)
    assert str(graph.value(contact, VCARD.fn)) == "Data office"
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:data@example.org")
    assert graph.value(contact, VCARD.hasTelephone) == URIRef("tel:+77172112233")
    assert str(graph.value(subject, DCTERMS.issued)) == "2026-01-02"
    assert str(graph.value(subject, DCTERMS.modified)) == "2026-11-24"
    place = graph.value(subject, DCTERMS.spatial)
    assert str(graph.value(place, DCTERMS.identifier)) == "710000000"
    assert Literal("город Астана", lang="ru") in set(graph.objects(place, SKOS.prefLabel))
    assert "cc-by" in str(graph.value(subject, DCTERMS.license))
    assert "cc-by" in str(graph.value(graph.value(subject, DCAT.distribution), DCTERMS.license))


def test_the_catalogue_names_itself_in_three_languages_and_lists_the_data_set(app, dataset):
    graph = Graph().parse(data=app.get("/catalog.ttl").body, format="turtle")
    catalogue = next(graph.subjects(object=DCAT.Catalog))
    assert {title.language for title in graph.objects(catalogue, DCTERMS.title)} == {"kk", "ru", "en"}
    assert Literal("Список школ", lang="ru") in set(graph.objects(None, DCTERMS.title))


@pytest.mark.parametrize("address", ["/catalog.jsonld", "/dataset/schools.jsonld"])
def test_json_ld_says_the_same(app, dataset, address):
    text = app.get(address).body
    assert json.loads(text)
    graph = Graph().parse(data=text, format="json-ld")
    assert Literal("Мектептер тізімі", lang="kk") in set(graph.objects(None, DCTERMS.title))


class TestReading:
    def read(self, turtle):
        parser = RDFParser(dataset_type="dataset")
        parser.parse(
            "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
            f"<https://example.org/d> a dcat:Dataset ; {turtle} .",
            "turtle",
        )
        return next(parser.datasets())

    def test_what_the_portal_writes_comes_back(self, app, agency, graph):
        parser = RDFParser(dataset_type="dataset")
        parser.parse(graph.serialize(format="turtle"), "turtle")
        read = next(parser.datasets())
        assert read["title_translated"] == {"kk": "Мектептер тізімі", "ru": "Список школ", "en": "List of schools"}
        assert read["tags_translated"] == {"kk": ["оқушылар"], "ru": ["ученики"]}
        assert (read["frequency"], read["category"]) == ("HALF_YEAR", "EDUC")
        assert read["license_id"] == "cc-by"
        made = helpers.call_action("package_create", **read | {"name": "again", "owner_org": agency["id"]})
        assert made["contact_name"] == "Data office"

    def test_a_foreign_record_comes_in_with_what_does_not_fit_set_aside(self, agency):
        read = self.read(
            'dct:title "Escuelas"@es ; dcat:keyword "uno/dos", "x" ; dct:issued "yesterday" ;'
            'dct:accrualPeriodicity "now and then" ; dcat:landingPage <ftp://example.org/>'
        )
        made = helpers.call_action("package_create", **read | {"name": "escuelas", "owner_org": agency["id"]})
        assert made["title"] == "Escuelas"
        assert [tag["name"] for tag in made["tags"]] == ["uno dos"]
        extras = {extra["key"]: extra["value"] for extra in made["extras"]}
        assert extras["source_frequency"] == "now and then"
        assert extras["source_issued"] == "yesterday"

    def test_no_licence_there_is_no_open_licence_here(self):
        assert self.read('dct:title "A"@en')["license_id"] == "notspecified"
