"""The parts of the demonstration, in the order in which they are loaded.

A part is a module with ``load(portal)``; it returns what it has to report (one line for each thing that did not
work, an empty list when all is well) and may be run again at any time. A component adds its part to this tuple.
"""

from __future__ import annotations

from stack.demonstration.parts import (
    acts,
    agencies,
    appeals,
    apps,
    budgets,
    conclusions,
    conference,
    data_requests,
    datasets,
    evaluation,
    lists,
    officers,
    participants,
    polls,
    programmes,
    reference,
    registry,
    standing,
)

PARTS = (
    agencies,
    officers,
    participants,
    polls,
    datasets,
    apps,
    lists,
    data_requests,
    registry,
    reference,
    appeals,
    acts,
    standing,
    conference,
    budgets,
    programmes,
    conclusions,
    evaluation,
)
