"""What the demonstration invents for evaluation fits the rest of it."""

from __future__ import annotations

from stack.demonstration.catalogue import read_yaml
from stack.demonstration.parts import evaluation


def test_every_agency_has_an_officer_and_every_service_a_known_provider() -> None:
    planned = evaluation.plan()
    known = {one["name"] for one in read_yaml("agencies.yaml")}
    staffed = {agency for agencies in planned["officers"].values() for agency in agencies}
    assert staffed == known
    assert {one["agency"] for one in planned["services"]} <= known
    assert len(planned["services"]) == 20
    assert len(set(planned["judges"].values()) & known) == 2
    assert all(set(one["title"]) == {"kk", "ru", "en"} for one in (*planned["services"], *planned["targets"]))


def test_targets_that_were_missed_have_a_reason() -> None:
    planned = evaluation.plan()
    for one in planned["targets"]:
        row = evaluation._target(planned, "some-agency", one, 2026)
        missed = row["reached"] > row["planned"] if one["direction"] == "down" else row["reached"] < row["planned"]
        assert bool(row["reason"]) == missed
        assert row == evaluation._target(planned, "some-agency", one, 2026)
