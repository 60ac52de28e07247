"""Names of the schema's choices and of licences."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk


def fields(of: str = "dataset") -> dict[str, dict[str, Any]]:
    """The fields of a data set's or an agency's schema by name."""
    if of == "organization":
        schema = tk.h.scheming_get_organization_schema("organization")
        return {field["field_name"]: field for field in schema["fields"]}
    return {field["field_name"]: field for field in tk.h.scheming_get_dataset_schema(of)["dataset_fields"]}


def choice(field: str, value: str, code: str, of: str = "dataset") -> str:
    """The label of a choice in a language; the value itself when there is no such choice."""
    choices = tk.h.scheming_field_choices(fields(of)[field]) or ()
    label = next((one["label"] for one in choices if one["value"] == value), None)
    return label.get(code) or label["en"] if label else value


def licence(identifier: str | None) -> str | None:
    """The name of a licence in the reader's language."""
    # CKAN's own names of these licences are not in its catalogues of translations.
    names = {
        "cc-by": tk._("Creative Commons Attribution: free use with the source named"),
        "cc-by-sa": tk._("Creative Commons Attribution Share-Alike"),
        "cc-zero": tk._("Creative Commons CCZero: free use without conditions"),
        "odc-by": tk._("Open Data Commons Attribution License"),
        "odc-pddl": tk._("Open Data Commons Public Domain Dedication and License"),
        "odc-odbl": tk._("Open Data Commons Open Database License"),
        "notspecified": tk._("Licence not given"),
    }
    if identifier in names:
        return names[identifier]
    known = model.Package.get_license_register().get(identifier) if identifier else None
    return known.title if known else None


def values(field: str, of: str = "dataset") -> set[str]:
    """The values that a field may have."""
    return {one["value"] for one in tk.h.scheming_field_choices(fields(of)[field]) or ()}
