"""What a run does follows from hashes alone."""

from __future__ import annotations

import pytest
from ckanext.opengov.harvest.messages import SourceError
from ckanext.opengov.harvest.service.difference import Known, check_shape, check_vanished, make_plan
from hypothesis import given
from hypothesis import strategies as st


def known(**rows):
    return {key: row if isinstance(row, Known) else Known(f"p-{key}", row) for key, row in rows.items()}


def test_rows_are_new_changed_unchanged_or_gone():
    plan = make_plan(known(a="1", b="1", c="1"), {"a": "1", "b": "2", "d": "1"})
    assert (plan.new, plan.changed, plan.vanished, plan.unchanged) == (("d",), ("b",), ("c",), 1)


def test_a_row_that_was_never_written_is_new_again():
    assert make_plan(known(a=None), {"a": "1"}).new == ("a",)


def test_a_withdrawn_row_that_is_back_returns_even_unchanged():
    plan = make_plan({"a": Known("p", "1", withdrawn=True)}, {"a": "1"})
    assert plan.returned == ("a",)


def test_a_withdrawn_row_is_not_withdrawn_again():
    assert make_plan({"a": Known("p", "1", withdrawn=True)}, {}).vanished == ()


def test_a_bad_row_has_not_vanished():
    assert make_plan(known(a="1", b="1"), {"a": "1"}, unclear={"b"}).vanished == ()


def test_while_a_key_can_t_be_read_nothing_is_withdrawn():
    plan = make_plan(known(a="1", b="1"), {"a": "1"}, unclear={None})
    assert (plan.vanished, plan.held) == ((), ("b",))


def test_a_source_that_keeps_withdraws_nothing():
    assert make_plan(known(a="1"), {}, withdraw=False).vanished == ()


@pytest.mark.parametrize(("gone", "refused"), [(2, False), (3, True)])
def test_more_than_half_gone_at_once_is_an_accident(gone, refused):
    rows = known(a="1", b="1", c="1", d="1")
    plan = make_plan(rows, dict.fromkeys(list(rows)[gone:], "1"))
    if refused:
        with pytest.raises(SourceError, match="3 of 4 entries are missing"):
            check_vanished(rows, plan)
    else:
        check_vanished(rows, plan)


def test_a_lost_column_is_an_accident_and_a_new_one_is_not():
    check_shape(["a", "b"], ["b", "a", "c"])
    with pytest.raises(SourceError, match="lost columns: b"):
        check_shape(["a", "b"], ["a", "c"])


_keys = st.sampled_from("abcdef")
_rows = st.builds(Known, st.just("p"), st.sampled_from([None, "1", "2"]), st.booleans())


@given(st.dictionaries(_keys, _rows), st.dictionaries(_keys, st.sampled_from("12")), st.booleans(), st.sets(_keys))
def test_every_found_row_has_one_fate_and_nothing_found_is_withdrawn(before, found, withdraw, unclear):
    plan = make_plan(before, found, withdraw=withdraw, unclear=unclear)
    fates = [*plan.new, *plan.changed, *plan.returned]
    assert len(set(fates)) == len(fates)
    assert len(fates) + plan.unchanged == len(found)
    assert not set(plan.vanished) & (set(found) | unclear)


@given(st.dictionaries(_keys, st.sampled_from("12")))
def test_a_second_run_finds_nothing_to_do(found):
    plan = make_plan({key: Known("p", value) for key, value in found.items()}, found)
    assert plan.unchanged == len(found)
    assert (plan.new, plan.changed, plan.returned, plan.vanished) == ((), (), (), ())
