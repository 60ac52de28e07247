"""Numbers of appeals, and the secrets by which their authors follow them."""

from __future__ import annotations

import base64
import hmac
import secrets

import ckan.model as model
import sqlalchemy as sa
from stdnum import luhn

from ckanext.opengov.civic.service import tokens
from ckanext.opengov.dialog.model.appeals import NUMBERS

_GROUP = 4


def take(year: int) -> str:
    """The next number, such as ``2026-000123-4``. The sequence gives none twice, even to transactions at once."""
    return compose(year, model.Session.scalar(sa.select(NUMBERS.next_value())) or 0)


def take_many(year_of: list[int]) -> list[str]:
    """As many numbers at once."""
    places = sa.func.generate_series(1, len(year_of)).table_valued("place")
    found = model.Session.scalars(sa.select(NUMBERS.next_value()).select_from(places))
    return [compose(year, one) for year, one in zip(year_of, found, strict=True)]


def compose(year: int, sequence: int) -> str:
    """The number with its check digit (Luhn), which finds every single wrong digit and most swapped neighbours."""
    body = f"{sequence:06d}"
    return f"{year}-{body}-{luhn.calc_check_digit(f'{year}{body}')}"


def is_number(text: object) -> bool:
    """Whether the text is a number with a right check digit."""
    parts = text.split("-") if isinstance(text, str) and text.isascii() else []
    return len(parts) == 3 and all(part.isdigit() for part in parts) and luhn.is_valid("".join(parts))


def new_secret() -> str:
    """Eighty random bits that can be read aloud and typed: ``ABCD-EFGH-IJKL-MNOP``."""
    code = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def secret_hash(number: str, secret: str) -> str:
    """What is stored of a secret. Case, spaces and hyphens do not count."""
    plain = "".join(letter for letter in secret.upper() if letter.isalnum())
    return tokens.keyed("appeal", f"{number}:{plain}")


def fits(number: str, secret: str, stored: str | None) -> bool:
    """Whether the secret is that of the appeal, in the same time whether it is or not."""
    return hmac.compare_digest(secret_hash(number, secret), stored or "") and bool(stored)
