"""Mobile coverage: the map and the figures of complaints, and the form of a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service import agencies, ground, limits, persons, wording
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.civic.web import kept
from ckanext.opengov.dialog import appeal_display, coverage_display
from ckanext.opengov.dialog.service.appeals import filing, people, words
from ckanext.opengov.dialog.views.appeals_shared import too_long_text
from ckanext.opengov.dialog.views.statistics import act, sentences, table_file

blueprint = Blueprint("opengov_dialog_coverage", __name__, url_prefix="/coverage")

FOLDER = "opengov_dialog/coverage"
FILTERS = ("operator", "fault", "region", "first", "last")
# Name of a table as a file → its rows in the answer of the action, and its columns.
TABLES = {
    "cells": ("cells", ("latitude", "longitude", "count")),
    "operators": ("by_operator", ("operator", "title", "count")),
    "faults": ("by_fault", ("fault", "title", "count")),
    "places": ("by_region_and_operator", ("region", "title", "operator", "count")),
}
FIELDS = (
    *("operator", "fault", "noticed_at", "latitude", "longitude", "region"),
    *("text", "public", "author_name", "email"),
)
DRAFT = "coverage-new"
NEAR = 4
NEAR_REGION = 3
COUNTRY = {"latitude": (40, 56), "longitude": (46, 88)}


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The map, and the figures by operator, fault and place; each table as a file, too."""
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    table, form = request.args.get("table", ""), request.args.get("format", "")
    as_file = table in TABLES and form in ("csv", "json")
    window = _window(chosen.get("region"))
    try:
        found = act("coverage_statistics", {**chosen, "grid": 1 if as_file else window.grid})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    if as_file:
        rows, columns = TABLES[table]
        return table_file(form, f"coverage-{table}", columns, found[rows], {"total": found["total"]})
    total = found["total"] or 1
    variables = {
        "found": found,
        "chosen": chosen,
        "map": coverage_display.country(window),
        "squares": coverage_display.squares(found["cells"], window),
        "operators": coverage_display.bars(found["by_operator"], total),
        "faults": coverage_display.bars(found["by_fault"], total),
        "places": coverage_display.matrix(found["by_region_and_operator"], found["by_operator"]),
        "at": f"{window.latitude:.3f},{window.longitude:.3f}",
        "nearest": NEAR,
        "moves": _moves(window),
        "options": _options(found),
        "taken": _is_taken(),
        "is_admin": _is_admin(),
        "tables": tuple(TABLES),
    }
    return tk.render(f"{FOLDER}/index.html", variables)


def _window(region: str | None) -> ground.Window:
    """The window that the address asks for; else that of the chosen region; else the country."""
    latitude, _comma, longitude = request.args.get("at", "").partition(",")
    try:
        return ground.window(float(latitude), float(longitude), int(request.args.get("zoom", "0")))
    except (ValueError, OverflowError):
        centre = next((one for one in ground.places() if one.region == region), None)
        return ground.window(centre.latitude, centre.longitude, NEAR_REGION) if centre else ground.Window()


def _moves(window: ground.Window) -> list[dict[str, Any]]:
    """The windows around this one, that a link each leads to."""
    found = {
        "nearer": (tk._("Nearer"), "+", window.moved(nearer=1)),
        "farther": (tk._("Farther"), "−", window.moved(nearer=-1)),
    }
    if window.zoom:
        found |= {
            "north": (tk._("To the north"), "↑", window.moved(down=-0.5)),
            "west": (tk._("To the west"), "←", window.moved(right=-0.5)),
            "east": (tk._("To the east"), "→", window.moved(right=0.5)),
            "south": (tk._("To the south"), "↓", window.moved(down=0.5)),
        }
    return [
        {"name": name, "title": title, "sign": sign, "at": f"{to.latitude:.3f},{to.longitude:.3f}", "zoom": to.zoom}
        for name, (title, sign, to) in found.items()
        if to != window
    ]


def _options(found: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    operators = [one["operator"] for one in found["by_operator"] if one["operator"]]
    known = dict.fromkeys([*tk.config["opengov.dialog.operators"], *operators])
    language = wording.current()
    return {
        "operator": [{"value": one, "text": one} for one in known],
        "fault": [{"value": name, "text": tk._(title)} for name, title in words.FAULTS.items()],
        "region": [{"value": one.kato, "text": one.title(language)} for one in regions()],
    }


def _is_taken() -> bool:
    """Whether complaints are taken: their agency is set, and it is there."""
    name = tk.config["opengov.dialog.mobile_agency"]
    return bool(name) and agencies.find(name) is not None


def _is_admin() -> bool:
    return bool(current_user.is_authenticated and current_user.sysadmin)  # pyright: ignore[reportAttributeAccessIssue]


# --- a new complaint


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form; sending it shows the receipt."""
    if not _is_taken():
        if _is_admin():
            return tk.render(f"{FOLDER}/not_set.html", {"name": tk.config["opengov.dialog.mobile_agency"]})
        return tk.abort(404, tk._("Complaints on mobile coverage are not taken on this portal."))
    if current_user.is_authenticated:
        request.environ["__no_cache__"] = True
    if request.method == "GET":
        return _form({"public": "true", "noticed_at": _now()} | kept.back(DRAFT), {})
    request.environ["__no_cache__"] = True
    try:
        leaving = kept.away(DRAFT, tk._("Complain about coverage"), tk.url_for("opengov_dialog_coverage.new"))
        data = {name: request.form.get(name, "").strip() for name in FIELDS}
        files = request.files.getlist("attachments")
    except RequestEntityTooLarge:
        return _form({}, {"text": too_long_text()}), 413
    if leaving:
        return leaving
    town = next((one for one in ground.places() if one.region == request.form.get("town")), None)
    if town and not data["latitude"] and not data["longitude"]:
        data |= {"latitude": str(town.latitude), "longitude": str(town.longitude)}
    return _send(data, files)


def _now() -> str:
    return utc_now().astimezone(ALMATY).strftime("%Y-%m-%dT%H:%M")


def _send(data: dict[str, Any], files: list[Any]) -> ResponseReturnValue:
    wish = {name: value.replace(",", ".") if name in COUNTRY else value for name, value in data.items() if value}
    wish |= {
        "kind": words.COVERAGE,
        "language": wording.current(),
        "subject": _subject(data),
        "public": bool(data["public"]),
        "noticed_at": _with_zone(data["noticed_at"]),
        "attachments": files,
    }
    try:
        filed = tk.get_action("appeal_create")(_context(), wish)
    except tk.ValidationError as error:
        return _form(data, _errors(error)), 400
    except limits.RateLimited as error:
        return _form(data, {"": error.sentence}), 429
    except tk.NotAuthorized as error:
        return _form(data, {"": str(error.message or error)}), 403
    if current_user.is_authenticated:
        act("draft_delete", {"form_key": DRAFT})
    variables = {"filed": filed, "term": appeal_display.term(filed["deadline"]), "mailed": _mailed(data)}
    return tk.render("opengov_dialog/appeals/sent.html", variables)


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def _subject(data: dict[str, Any]) -> str:
    """What lists show of the complaint: what is wrong, and with whom."""
    fault = tk._(words.FAULTS.get(data["fault"], words.KINDS[words.COVERAGE]))
    return f"{fault}: {data['operator']}"[: filing.SUBJECT_LENGTH]


def _with_zone(text: str) -> str:
    """The time of a form, which is Almaty's, with its zone."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=ALMATY).isoformat()
    except ValueError:
        return text


def _errors(error: tk.ValidationError) -> dict[str, str]:
    given: Any = error.error_dict
    found = {name: " ".join(str(text) for text in texts) for name, texts in given.items()}
    # What no field of this form holds is told above it.
    return {name if name in (*FIELDS, "attachments") else "": text for name, text in found.items()}


def _mailed(data: dict[str, Any]) -> str:
    """Where the letter with the secret goes."""
    return (current_user.email if current_user.is_authenticated else data["email"]) or ""  # pyright: ignore


def _form(data: dict[str, Any], errors: dict[str, str]) -> str:
    point = _point(data)
    window = ground.window(*point, NEAR) if point else ground.Window()
    language = wording.current()
    variables = {
        "data": data,
        "errors": errors,
        "map": coverage_display.country(window),
        "point": window.position(*point) if point else None,
        "faults": [{"value": name, "text": tk._(title)} for name, title in words.FAULTS.items()],
        "operators": list(tk.config["opengov.dialog.operators"]),
        "regions": [{"value": one.kato, "text": one.title(language)} for one in regions()],
        "missing": _missing(),
        "needs_mail": not current_user.is_authenticated,
        "country": COUNTRY,
        "longest": filing.TEXT_LENGTH,
        "most_files": filing.ATTACHMENTS,
        "draft_key": DRAFT,
        "now": _now(),
    }
    return tk.render(f"{FOLDER}/new.html", variables)


def _point(data: dict[str, Any]) -> tuple[float, float] | None:
    """The place of a form, if it is one in the country."""
    try:
        place = [float(data[name].replace(",", ".")) for name in COUNTRY]
    except (KeyError, ValueError):
        return None
    inside = all(low <= one <= high for one, (low, high) in zip(place, COUNTRY.values(), strict=True))
    return (place[0], place[1]) if inside else None


def _missing() -> str:
    """What keeps the visitor from writing: ``sign_in``, ``email``, ``verified`` or nothing."""
    if not current_user.is_authenticated:
        return "" if words.COVERAGE in people.anonymous_kinds() else "sign_in"
    wanted = people.level()
    is_known = persons.level_of(current_user.id) >= wanted  # pyright: ignore[reportAttributeAccessIssue]
    return "" if is_known else wanted.name.lower()
