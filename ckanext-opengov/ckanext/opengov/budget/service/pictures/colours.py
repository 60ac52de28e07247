"""Colours that people who see few of them still tell apart: dark enough for white letters (contrast above 4.5).

After Paul Tol's scheme for qualitative data (SRON/EPS/TN/09-002), darkened. A colour never stands alone for a meaning:
each part has its name, and bars of phases have patterns.
"""

from __future__ import annotations

QUALITATIVE = (
    "#332288",
    "#117733",
    "#882255",
    "#0a5f74",
    "#7a4a00",
    "#44518a",
    "#6b4c7a",
    "#00594c",
    "#8a3324",
    "#3f5b23",
)
OTHER = "#5b6b73"
PHASES = {"proposed": "#9bb8c1", "approved": "#5b93a3", "adjusted": "#0a5f74", "executed": "#d99a1c"}


def of(place: int) -> str:
    """The colour of the part at a place."""
    return QUALITATIVE[place % len(QUALITATIVE)]
