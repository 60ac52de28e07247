"""Data sets in the search index: texts by language, titles to sort by, labels of facets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.data import labels, language
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.translated import LANGUAGES, choose, sort_key

TYPE = "dataset"
QUERY_FIELDS = "name^4 title^4 tags^3 groups^2 text_kk^3 text_ru^3 text_en^3 text"
FACETS = ("organization", "category", "region", "res_format", "frequency", "license_id")
LABELLED = ("category", "region", "frequency", "passport_status")


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the texts where the analyzers of their languages find them, and take structures out.

    A translated text as it is stored is JSON: a string field of the index takes no more than 32 KB of it.
    """
    if document.get("type") != TYPE:
        return document
    for name in [name for name in document if name.endswith("_translated")]:
        document.pop(name)
    dataset = json.loads(document["validated_data_dict"])
    for code in LANGUAGES:
        document[f"text_{code}"] = list(_texts(dataset, code))
        document[f"title_sort_{code}"] = sort_key(_title(dataset, code))
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document


def _title(dataset: dict[str, Any], code: str) -> str:
    return choose(dataset.get("title_translated") or {}, code)[0] or dataset.get("title") or ""


def _texts(dataset: dict[str, Any], code: str) -> Iterator[str]:
    for field in ("title", "notes"):
        yield from _text(dataset, field, code)
    tags = dataset.get("tags_translated") or {}
    # Keywords without a language may be in any.
    yield from tags.get(code) or () if tags else (tag["name"] for tag in dataset.get("tags") or ())
    for resource in dataset.get("resources") or ():
        yield from _text(resource, "name", code)
        yield from filter(None, [resource.get("description")])
    yield from _named(dataset, code)


def _text(record: dict[str, Any], field: str, code: str) -> Iterator[str]:
    texts = record.get(f"{field}_translated") or {}
    text = texts.get(code) if texts else record.get(field)
    if text:
        yield text


def _named(dataset: dict[str, Any], code: str) -> Iterator[str]:
    """What people call the agency and the choices of the passport."""
    if dataset.get("owner_org"):
        title = agencies.titles([dataset["owner_org"]]).get(dataset["owner_org"])
        yield from filter(None, [choose(title, code)[0] if title else None])
    for field in LABELLED[:2]:
        if dataset.get(field):
            yield labels.choice(field, dataset[field], code)


def before_search(parameters: dict[str, Any]) -> dict[str, Any]:
    """Search in all three languages, and sort by the title in the reader's one."""
    parameters.setdefault("qf", QUERY_FIELDS)
    order = str(parameters.get("sort") or "")
    if order.startswith("title_string ") and _is_about_datasets(parameters):
        parameters["sort"] = order.replace("title_string", f"title_sort_{language.current()}", 1)
    return parameters


def _is_about_datasets(parameters: dict[str, Any]) -> bool:
    queries = [parameters.get("fq") or "", *(parameters.get("fq_list") or [])]
    text = " ".join(query for query in queries if isinstance(query, str))
    return "dataset_type:" not in text or f"dataset_type:{TYPE}" in text


def after_search(results: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Name facets and agencies in the reader's language."""
    code = language.current()
    order = str(results.get("sort") or "")
    if order.startswith("title_sort_"):
        results["sort"] = f"title_string {order.split()[-1]}"
    for field, facet in results.get("search_facets", {}).items():
        _label(field, facet["items"], code)
    _add_titles(results.get("results") or (), code)
    return results


def _label(field: str, items: list[dict[str, Any]], code: str) -> None:
    titles = agencies.titles_by_name([item["name"] for item in items]) if field == "organization" else {}
    for item in items:
        if field in LABELLED:
            item["display_name"] = labels.choice(field, item["name"], code)
        elif field == "license_id":
            item["display_name"] = labels.licence(item["name"]) or item["display_name"]
        elif item["name"] in titles:
            item["display_name"] = choose(titles[item["name"]], code)[0] or item["display_name"]


def _add_titles(datasets: Iterable[Any], code: str) -> None:
    owners = [one for one in datasets if isinstance(one, dict) and isinstance(one.get("organization"), dict)]
    titles = agencies.titles({one["organization"]["id"] for one in owners})
    for one in owners:
        if one["organization"]["id"] in titles:
            one["organization"]["title_translated"] = titles[one["organization"]["id"]]


def facets(original: dict[str, str]) -> dict[str, str]:
    """The filters beside a list of data sets, in the order in which people narrow down."""
    titles = {
        "organization": tk._("Agency"),
        "category": tk._("Category"),
        "region": tk._("Region"),
        "res_format": tk._("Format"),
        "frequency": tk._("Kind of update"),
        "license_id": tk._("Licence"),
    }
    original.clear()
    original.update({name: titles[name] for name in FACETS})
    return original
