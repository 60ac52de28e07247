"""Three years of budgets of four levels: the republican one, twenty local ones, the state and the consolidated one."""

from __future__ import annotations

import json

from ckanext.opengov.civic.regions import region

from stack.demonstration import budget_lines
from stack.demonstration.cast import Cast
from stack.demonstration.parts.officers import FILE, make_user
from stack.demonstration.portal import Fields, Portal, PortalError
from stack.secrets import write_private

COMPONENT = "budget"
LOGIN = "budget-lines"
LANGUAGES = ("kk", "ru", "en")


def load(portal: Portal) -> list[str]:
    known = budget_lines.figures()
    owners = {known["owner"], *known["owners"].values()}
    desk = _desk(portal, sorted(owners))
    problems: list[str] = []
    lines = 0
    for order, rows in _plan():
        try:
            lines += _import(desk, order, budget_lines.written(rows))
        except PortalError as error:
            problems.append(f"budget {order['name']}: {error}")
    portal.say(f"{len(budget_lines.places()) + 3} budgets, {lines} lines imported")
    return problems


def _desk(portal: Portal, owners: list[str]) -> Portal:
    """The portal of the officer who imports."""
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if make_user(portal, LOGIN, passwords):
        write_private(path, json.dumps(passwords, indent=1))
    there = portal.call("officer_list", {"component": COMPONENT, "limit": 1000})["results"]
    held = {one["agency"] for one in there if one["user"] == LOGIN}
    rows = [f"{LOGIN},{owner},{COMPONENT},publisher,," for owner in owners if owner not in held]
    if rows:
        text = "\n".join(["user,agency,component,role,from,until", *rows])
        portal.call("officer_import", {"csv": text})
    return Cast(portal).of(LOGIN)


def _plan() -> list[tuple[Fields, list[Fields]]]:
    """Each budget with its lines; the parts stand before what is made of them."""
    known = budget_lines.figures()
    parts = ["republican", *(_name(place) for place in budget_lines.places())]
    orders: list[tuple[Fields, list[Fields]]] = [(_order("republican", []), budget_lines.republican())]
    for place in budget_lines.places():
        found = region(place)
        titles = {
            code: known["local_title"][code].format(name=found.title(code) if found else place) for code in LANGUAGES
        }
        owner = known["owners"].get(place, known["owner"])
        order = {
            "name": _name(place),
            "title_translated": titles,
            "owner_org": owner,
            "level": "local",
            "region": place,
        }
        orders.append((order, budget_lines.local(place)))
    orders.append((_order("state", parts), budget_lines.state()))
    orders.append((_order("consolidated", []), budget_lines.consolidated()))
    return orders


def _name(place: str) -> str:
    return f"local-{place[:2]}"


def _order(name: str, parts: list[str]) -> Fields:
    one = budget_lines.figures()["budgets"][name]
    titles = {code: one[code] for code in LANGUAGES}
    owner = budget_lines.figures()["owner"]
    return {"name": name, "title_translated": titles, "owner_org": owner, "level": one["level"], "parts": parts}


def _import(desk: Portal, order: Fields, content: bytes) -> int:
    if desk.find("budget_show", order["name"]) is None:
        desk.call("budget_create", order)
    made = desk.call("budget_import", {"budget": order["name"]}, (f"{order['name']}.csv", content))
    return 0 if made["repeated"] else made["lines"]
