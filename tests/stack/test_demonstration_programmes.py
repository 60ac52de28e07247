"""Programmes, reports and audits of the demonstration, before anything is sent to a portal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from ckanext.opengov.budget.service.audits import rules
from ckanext.opengov.budget.service.programmes import passport, states
from ckanext.opengov.budget.service.reports import duties, kinds

from stack.demonstration.catalogue import agencies, read_yaml
from stack.demonstration.parts import programmes

every_programme = pytest.mark.parametrize("one", programmes.plan(), ids=lambda one: one["key"])
AUDITS = read_yaml("budget/audits.yaml")
REPORTS = read_yaml("budget/reports.yaml")
KNOWN = {one.name for one in agencies()}


def test_twelve_programmes_stand_in_every_state() -> None:
    counted = Counter(one["state"] for one in programmes.plan())
    assert sum(counted.values()) == 12
    assert set(counted) == set(states.STATES)
    assert len({one["code"] for one in programmes.plan()}) == 12
    assert {one["agency"] for one in programmes.plan()} <= KNOWN


@every_programme
def test_a_programme_is_whole_and_its_way_leads_where_it_shall_stand(one: Any) -> None:
    text = passport.check(programmes.passport(one))
    assert not passport.gaps(text).errors
    assert programmes.passport(one) == programmes.passport(one)
    state, seen = "draft", {"draft"}
    while state != one["state"] and one["state"] != "reported":
        assert state in programmes.NEXT
        state = NEXT[state] if (state, one["state"]) != ("discussion", "withdrawn") else "withdrawn"
        if (state, one["state"]) == ("replying", "approving"):
            state = "approving"
        assert state not in seen
        seen.add(state)


NEXT = {
    "draft": "discussion",
    "discussion": "answering",
    "answering": "council",
    "council": "replying",
    "replying": "approving",
    "approving": "approved",
}


def test_six_audits_have_findings_in_every_state_that_the_portal_takes() -> None:
    assert len(AUDITS) == 6
    found = [finding for one in AUDITS for finding in one["findings"]]
    assert {one["state"] for one in found} == set(rules.STATES)
    codes = {one["code"] for one in programmes.plan()}
    # One leads nowhere, so that the list of those is not empty.
    assert len({one["programme_code"] for one in found} - codes) == 1
    for one in found:
        names = ("object", "violation", "amount", "programme_code", "line_code")
        rules.finding({name: one[name] for name in names}, None, frozenset({rules.BODY}))
    assert {one["audited"] for one in AUDITS} <= KNOWN


def test_reports_are_of_periods_that_are_over_and_some_are_owed() -> None:
    for one in REPORTS["reports"]:
        assert one["kind"] == "citizens" or kinds.bounds(one["period"])[1] < dt.date(2026, 11, 24)
    assert {one["kind"] for one in REPORTS["reports"]} == set(kinds.KINDS) - {"programme"}
    assert {one["level"] for one in REPORTS["reports"]} >= set(kinds.LEVELS)
    assert {one["duty"] for one in REPORTS["duties"]} <= set(duties.known())
    assert {one["agency"] for one in (*REPORTS["duties"], *REPORTS["reports"])} <= KNOWN
