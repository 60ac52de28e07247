"""The five components of an open government, in one sentence each.

A component that is loaded speaks for itself through its manifest; the others are named on the home page only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planned:
    """A component by name, as its manifest will be called; texts are English messages of the catalogue."""

    name: str
    title: str
    description: str


def N_(text: str) -> str:  # noqa: N802 - the name that message extractors know
    """Mark a message that is translated where it is shown."""
    return text


PLANNED = (
    Planned("data", N_("Open data"), N_("Data sets of the agencies, machine-readable, with one API for all of them")),
    Planned(
        "dialog",
        N_("Open dialogue"),
        N_("Write to the head of an agency and read the public answer, given in the term that the law sets"),
    ),
    Planned(
        "regulation",
        N_("Open regulations"),
        N_("Read draft acts while they can still change, and comment on them paragraph by paragraph"),
    ),
    Planned(
        "budget",
        N_("Open budgets"),
        N_("See where public money is planned, where it went and what the auditors found"),
    ),
    Planned(
        "evaluation",
        N_("Evaluation of agencies"),
        N_("Compare how well agencies keep their terms, publish their data and serve people"),
    ),
)
