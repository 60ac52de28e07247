"""Evaluations as pages show them: numbers in words, the radar and the trend as points of an SVG. Pure but for words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from babel.numbers import format_decimal

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.evaluation.service import arithmetic, framework, register, states

NONE = "–"
RADIUS = 100.0
# Of the trend.
WIDTH, HEIGHT = 320.0, 100.0


def number(value: Any, places: int = 2) -> str:
    """A number in the reader's language, without trailing noughts."""
    if value is None:
        return NONE
    return format_decimal(round(float(value), places), "#,##0." + "#" * places, locale=wording.current())


def percent(share: float) -> str:
    """A share from 0 to 1."""
    return format_decimal(share, "0%", locale=wording.current())


def score(value: Any) -> str:
    """Points with one decimal, always."""
    return NONE if value is None else format_decimal(float(value), "0.0", locale=wording.current())


def interval(low: float | None, high: float | None) -> str:
    """Bounds such as “71.2–75.8”; empty where there is no sample in the score."""
    return "" if low is None or high is None or low == high else f"{score(low)}–{score(high)}"


def day(value: str | dt.date) -> str:
    """A day in words."""
    found = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return format_date(found, "long", locale=wording.current())


def moment(value: str | None) -> str:
    """The day of a moment, in Almaty."""
    return day(local_date(dt.datetime.fromisoformat(value))) if value else ""


def places(row: Mapping[str, Any]) -> str:
    """The places that the interval allows, where it is more than one."""
    if row["best"] is None or row["best"] == row["worst"]:
        return ""
    return tk._("place {best} to {worst}").format(best=row["best"], worst=row["worst"])


def kinds() -> list[tuple[str, str]]:
    """Groups of peers and their names."""
    return [(str(kind), tk._(title)) for kind, title in framework.KINDS.items()]


def state(name: str) -> str:
    """A state in words."""
    return tk._(states.STATES[name])


def status(name: str) -> str:
    """What is known of an indicator, in words."""
    return tk._(arithmetic.STATUSES[arithmetic.Status(name)])


def source(name: str) -> str:
    """Where a value comes from, in words."""
    return tk._(framework.SOURCES[framework.Source(name)])


def channel(name: str) -> str:
    """Where a service can be had, in words."""
    return tk._(register.CHANNELS[name])


def scale(step: Mapping[str, Any]) -> str:
    """How a value becomes points, in one sentence."""
    if step["scale"] == "yes_no":
        return tk._("Yes is 100 points, no is 0.")
    if step["scale"] == "linear":
        text = tk._("0 points at {floor}, 100 points at {target} {unit}, in proportion between.")
        return text.format(floor=number(step["floor"]), target=number(step["target"]), unit=step["unit"])
    text = (
        tk._("from {bound} {unit}: {points}") if step["direction"] == "up" else tk._("up to {bound} {unit}: {points}")
    )
    parts = (text.format(bound=number(b), unit=step["unit"], points=number(p)) for b, p in step["bounds"])
    return tk._("Points: {steps}; else 0.").format(steps="; ".join(parts))


def value(step: Mapping[str, Any]) -> str:
    """A value with its unit, or why there is none."""
    if step["status"] != "given":
        return tk._("For other kinds of agency") if step.get("for_others") else status(step["status"])
    if step.get("scale") == "yes_no":
        return tk._("Yes") if float(step["number"] or 0) else tk._("No")
    return f"{number(step['number'])} {step['unit']}"


# --- pictures


def radar(axes: Sequence[str], series: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    """A radar: axes with their ends and labels, rings, and a polygon for each series; what is missing is left out.

    :param series: for each, points from 0 to 100 in the order of the axes
    """
    number_of = len(axes)

    def at(place: int, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * place / number_of - math.pi / 2
        return round(RADIUS * share * math.cos(angle), 1), round(RADIUS * share * math.sin(angle), 1)

    def path(points: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in points)

    rings = [path([at(place, share / 4) for place in range(number_of)]) for share in range(1, 5)]
    ends = [
        {"title": title, "number": place + 1, "x": at(place, 1)[0], "y": at(place, 1)[1], "label": at(place, 1.16)}
        for place, title in enumerate(axes)
    ]
    shapes = [path([at(place, one / 100) for place, one in enumerate(points) if one is not None]) for points in series]
    return {"axes": ends, "rings": rings, "shapes": shapes, "drawn": number_of >= 3}


def line(trend: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A trend: dots with their intervals, and lines that stop where the framework is another one."""
    step = WIDTH / max(1, len(trend) - 1) if len(trend) > 1 else 0.0
    dots, lines, run = [], [], []
    for place, one in enumerate(trend):
        if one["score"] is None:
            continue
        x = round(place * step if step else WIDTH / 2, 1)
        y = round(HEIGHT - float(one["score"]), 1)
        if one["break"] and run:
            lines.append(run)
            run = []
        run = [*run, f"{x},{y}"]
        low, high = one["low"], one["high"]
        bounds = None if low is None or high is None else (round(HEIGHT - high, 1), round(HEIGHT - low, 1))
        dots.append(
            {"x": x, "y": y, "bounds": bounds, "break": one["break"] and round(x - step / 2, 1), "score": one["score"]}
        )
    lines.append(run)
    return {"dots": dots, "lines": [" ".join(points) for points in lines if len(points) > 1]}
