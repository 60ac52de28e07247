"""The demonstration's budgets hold to the rules that every budget is held to. No service is needed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ckanext.opengov.budget.service.lines import checking, mapping, preparing, proposing, reading
from ckanext.opengov.budget.service.lines.finding import Findings

from stack.demonstration import budget_lines
from stack.demonstration.parts import budgets

EXECUTED = "executed"


def read(rows: list[dict[str, Any]], folder: Path, known: checking.Known | None = None) -> preparing.Prepared:
    folder.mkdir()
    path = folder / "budget.csv"
    path.write_bytes(budget_lines.written(rows))
    opened = reading.open_file(path)
    proposal = proposing.propose(opened)
    assert proposal.questions == []
    findings = Findings()
    made = preparing.prepare(opened, mapping.parse(proposal.mapping, opened.columns), folder, findings)
    checking.check(made, known or checking.Known(), findings)
    assert [(one.rule, one.values) for one in findings.kept] == []
    return made


@pytest.fixture
def plan() -> dict[str, list[dict[str, Any]]]:
    return {order["name"]: rows for order, rows in budgets._plan()}


def test_there_are_three_years_of_four_levels_and_all_rules_hold(plan, tmp_path):
    orders = [order for order, _ in budgets._plan()]
    assert {order["level"] for order in orders} == {"republican", "local", "state", "consolidated"}
    republican = read(plan["republican"], tmp_path / "republican")
    assert {one.year for one in republican.periods} == {2024, 2025, 2026}
    assert {one.phase for one in republican.periods} == {"approved", "adjusted", EXECUTED}
    local = [read(rows, tmp_path / name) for name, rows in plan.items() if name.startswith("local-")]
    sent = {row["year"]: Decimal(0) for row in plan["republican"]}
    for row in plan["republican"]:
        if row["phase"] == "approved" and row.get("functional.group") == budget_lines.TRANSFERS:
            sent[row["year"]] += row["amount"]

    def parts(year: int, month: int, phase: str) -> list[checking.Part] | None:
        if phase != "approved":
            return None
        spent = [
            one.expenditure for made in (republican, *local) for one in made.periods if one.key == (year, month, phase)
        ]
        return [checking.Part("all", sum(spent, Decimal(0)), sent[year])]

    read(plan["state"], tmp_path / "state", checking.Known("state", parts=parts))
    read(plan["consolidated"], tmp_path / "consolidated", checking.Known("consolidated"))
