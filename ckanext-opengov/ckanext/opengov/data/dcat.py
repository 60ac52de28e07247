"""What DCAT-AP needs beyond ckanext-dcat: this portal's passport in the words of the EU's vocabularies, and back."""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from flask_babel import force_locale
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import Namespace
from rdflib.term import Node

from ckanext.dcat.profiles import DCAT, DCT, FOAF, RDF, SKOS, VCARD, RDFProfile
from ckanext.dcat.profiles.base import CleanedURIRef
from ckanext.dcat.utils import publisher_uri_organization_fallback, resource_uri
from ckanext.opengov.civic.regions import region
from ckanext.opengov.data import labels
from ckanext.opengov.data.service import translated
from ckanext.opengov.data.service.quality import exporting

DQV = Namespace("http://www.w3.org/ns/dqv#")
FREQUENCY_BASE = "http://publications.europa.eu/resource/authority/frequency/"
THEME_BASE = "http://publications.europa.eu/resource/authority/data-theme/"
FREQUENCIES = {
    "DAILY": "DAILY",
    "WEEKLY": "WEEKLY",
    "MONTHLY": "MONTHLY",
    "QUARTERLY": "QUARTERLY",
    "HALF_YEAR": "ANNUAL_2",
    "YEARLY": "ANNUAL",
    "AS_NEEDED": "IRREG",
}
_FROM_FREQUENCY = {theirs: ours for ours, theirs in FREQUENCIES.items()} | {
    "SEMIANNUAL": "HALF_YEAR",
    "IRREGULAR": "AS_NEEDED",
    "AS_NEEDED": "AS_NEEDED",
    "HALF_YEAR": "HALF_YEAR",
    "YEARLY": "YEARLY",
}
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2}(T.*)?)?)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class OpenGovDCATAPProfile(RDFProfile):
    """To be named after ``euro_dcat_ap_3`` in ``ckanext.dcat.rdf.profiles``: it mends what that one wrote."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> None:
        self._write_codes(dataset_dict, dataset_ref)
        self._write_region(dataset_dict, dataset_ref)
        self._write_licence(dataset_dict, dataset_ref)
        self._write_publisher(dataset_dict, dataset_ref)
        self._write_contact(dataset_dict, dataset_ref)
        self._write_quality(dataset_dict, dataset_ref)

    def graph_from_catalog(self, catalog_dict: dict[str, Any], catalog_ref: Node) -> None:
        self.g.remove((catalog_ref, DCT.title, None))
        for code in translated.LANGUAGES:
            with force_locale(code):
                self.g.add((catalog_ref, DCT.title, Literal(tk._(tk.config["ckan.site_title"]), lang=code)))

    def _write_codes(self, dataset: dict[str, Any], ref: Node) -> None:
        self.g.remove((ref, DCT.accrualPeriodicity, None))
        frequency = FREQUENCIES.get(dataset.get("frequency") or "")
        if frequency:
            self._concept(ref, DCT.accrualPeriodicity, FREQUENCY_BASE + frequency, DCT.Frequency)
        if dataset.get("category"):
            theme = self._concept(ref, DCAT.theme, THEME_BASE + dataset["category"], SKOS.Concept)
            for code in translated.LANGUAGES:
                label = labels.choice("category", dataset["category"], code)
                self.g.add((theme, SKOS.prefLabel, Literal(label, lang=code)))

    def _concept(self, ref: Node, predicate: URIRef, address: str, kind: URIRef) -> URIRef:
        concept = URIRef(address)
        self.g.add((ref, predicate, concept))
        self.g.add((concept, RDF.type, kind))
        return concept

    def _write_region(self, dataset: dict[str, Any], ref: Node) -> None:
        place = region(dataset.get("region") or "")
        if place is None:
            return
        location = BNode()
        self.g.add((ref, DCT.spatial, location))
        self.g.add((location, RDF.type, DCT.Location))
        # The code of the classifier of administrative-territorial objects (KATO).
        self.g.add((location, DCT.identifier, Literal(place.kato)))
        for code in translated.LANGUAGES:
            self.g.add((location, SKOS.prefLabel, Literal(place.title(code), lang=code)))

    def _write_licence(self, dataset: dict[str, Any], ref: Node) -> None:
        address = dataset.get("license_url")
        if not address:
            return
        licence = CleanedURIRef(address)
        resources = [CleanedURIRef(resource_uri(resource)) for resource in dataset.get("resources") or ()]
        for subject in (ref, *resources):
            self.g.set((subject, DCT.license, licence))
        self.g.add((licence, RDF.type, DCT.LicenseDocument))

    def _write_publisher(self, dataset: dict[str, Any], ref: Node) -> None:
        names = (dataset.get("organization") or {}).get("title_translated")
        if not names:
            return
        publisher = CleanedURIRef(publisher_uri_organization_fallback(dataset))
        self.g.remove((publisher, FOAF.name, None))
        self.g.set((ref, DCT.publisher, publisher))
        self.g.add((publisher, RDF.type, FOAF.Agent))
        for code, name in names.items():
            self.g.add((publisher, FOAF.name, Literal(name, lang=code)))

    def _write_contact(self, dataset: dict[str, Any], ref: Node) -> None:
        phone = re.sub(r"[^\d+]", "", dataset.get("contact_phone") or "")
        contact = self.g.value(ref, DCAT.contactPoint)
        if contact is None and not phone:
            return
        if contact is None:
            contact = BNode()
            self.g.add((ref, DCAT.contactPoint, contact))
            self.g.add((contact, RDF.type, VCARD.Organization))
        if self.g.value(contact, VCARD.fn) is None and dataset.get("organization"):
            self.g.add((contact, VCARD.fn, Literal(dataset["organization"].get("title") or "")))
        if phone:
            self.g.add((contact, VCARD.hasTelephone, URIRef(f"tel:{phone}")))
        if dataset.get("contact_position"):
            self.g.add((contact, VCARD.title, Literal(dataset["contact_position"])))

    def _write_quality(self, dataset: dict[str, Any], ref: Node) -> None:
        """Points in the W3C's Data Quality Vocabulary; a metric's address is its place in the page of quality."""
        page = tk.url_for("opengov_data_quality.index", locale="default", qualified=True)
        for name, points in exporting.score(dataset["id"]).items():
            metric = URIRef(f"{page}#{name}")
            measurement = BNode()
            self.g.add((ref, DQV.hasQualityMeasurement, measurement))
            self.g.add((measurement, RDF.type, DQV.QualityMeasurement))
            self.g.add((measurement, DQV.computedOn, ref))
            self.g.add((measurement, DQV.isMeasurementOf, metric))
            self.g.add((measurement, DQV.value, Literal(points)))
            self.g.add((metric, RDF.type, DQV.Metric))

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> dict[str, Any]:
        self._read_texts(dataset_dict, dataset_ref)
        self._read_keywords(dataset_dict, dataset_ref)
        _read_codes(dataset_dict)
        _set_aside_unusable(dataset_dict)
        # No licence at the source is no open licence here.
        dataset_dict["license_id"] = dataset_dict.get("license_id") or "notspecified"
        return dataset_dict

    def _read_texts(self, dataset: dict[str, Any], ref: Node) -> None:
        for field, predicate in (("title", DCT.title), ("notes", DCT.description)):
            texts = self._by_language(ref, predicate)
            if texts:
                dataset[f"{field}_translated"] = texts
        for resource in dataset.get("resources") or ():
            reference = resource.get("distribution_ref")
            texts = self._by_language(URIRef(reference), DCT.title) if reference else {}
            if texts:
                resource["name_translated"] = texts

    def _by_language(self, ref: Node, predicate: URIRef) -> dict[str, str]:
        """Texts in the portal's languages; others stay in CKAN's own field, if that took them."""
        literals = [one for one in self.g.objects(ref, predicate) if isinstance(one, Literal)]
        return {one.language: str(one) for one in literals if one.language in translated.LANGUAGES and str(one).strip()}

    def _read_keywords(self, dataset: dict[str, Any], ref: Node) -> None:
        words: dict[str, list[str]] = {}
        for one in self.g.objects(ref, DCAT.keyword):
            word = _keyword(str(one))
            if isinstance(one, Literal) and one.language in translated.LANGUAGES and word:
                words.setdefault(one.language, []).append(word)
        if words:
            dataset["tags_translated"] = words
        known = dict.fromkeys(_keyword(tag["name"]) for tag in dataset.get("tags") or ())
        dataset["tags"] = [{"name": word} for word in known if word]


def _keyword(text: str) -> str:
    """A keyword as CKAN takes it; an empty text when nothing is left."""
    word = " ".join(re.sub(r"[^\w\-.]+", " ", text).split())[:100]
    return word if len(word) > 1 else ""


def _read_codes(dataset: dict[str, Any]) -> None:
    code = re.split(r"[/#]", str(dataset.get("frequency") or ""))[-1].upper()
    if code in _FROM_FREQUENCY:
        dataset["frequency"] = _FROM_FREQUENCY[code]
    else:
        _aside(dataset, "frequency")
    for theme in _themes(dataset):
        name = theme.removeprefix(THEME_BASE)
        if theme.startswith(THEME_BASE) and name in labels.values("category"):
            dataset.setdefault("category", name)


def _themes(dataset: dict[str, Any]) -> list[str]:
    for extra in dataset.get("extras") or ():
        if extra["key"] == "theme":
            try:
                return [str(theme) for theme in json.loads(extra["value"])]
            except ValueError:
                return []
    return []


def _set_aside_unusable(dataset: dict[str, Any]) -> None:
    """What this portal's passport would refuse is kept among the extras, so that the rest of the record comes in."""
    for field in ("issued", "modified"):
        if dataset.get(field) and not _DAY.fullmatch(str(dataset[field])):
            _aside(dataset, field)
    issued, modified = str(dataset.get("issued") or ""), str(dataset.get("modified") or "")
    if issued and modified and modified[:10] < issued[: len(modified[:10])][:10]:
        _aside(dataset, "modified")
    if dataset.get("contact_email") and not _MAIL.fullmatch(str(dataset["contact_email"])):
        _aside(dataset, "contact_email")
    if dataset.get("url") and not str(dataset["url"]).startswith(("http://", "https://")):
        _aside(dataset, "url")


def _aside(dataset: dict[str, Any], field: str) -> None:
    value = dataset.pop(field, None)
    if value:
        dataset.setdefault("extras", []).append({"key": f"source_{field}", "value": str(value)})
