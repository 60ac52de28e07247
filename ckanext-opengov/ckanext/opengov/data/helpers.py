"""Template helpers of open data."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import current_app
from flask_babel import format_decimal
from jinja2 import Template

from ckanext.opengov.civic.regions import regions
from ckanext.opengov.data import display, labels, language
from ckanext.opengov.data.service import agencies, described, keyed

__all__ = [
    "is_resource_supported_by_xloader",
    "opengov_agency",
    "opengov_agency_options",
    "opengov_apps_of",
    "opengov_choice_label",
    "opengov_citation",
    "opengov_field_filled",
    "opengov_filled_table",
    "opengov_form_sections",
    "opengov_form_texts",
    "opengov_keywords",
    "opengov_licence_name",
    "opengov_moment",
    "opengov_parent_choices",
    "opengov_points",
    "opengov_quality",
    "opengov_region_choices",
    "opengov_table",
    "opengov_tables",
    "opengov_text",
    "opengov_type_template",
    "opengov_untranslated",
    "opengov_usage",
]


def opengov_text(record: dict[str, Any], field: str) -> dict[str, Any]:
    """``text`` for the reader, ``lang`` if it is in another language than the page."""
    return display.text(record, field)


def opengov_keywords(dataset: dict[str, Any]) -> dict[str, Any]:
    """Keywords for the reader: ``text`` is a list, ``lang`` as in ``opengov_text``."""
    return display.keywords(dataset)


def opengov_citation(dataset: dict[str, Any]) -> str:
    """How to cite a data set."""
    return display.citation(dataset)


def opengov_moment(value: str | None) -> str:
    """A stored time in Almaty's."""
    return display.moment(value)


def opengov_licence_name(identifier: str | None) -> str:
    """A licence's name in the reader's language."""
    return labels.licence(identifier) or tk._("Licence not given")


def opengov_choice_label(field: str, value: str, of: str = "dataset") -> str:
    """The name of a choice of the schema in the reader's language."""
    return labels.choice(field, value, language.current(), of)


def opengov_region_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """The regions as choices of a schema field: KATO code and names."""
    return [{"value": one.kato, "label": {"kk": one.kk, "ru": one.ru, "en": one.en}} for one in regions()]


def opengov_parent_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """All agencies as choices of a parent: name and titles."""
    return [
        {"value": one["name"], "label": one["title_translated"] or {"en": one["title"]}}
        for one in agencies.all_active()
    ]


def opengov_agency_options(selected: str | None) -> list[dict[str, Any]]:
    """The agencies in whose name the user may publish: ``id`` and ``title``, and which is ``selected``."""
    context = {"user": current_user.name, "auth_user_obj": current_user}
    own = tk.get_action("organization_list_for_user")(context, {"permission": "create_dataset"})  # pyright: ignore
    titles = agencies.titles([one["id"] for one in own])
    options = [
        {
            "id": one["id"],
            "title": display.text({**one, "title_translated": titles.get(one["id"], {})}, "title")["text"],
            "selected": selected in {one["id"], one["name"]},
        }
        for one in own
    ]
    return sorted(options, key=lambda one: one["title"])


def opengov_agency(reference: str) -> dict[str, Any] | None:
    """An agency's page: its fields, its parent and its children, each with names by language."""
    group = model.Group.get(reference)
    if group is None:
        return None
    context = {"user": current_user.name, "auth_user_obj": current_user}
    wish = {"id": group.id, "include_users": False, "include_dataset_count": False, "include_followers": False}
    agency = tk.get_action("organization_show")(context, wish)  # pyright: ignore
    parents, children = group.get_parent_groups("organization"), group.get_children_groups("organization")
    titles = agencies.titles([one.id for one in (*parents, *children)])

    def brief(one: model.Group) -> dict[str, Any]:
        return {"name": one.name, "title": one.title or one.name, "title_translated": titles.get(one.id, {})}

    named = [brief(one) for one in children if one.state == "active"]
    return agency | {
        "parent_agency": brief(parents[0]) if parents else None,
        "children": sorted(named, key=lambda one: display.text(one, "title")["text"]),
    }


def opengov_form_texts(field: dict[str, Any], data: dict[str, Any]) -> list[dict[str, str]]:
    """The inputs of a field in three languages."""
    return display.form_texts(field, data)


def opengov_untranslated(field: dict[str, Any], data: dict[str, Any]) -> str:
    """CKAN's own text of a record without translations."""
    return display.untranslated(field, data)


def opengov_form_sections(schema: dict[str, Any], fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a form by section."""
    return display.sections(schema, fields)


def opengov_field_filled(field: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a passport's row has something to show."""
    return display.filled(field, record)


def opengov_filled_table(dataset: dict[str, Any]) -> str | None:
    """The id of a data set's resource whose rows are filled by a template, typed or pushed."""
    ids = [one["id"] for one in dataset.get("resources", []) if one.get("url_type") == "datastore"]
    return next((one for one in ids if keyed.get(one) is not None), None)


def opengov_type_template(package_type: str, page: str) -> Template:
    """The page of a package type: a component puts it into ``opengov_types/<type>/``; without one, CKAN's own."""
    return current_app.jinja_env.select_template([f"opengov_types/{package_type}/{page}", f"package/{page}"])


def opengov_table(resource_id: str) -> dict[str, Any]:
    """What became of an uploaded file that should be a table."""
    context = {"user": current_user.name, "auth_user_obj": current_user}
    return tk.get_action("opengov_table_show")(context, {"resource_id": resource_id})  # pyright: ignore


def opengov_tables(dataset_id: str) -> list[dict[str, str]]:
    """The tables of a data set: ``id`` and ``title``."""
    package = model.Package.get(dataset_id)
    resources = package.resources if package is not None else []
    return [{"id": one.id, "title": described.title(one)} for one in resources if described.has_table(one)]


def opengov_apps_of(dataset_id: str) -> dict[str, Any]:
    """The newest apps that use a data set, and how many there are."""
    context = {"user": current_user.name, "auth_user_obj": current_user}
    return tk.get_action("application_list")(context, {"dataset": dataset_id, "limit": 3})  # pyright: ignore


def opengov_points(score: float) -> str:
    """Points as people of the page's language write numbers; a mean has one digit after the comma."""
    return format_decimal(round(score, 1))


def opengov_quality(dataset_id: str | None) -> dict[str, Any] | None:
    """The quality of a data set that is saved already and that the reader may see."""
    if not dataset_id:
        return None
    context = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action("data_quality_show")(context, {"id": dataset_id})  # pyright: ignore
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None


def opengov_usage(dataset_id: str) -> dict[str, Any] | None:
    """How often a data set was read, for those who may see it."""
    context = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action("data_usage_show")(context, {"id": dataset_id})  # pyright: ignore
    except tk.NotAuthorized:
        return None


@tk.chained_helper
def is_resource_supported_by_xloader(original: Any, resource: dict[str, Any], check_access: bool = True) -> bool:
    """No page of xloader: its button would do nothing, since our own job reads the files."""
    return False
