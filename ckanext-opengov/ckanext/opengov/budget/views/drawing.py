"""The pictures of a place in a budget: their parts, and the pictures as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import resvg_py

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.service.pictures import bars, colours, flow, treemap
from ckanext.opengov.budget.service.pictures.text import shortened, wrapped
from ckanext.opengov.budget.views.choice import Choice, act

FOLDER = "opengov_budget/pictures"
WIDE, NARROW = (1000, 520), (380, 460)
FONTS = "opengov.budget.fonts"
PNG_ZOOM = 2


def rows(choice: Choice) -> list[dict[str, Any]]:
    """What lies below the place, as rows of the table: each with its amount by phase, in the measure."""
    if choice.step is None:
        return []
    asked = choice.asked(by=[choice.step, "phase"], year=[choice.year], limit=10_000)
    found = display.children(act("budget_aggregate", asked)["cells"], choice.step, choice.phase)
    for row in found:
        row["amount"] = choice.amount(row["phases"].get(choice.phase, Decimal(0)))
        row["name"] = row["node"]["name"] if row["node"] else tk._("Without a further code")
        row["code"] = row["node"]["code"] if row["node"] else ""
        row["url"] = choice.url(path=row["path"]) if row["path"] else None
    return found


def boxes(choice: Choice, found: Sequence[Mapping[str, Any]], size: tuple[int, int]) -> list[treemap.Box]:
    """The rectangles of the treemap."""
    parts = []
    for row in found:
        amount = row["amount"] or Decimal(0)
        note = display.money(amount, choice.currency)
        parts.append(treemap.Part(row["name"], amount, note, row["url"] or choice.url("opengov_budget_looking.lines")))
    other = treemap.Part(tk._("Everything else"), Decimal(0), "", None)
    return treemap.layout(parts, *size, other)


def years(choice: Choice) -> list[dict[str, Any]]:
    """Each year with its amount by phase, in the measure."""
    cells = act("budget_aggregate", choice.asked(by=["year", "phase"]))["cells"]
    found: dict[int, dict[str, Any]] = {}
    for cell in cells:
        amount = choice.amount(Decimal(cell["amount"]), cell["year"])
        found.setdefault(cell["year"], {"year": cell["year"], "phases": {}})["phases"][cell["phase"]] = amount
    return [found[year] for year in sorted(found)]


def year_chart(choice: Choice, found: Sequence[Mapping[str, Any]], width: int = 640, height: int = 260) -> Any:
    """Bars of the phases over the years."""
    names = display.titles()["phases"]
    groups = []
    for one in found:
        members = [
            (phase, amount, f"{one['year']}, {names[phase]}: {display.money(amount, choice.currency)}")
            for phase in names
            if (amount := one["phases"].get(phase)) is not None
        ]
        groups.append((str(one["year"]), members))
    return bars.grouped(groups, width, height, 86)


def streams(choice: Choice) -> tuple[list[flow.Stream], list[flow.Stream]]:
    """From where the money of a year and phase comes, and where it goes."""
    steps = _flow_steps(choice)
    found = []
    for direction, step in zip(("revenue", "expenditure"), steps, strict=True):
        asked = {"budget": [choice.budget["name"]], "year": [choice.year], "phase": [choice.phase]}
        cells = act("budget_aggregate", {**asked, "direction": direction, "by": [step]})["cells"] if step else []
        found.append([_stream(choice, direction, step, cell) for cell in cells])
    note = lambda amount: display.money(amount, choice.currency)  # noqa: E731
    sources, uses = (flow.gathered(one, tk._("Everything else"), note) for one in found)
    lacking = sum((one.amount for one in uses), Decimal(0)) - sum((one.amount for one in sources), Decimal(0))
    if sources and lacking > 0:
        sources.append(flow.Stream(tk._("Deficit: borrowed and from reserves"), lacking, note(lacking), None, True))
    elif sources and lacking < 0:
        uses.append(flow.Stream(tk._("Surplus"), -lacking, note(-lacking), None, True))
    return sources, uses


def _flow_steps(choice: Choice) -> tuple[str | None, str | None]:
    period = next(one for one in choice.budget["periods"] if (one["year"], one["phase"]) == (choice.year, choice.phase))
    known = period["steps"]
    revenue = next((one for one in known if one.startswith("economic.")), None)
    order = ("functional.", "cofog.", "programme.", "administrative.", "economic.")
    spending = next((one for start in order for one in known if one.startswith(start)), None)
    return revenue, spending


def _stream(choice: Choice, direction: str, step: str | None, cell: Mapping[str, Any]) -> flow.Stream:
    node = cell[step] if step else None
    name = node["name"] if node else tk._("Without a further code")
    amount = Decimal(cell["amount"])
    axis = (step or "").split(".")[0]
    href = choice.url(axis=axis, path=node["path"], direction=direction) if node else None
    return flow.Stream(name, amount, display.money(amount, choice.currency), href)


def variables(choice: Choice, picture: str) -> dict[str, Any]:
    """What the template of a picture needs."""
    shared = {"choice": choice, "money": display.money, "colours": colours, "words": display.titles()}
    shared |= {"wrapped": wrapped, "shortened": shortened}
    if picture == "treemap":
        return shared | {"boxes": boxes(choice, rows(choice), WIDE), "size": WIDE}
    if picture == "years":
        return shared | {"chart": year_chart(choice, years(choice)), "size": (640, 310)}
    sources, uses = streams(choice)
    return shared | {"flow": flow.layout(sources, uses, 1000, 560, 250), "size": (1000, 580)}


def svg(choice: Choice, picture: str) -> str:
    """A picture as a file of its own."""
    return tk.render(f"{FOLDER}/{picture}_file.svg", variables(choice, picture))


def png(text: str) -> bytes:
    """An SVG as PNG, at twice its size."""
    folder = Path(tk.config[FONTS])
    fonts = [str(path) for path in (folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf") if path.exists()]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=text,
            background="#ffffff",
            zoom=PNG_ZOOM,
            font_files=fonts,
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
            skip_system_fonts=bool(fonts),
        )
    )
