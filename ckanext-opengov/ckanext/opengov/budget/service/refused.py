"""All that is wrong with something that was given, by field, to be said in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.opengov.civic.service.refusal import Refusal


class Refused(ValueError):  # noqa: N818 - a refusal is the expected answer to bad input
    """What was given is not taken. ``errors``: field → what is wrong there."""

    def __init__(self, errors: Mapping[str, Sequence[Refusal]]) -> None:
        super().__init__("; ".join(f"{name}: {one}" for name, many in errors.items() for one in many))
        self.errors = {name: list(many) for name, many in errors.items()}

    def translated(self) -> dict[str, list[str]]:
        """As the reader of the request gets it."""
        return {name: [one.translated() for one in many] for name, many in self.errors.items()}


def refuse(field: str, text: str, **values: Any) -> Refused:
    """One thing that is wrong with one field."""
    return Refused({field: [Refusal(text, **values)]})


class Findings:
    """Gathers what is wrong, so that all of it is said at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[Refusal]] = {}

    def add(self, field: str, text: str, **values: Any) -> None:
        """Note one thing."""
        self.errors.setdefault(field, []).append(Refusal(text, **values))

    def check(self) -> None:
        """Refuse when something was noted.

        :raises Refused: with all of it
        """
        if self.errors:
            raise Refused(self.errors)
