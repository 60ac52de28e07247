"""Where officers make budgets and import them: a file is sent, how it is read is confirmed, then it goes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.lines import template
from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTIONS, LANGUAGES, PHASES
from ckanext.opengov.budget.service.lines.finding import RULES
from ckanext.opengov.budget.service.lines.mapping import FACTORS, TOTALS
from ckanext.opengov.budget.views.shared import only_officers, own_agencies
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import wording

blueprint = Blueprint("opengov_budget_work", __name__, url_prefix="/budget/desk")

FOLDER = "opengov_budget/desk"


def _act(action: str, data: dict[str, Any]) -> Any:
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    return tk.get_action(action)(context, data)


def _mine() -> list[dict[str, Any]]:
    """The budgets of the officer's agencies."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    return [one for one in _act("budget_list", {}) if access.may("budget_check", context, COMPONENT, one["owner_org"])]


@blueprint.before_request
def _officers_only() -> ResponseReturnValue | None:
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    if request.endpoint == "opengov_budget_work.template_file":
        return None
    asked_to_sign_in = only_officers()
    if asked_to_sign_in is not None:
        return asked_to_sign_in
    if not access.may("budget_check", context, COMPONENT, None):
        return tk.abort(403, tk._("Only authors and publishers of an agency work on budgets."))
    return None


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """The budgets of one's agencies."""
    return tk.render(f"{FOLDER}/index.html", {"budgets": _mine(), "words": display.titles()})


@blueprint.get("/template.xlsx")
def template_file() -> Response:
    """The workbook to fill in."""
    content = template.workbook(lambda text: wording.say(wording.current(), text))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    headers = {"Content-Disposition": 'attachment; filename="budget.xlsx"'}
    return Response(content, content_type=kind, headers=headers)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a budget."""
    form, errors = {key: request.form.get(key, "").strip() for key in _FORM}, {}
    if request.method == "POST":
        titles = {code: form[f"title_{code}"] for code in LANGUAGES}
        order = {name: form[name] for name in ("name", "owner_org", "level", "region")}
        parts = [one.strip() for one in form["parts"].split(",") if one.strip()]
        try:
            made = _act("budget_create", {**order, "title_translated": titles, "parts": parts})
            return tk.redirect_to("opengov_budget_work.send", name=made["name"])
        except tk.NotAuthorized as error:
            errors = {"owner_org": [str(error)]}
        except tk.ValidationError as error:
            errors = error.error_dict
    options = {
        "owner_org": own_agencies({Role.PUBLISHER, Role.HEAD}),
        "region": [{"value": one.kato, "text": one.title(wording.current())} for one in regions()],
    }
    shown = {"form": form, "errors": errors, "options": options, "words": display.titles()}
    return tk.render(f"{FOLDER}/new.html", shown), (400 if errors else 200)


_FORM = ("name", "owner_org", "level", "region", "parts", *(f"title_{code}" for code in LANGUAGES))


@blueprint.route("/<name>", methods=["GET", "POST"])
def send(name: str) -> ResponseReturnValue:
    """Send a file, and see how it would be read."""
    budget = _budget(name)
    if request.method == "GET":
        return tk.render(f"{FOLDER}/send.html", {"budget": budget, "errors": {}})
    upload = request.files.get("upload")
    order: dict[str, Any] = {"budget": name, "upload": upload if upload and upload.filename else None}
    descriptor = request.files.get("descriptor")
    if descriptor and descriptor.filename:
        order["descriptor"] = descriptor.read(1 << 20).decode("utf-8", "replace")
    try:
        checked = _act("budget_check", order)
    except tk.ValidationError as error:
        return tk.render(f"{FOLDER}/send.html", {"budget": budget, "errors": error.error_dict}), 400
    return _confirmation(budget, checked, checked["mapping"])


@blueprint.post("/<name>/confirm")
def confirm(name: str) -> ResponseReturnValue:
    """Check once more with the mapping as it was confirmed, or import it."""
    budget = _budget(name)
    mapping = read_mapping(request.form)
    order: dict[str, Any] = {"budget": name, "upload_id": request.form.get("upload_id", ""), "mapping": mapping}
    if request.form.get("do") == "import":
        reasons = {rule: request.form.get(f"accept.{rule}", "").strip() for rule in RULES}
        accept = {rule: reason for rule, reason in reasons.items() if reason}
        try:
            made = _act("budget_import", {**order, "accept": accept})
        except tk.ValidationError as error:
            if "findings" not in error.error_dict:
                return tk.render(f"{FOLDER}/send.html", {"budget": budget, "errors": error.error_dict}), 400
        else:
            text = tk._("This file is in the budget already; nothing has changed.")
            tk.h.flash_success(text if made["repeated"] else tk._("The budget is imported and public."))
            return tk.redirect_to("opengov_budget_looking.versions", name=name)
    try:
        checked = _act("budget_check", order)
    except tk.ValidationError as error:
        return tk.render(f"{FOLDER}/send.html", {"budget": budget, "errors": error.error_dict}), 400
    return _confirmation(budget, checked, mapping)


def _budget(name: str) -> dict[str, Any]:
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        budget = _act("budget_show", {"id": name})
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    if not access.may("budget_check", context, COMPONENT, budget["owner_org"]):
        return tk.abort(403, tk._("Only publishers of the agency import its budgets."))
    return budget


def _confirmation(budget: dict[str, Any], checked: dict[str, Any], mapping: dict[str, Any]) -> ResponseReturnValue:
    steps = [
        {"key": f"{axis.key}.{level.key}", "title": f"{tk._(axis.title)}: {tk._(level.title)}"}
        for axis in AXES.values()
        for level in axis.levels
    ]
    shown = {
        "budget": budget,
        "checked": checked,
        "mapping": mapping,
        "roles": column_roles(mapping),
        "steps": steps,
        "words": display.titles(),
        "factors": FACTORS,
        "totals": TOTALS,
        "rules": {rule: tk._(title) for rule, title in RULES.items()},
        "phase_keys": list(PHASES),
        "direction_keys": list(DIRECTIONS),
        "exact": display.exact,
    }
    return tk.render(f"{FOLDER}/confirm.html", shown)


# --- the form of a mapping: for each column what it stands for


def column_roles(mapping: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each column stands for, as the form says it: ``code:functional.group``, ``name.kk:…``, ``year``."""
    roles: dict[str, list[str]] = {}

    def add(column: Any, role: str) -> None:
        if column:
            roles.setdefault(column, []).append(role)

    for axis, steps in mapping.get("axes", {}).items():
        for level, step in steps.items():
            add(step.get("code"), f"code:{axis}.{level}")
            names = step.get("name") or {}
            for language, column in ({"any": names} if isinstance(names, str) else names).items():
                add(column, f"name.{language}:{axis}.{level}")
    for part in ("year", "month", "phase", "direction"):
        value = mapping.get(part)
        add(value.get("column") if isinstance(value, dict) else None, part)
    for one in mapping.get("amounts", []):
        add(one["column"], "amount")
    for column in mapping.get("keep", []):
        add(column, "keep")
    return roles


def read_mapping(form: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping of a form: ``column.3`` is the name of the fourth column, ``role.3`` what it is for."""
    made: dict[str, Any] = {"axes": {}, "amounts": [], "keep": []}
    number = 0
    while f"column.{number}" in form:
        column = form[f"column.{number}"]
        for role in _roles_of(form, number):
            _take(made, form, number, column, role)
        number += 1
    for part in ("month", "phase", "direction", "year"):
        if part not in made and form.get(part):
            made[part] = {"value": form[part]}
    for part in ("phase", "direction"):
        _meanings(made, form, part)
    made |= {name: form[name] for name in ("currency", "decimal", "totals") if form.get(name)}
    made["widths"] = {
        key.removeprefix("width."): int(value)
        for key, value in form.items()
        if key.startswith("width.") and str(value).isdigit()
    }
    made["lists"] = {
        key.removeprefix("list."): value for key, value in form.items() if key.startswith("list.") and value
    }
    made["missing"] = [one.strip() for one in form.get("missing", "").split("|") if one.strip()]
    made["excel_dates"] = form.get("excel_dates") == "true"
    return made


def _roles_of(form: Mapping[str, Any], number: int) -> list[str]:
    values = form.getlist(f"role.{number}") if hasattr(form, "getlist") else [form[f"role.{number}"]]  # pyright: ignore
    return [one for one in values if one]


def _take(made: dict[str, Any], form: Mapping[str, Any], number: int, column: str, role: str) -> None:
    kind, _, target = role.partition(":")
    if target:
        axis, _, level = target.partition(".")
        step = made["axes"].setdefault(axis, {}).setdefault(level, {})
        if kind == "code":
            step["code"] = column
        else:
            step.setdefault("name", {})[kind.removeprefix("name.")] = column
    elif kind == "amount":
        own = {name: form.get(f"{name}.{number}", "") for name in ("factor", "year", "phase", "direction")}
        made["amounts"].append({"column": column, **{name: value for name, value in own.items() if value}})
    elif kind == "keep":
        made["keep"].append(column)
    else:
        made[kind] = {"column": column}


def _meanings(made: dict[str, Any], form: Mapping[str, Any], part: str) -> None:
    if not isinstance(made.get(part), dict) or "column" not in made[part]:
        return
    values = {}
    number = 0
    while f"text.{part}.{number}" in form:
        if form.get(f"means.{part}.{number}"):
            values[form[f"text.{part}.{number}"]] = form[f"means.{part}.{number}"]
        number += 1
    made[part] |= {"values": values} if values else {}
