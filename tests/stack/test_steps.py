"""The steps of ``./opengov up``: their order, side by side where they can, and what a failure does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from stack.console import StackError
from stack.layout import Layout
from stack.steps import Stamp, Step, perform


def test_a_step_waits_for_those_it_comes_after() -> None:
    done: list[str] = []
    steps = [
        Step("third", "Third", lambda: done.append("third"), ("first", "second")),
        Step("first", "First", lambda: done.append("first")),
        Step("second", "Second", lambda: done.append("second"), ("first",)),
    ]
    assert perform(steps)
    assert done == ["first", "second", "third"]


def test_independent_steps_run_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=5)
    steps = [Step(name, name, lambda: meeting.wait() and None) for name in ("one", "other")]
    assert perform(steps)


def test_a_failure_stops_what_comes_after_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise StackError("no room on the disk", "free some space")

    steps = [Step("first", "First", fail), Step("second", "Second", lambda: done.append("second"), ("first",))]
    assert not perform(steps)
    assert done == []
    errors = capsys.readouterr().err
    assert "no room on the disk" in errors
    assert "free some space" in errors


def test_a_surprise_in_a_step_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def surprise() -> None:
        raise KeyError("gone")

    assert not perform([Step("first", "First", surprise)])
    assert "First: KeyError('gone')" in capsys.readouterr().err


def test_a_stamp_is_fresh_until_its_inputs_change(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    source = tmp_path / "requirements.txt"
    source.write_text("one")
    stamp = Stamp(layout, "python", source)
    assert not stamp.fresh
    stamp.set()
    assert Stamp(layout, "python", source).fresh
    source.write_text("two")
    assert not Stamp(layout, "python", source).fresh
