"""Kazakhstan's identification numbers: 12 digits, the last one a check digit.

Source: Rules for forming the identification number (Government Resolution of 11 September 2003, No. 565): the first
eleven digits are weighted 1…11 and summed modulo 11; a remainder of 10 asks for a second round with the weights
3…11, 1, 2; a second 10 makes the number unusable.
"""

from __future__ import annotations

_FIRST = tuple(range(1, 12))
_SECOND = (*range(3, 12), 1, 2)


def check_digit(eleven: str) -> int | None:
    """The twelfth digit for the first eleven; None when such a number may not be given out."""
    digits = [int(character) for character in eleven]
    for weights in (_FIRST, _SECOND):
        remainder = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if remainder < 10:
            return remainder
    return None


def is_identification_number(text: str) -> bool:
    """Whether the text is 12 digits with a right check digit."""
    return len(text) == 12 and text.isascii() and text.isdigit() and check_digit(text[:11]) == int(text[11])


def is_bin(text: str) -> bool:
    """Business identification number: its fifth digit is 4, 5 or 6, where a person's number has a day."""
    return is_identification_number(text) and text[4] in "456"


def is_iin(text: str) -> bool:
    """Individual identification number: month and day of birth stand in it, the seventh digit tells the century."""
    if not is_identification_number(text):
        return False
    month, day, century = int(text[2:4]), int(text[4:6]), int(text[6])
    return 1 <= month <= 12 and 1 <= day <= 31 and 0 <= century <= 6
