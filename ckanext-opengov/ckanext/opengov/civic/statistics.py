"""Arithmetic of shares and marks. Pure: numbers in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

# Two-sided 95 %.
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """A share with the bounds between which it lies at the chosen confidence, each from 0 to 1."""

    share: float
    low: float
    high: float


def wilson(successes: int, trials: int, z: float = Z_95) -> Interval:
    """The score interval of a binomial share.

    It stays within 0 and 1 and holds for few trials and for shares near the ends, where the usual interval fails.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209–212.

    :param successes: how many of the trials succeeded
    :param trials: how many there were, at least one
    :param z: quantile of the normal distribution, 1.96 for 95 %
    :raises ValueError: when there are no trials, or more successes than trials
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    share = successes / trials
    spread = z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # At the ends the bound is the share itself, and rounding must not put it beyond.
    return Interval(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)))


def mean_of_marks(counts: Mapping[int, int]) -> float:
    """The mean of marks given by how often each was given.

    :raises ValueError: when no mark was given
    """
    total = sum(counts.values())
    if not total:
        raise ValueError("no marks, no mean")
    return sum(mark * count for mark, count in counts.items()) / total
