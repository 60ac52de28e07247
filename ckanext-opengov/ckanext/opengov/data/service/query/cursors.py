"""Where a walk through an answer stands, as a text that its reader hands back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault, shortened
from ckanext.opengov.data.service.query.wish import Wish, is_storable


@dataclass(frozen=True)
class Place:
    """``values`` of the sort in the last record; ``version`` is the last push when the walk began."""

    version: int | None
    values: tuple[str | None, ...]


def question(wish: Wish) -> str:
    """What tells one walk from another: all but the place and the size of its pages."""
    asked = asdict(replace(wish, cursor=None, limit=0, total=False, skip=0))
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:12]


def written(wish: Wish, version: int | None, last: Iterable[str | None]) -> str:
    """The cursor after a record."""
    content = json.dumps([question(wish), version, *last], ensure_ascii=False)
    return base64.urlsafe_b64encode(content.encode()).decode()


def read(wish: Wish, length: int) -> Place | None:
    """The place of the cursor that a question came with.

    :param length: how many values it must have
    :raises Faulty: when it is no cursor of this question
    """
    if not wish.cursor:
        return None
    try:
        asked, version, *last = json.loads(base64.urlsafe_b64decode(wish.cursor.encode()))
    except (ValueError, TypeError, RecursionError):
        asked, version, last = None, None, []
    if asked != question(wish) or not _is_version(version) or not _are_values(last, length):
        text = N_("“{value}” is no cursor of this question. Begin without one and change nothing on the way.")
        raise fault(text, value=shortened(wish.cursor))
    return Place(version, tuple(last))


def _is_version(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < 2**63)


def _are_values(values: Sequence[object], length: int) -> bool:
    return len(values) == length and all(one is None or (type(one) is str and is_storable(one)) for one in values)
