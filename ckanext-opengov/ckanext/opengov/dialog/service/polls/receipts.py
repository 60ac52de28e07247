"""Receipts: a random code that only the voter has; its hash stands in the poll's public list of receipts.

It proves that a vote of its holder is counted among the ballots. It proves nothing about the choice, to anybody: no
ballot carries it, so it can be neither bought nor demanded.
"""

from __future__ import annotations

import hashlib
import secrets

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.dialog.model.polls import Receipt

# Without letters and digits that are read wrongly.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 5
SIZE = 4


def new_code() -> str:
    """A code of 20 signs in groups, about 98 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(SIZE)) for _ in range(GROUPS))


def hashed(poll_id: str, code: str) -> str:
    """What is published of a code: SHA-256 over the poll's id, a colon and the code in capitals without dashes."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(f"{poll_id}:{plain}".encode()).hexdigest()


def issue(poll_id: str) -> str:
    """A new receipt, in the session's open transaction; the code is kept nowhere."""
    code = new_code()
    model.Session.execute(sa.insert(Receipt).values(poll_id=poll_id, code_hash=hashed(poll_id, code)))
    return code


def is_counted(poll_id: str, code: str) -> bool:
    """Whether the receipt is in the poll's list."""
    return model.Session.get(Receipt, (poll_id, hashed(poll_id, code))) is not None


def number(poll_id: str) -> int:
    """How many receipts there are: as many as ballots, or something was added or taken away."""
    query = sa.select(sa.func.count()).select_from(Receipt).where(Receipt.poll_id == poll_id)
    return model.Session.scalar(query) or 0
