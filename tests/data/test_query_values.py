"""Values of tables as JSON has them: no digit is lost."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from ckanext.opengov.data.service.query.run import plain, records
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("10.00"), 10),
        (Decimal("1E+2"), 100),
        (Decimal("0E-8"), 0),
        (Decimal("-2.50"), -2.5),
        (Decimal("12345678901234567890"), "12345678901234567890"),
        (Decimal("12345678901234567.25"), "12345678901234567.25"),
        (Decimal("NaN"), "NaN"),
        (Decimal("1e100000"), "1" + "0" * 100000),
        (float("inf"), "inf"),
        (0.1, 0.1),
        (dt.date(2026, 11, 24), "2026-11-24"),
        (True, True),
        (None, None),
    ],
)
def test_values(value, shown):
    assert plain(value) == shown
    assert type(plain(value)) is type(shown)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_numbers_come_back_as_they_were(value):
    assert Decimal(str(json.loads(json.dumps(plain(value))))) == value


def test_rows_become_objects():
    rows = [("a", Decimal("1.5"), dt.date(2001, 1, 1), "key"), (None, None, None, None)]
    assert records(rows, ["x", "y", "z"], ["text", "numeric", "date"]) == [
        {"x": "a", "y": 1.5, "z": "2001-01-01"},
        {"x": None, "y": None, "z": None},
    ]
