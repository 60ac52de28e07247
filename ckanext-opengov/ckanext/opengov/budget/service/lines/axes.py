"""The ways in which a line of a budget is classified, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.service.refusal import N_


@dataclass(frozen=True)
class Level:
    """One step of an axis; ``width`` is how many digits its codes have in the national lists."""

    key: str
    title: str
    width: int | None = None


@dataclass(frozen=True)
class Axis:
    """A classification: from the widest step to the narrowest."""

    key: str
    title: str
    levels: tuple[Level, ...]

    @property
    def depth(self) -> int:
        return len(self.levels)


AXES: Mapping[str, Axis] = {
    axis.key: axis
    for axis in (
        Axis(
            "functional",
            N_("What for"),
            (
                Level("group", N_("Functional group"), 2),
                Level("subgroup", N_("Functional subgroup"), 2),
                Level("administrator", N_("Administrator of the programme"), 3),
                Level("programme", N_("Budget programme"), 3),
                Level("subprogramme", N_("Subprogramme"), 3),
                Level("specific", N_("Specific"), 3),
            ),
        ),
        Axis(
            "cofog",
            N_("Functions of government (COFOG)"),
            (Level("division", N_("Division"), 2), Level("group", N_("Group")), Level("class", N_("Class"))),
        ),
        Axis(
            "administrative",
            N_("Who spends"),
            (
                Level("agency", N_("Agency"), 3),
                Level("department", N_("Department")),
                Level("unit", N_("Institution")),
            ),
        ),
        Axis(
            "economic",
            N_("Kind of expense"),
            (
                Level("category", N_("Economic category")),
                Level("class", N_("Economic class")),
                Level("subclass", N_("Economic subclass")),
                Level("specific", N_("Economic specific")),
            ),
        ),
        Axis(
            "programme",
            N_("Programmes"),
            (Level("programme", N_("Programme")), Level("subprogramme", N_("Subprogramme of a programme"))),
        ),
        Axis(
            "source",
            N_("From which source"),
            (Level("source", N_("Source of the money")), Level("subsource", N_("Part of the source"))),
        ),
        Axis(
            "region",
            N_("Where"),
            (Level("region", N_("Region"), 9), Level("district", N_("District"), 9), Level("place", N_("Place"), 9)),
        ),
    )
}
PHASES: Mapping[str, str] = {
    "proposed": N_("Proposed"),
    "approved": N_("Approved"),
    "adjusted": N_("Adjusted"),
    "executed": N_("Executed"),
}
LEVELS: Mapping[str, str] = {
    "republican": N_("Republican budget"),
    "state": N_("State budget"),
    "consolidated": N_("Consolidated budget"),
    "local": N_("Local budget"),
}
DIRECTIONS: Mapping[str, str] = {"revenue": N_("Revenue"), "expenditure": N_("Spending")}
DIRECTION_CODES = {"revenue": 1, "expenditure": 2}
# Amounts have so many digits after the point, in the database as in the columns; more are refused, not rounded.
SCALE = 6
LANGUAGES = ("kk", "ru", "en")
# Text of a name whose language the file does not say.
ANY = "any"


def code_column(axis: str, level: int) -> str:
    """The column of a step's codes in a table of lines."""
    return f"{axis}.{level}"


def name_column(axis: str, level: int, language: str) -> str:
    """The column of a step's names in a table of lines."""
    return f"{axis}.{level}.{language}"


def level_of(axis: str, key: str) -> int:
    """The place of a step in its axis.

    :raises KeyError: when the axis has no such step
    """
    for place, level in enumerate(AXES[axis].levels):
        if level.key == key:
            return place
    raise KeyError(key)
