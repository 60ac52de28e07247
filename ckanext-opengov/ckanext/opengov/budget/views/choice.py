"""What a reader has chosen to look at, read from the address and written into addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTIONS

SHOW = "opengov_budget_looking.show"


def act(action: str, data: dict[str, Any]) -> Any:
    """Call a reading action for a page."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action(action)(context, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.ValidationError as error:
        given: Any = error.error_dict
        return tk.abort(400, " ".join(str(text) for texts in given.values() for text in texts))


@dataclass(frozen=True)
class Choice:
    """A place in a budget and how it is looked at."""

    budget: Mapping[str, Any]
    year: int
    phase: str
    direction: str
    axis: str
    path: str
    steps: tuple[str, ...]
    measure: display.Measure
    currency: str

    @property
    def depth(self) -> int:
        return self.path.count("/") + 1 if self.path else 0

    @property
    def step(self) -> str | None:
        """The step below the place; None at the end of the axis."""
        return self.steps[self.depth] if self.depth < len(self.steps) else None

    @property
    def cut(self) -> dict[str, str]:
        return {self.axis: self.path} if self.path else {}

    def asked(self, **more: Any) -> dict[str, Any]:
        """Parameters of an aggregate of this place."""
        return {"budget": [self.budget["name"]], "cut": self.cut, "direction": self.direction, **more}

    def values(self, **changes: Any) -> dict[str, Any]:
        """The parameters of an address, without those that go without saying."""
        values: dict[str, Any] = {
            "year": self.year,
            "phase": self.phase,
            "direction": None if self.direction == "expenditure" else self.direction,
            "axis": self.axis,
            "path": self.path or None,
            "measure": None if self.measure.kind == "nominal" else self.measure.kind,
            "base": self.measure.base if self.measure.kind == "real" else None,
        }
        return {key: value for key, value in {**values, **changes}.items() if value is not None}

    def url(self, endpoint: str = SHOW, **changes: Any) -> str:
        """The address of this place, or of another that differs."""
        return tk.h.url_for(endpoint, name=self.budget["name"], **self.values(**changes))

    def at(self, path: str) -> Choice:
        """Another place of the same axis."""
        return replace(self, path=path)

    def amount(self, amount: Decimal, year: int | None = None) -> Decimal | None:
        """An amount in the measure."""
        return self.measure.of(amount, year or self.year)


def choice(name: str, given: Mapping[str, str]) -> Choice | None:
    """The reader's choice; None for a budget that has no lines yet."""
    budget = act("budget_show", {"id": name})
    direction = given.get("direction", "")
    direction = direction if direction in DIRECTIONS else "expenditure"
    periods = [one for one in budget["periods"] if one["lines"]]
    if not periods:
        return None
    years = sorted({one["year"] for one in periods})
    year = int(given["year"]) if given.get("year", "").isdigit() and int(given["year"]) in years else years[-1]
    phases = [one["phase"] for one in periods if one["year"] == year]
    phase = given.get("phase", "")
    phase = phase if phase in phases else str(display.best_phase(phases))
    period = [one for one in periods if (one["year"], one["phase"]) == (year, phase)][-1]
    axes = [axis for axis in AXES if any(step.startswith(f"{axis}.") for step in period["steps"])]
    axis = given.get("axis", "")
    axis = axis if axis in axes else _first_axis(axes, direction)
    steps = tuple(step for step in period["steps"] if step.startswith(f"{axis}."))
    base = given.get("base", "")
    measure = display.Measure(given.get("measure", ""), int(base) if base.isdigit() else None, budget["region"])
    path = given.get("path", "") if axis else ""
    return Choice(budget, year, phase, direction, axis, path, steps, measure, period["currency"])


def _first_axis(axes: list[str], direction: str) -> str:
    """Revenue has no functional groups: it is looked at by its economic categories."""
    if direction == "revenue" and "economic" in axes:
        return "economic"
    return axes[0] if axes else ""
