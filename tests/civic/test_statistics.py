"""The arithmetic of shares, against another implementation and against what must hold for all."""

from __future__ import annotations

import pytest
from ckanext.opengov.civic.statistics import mean_of_marks, wilson
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest


@pytest.mark.parametrize("trials", [1, 2, 10, 99, 5_000])
def test_the_interval_is_that_of_another_implementation(trials: int) -> None:
    for successes in range(0, trials + 1, max(1, trials // 20)):
        found = wilson(successes, trials)
        other = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
        assert (found.low, found.high) == (pytest.approx(other.low, abs=1e-12), pytest.approx(other.high, abs=1e-12))


@given(st.integers(1, 10_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    found = wilson(*counts)
    assert 0 <= found.low <= found.share <= found.high <= 1
    other = wilson(counts[1] - counts[0], counts[1])
    assert (other.low, other.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (2, 1), (-1, 5)])
def test_what_is_no_share_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, trials)


def test_the_mean_of_marks() -> None:
    assert mean_of_marks({5: 3, 1: 1}) == 4
    with pytest.raises(ValueError, match="no marks"):
        mean_of_marks({})
