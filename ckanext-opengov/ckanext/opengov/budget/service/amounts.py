"""Amounts and numbers as they are given and kept: exact decimals, as text where JSON carries them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_NUMBER = re.compile(r"-?\d{1,18}(?:[.,]\d{1,4})?", re.ASCII)


def parse(value: Any) -> Decimal | None:
    """The number that a text says, with a point or a comma and thousands parted by spaces; None when it says none."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).translate(_SPACES).replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def plain(number: Decimal) -> str:
    """The number as it is kept: without needless zeros, never with an exponent."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def total(texts: Any) -> Decimal:
    """The sum of numbers that are kept as texts."""
    return sum((Decimal(text) for text in texts), Decimal(0))
