"""One step of an appeal on its way: what guards look at and effects write to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals.clock import Clock
from ckanext.opengov.dialog.service.appeals.people import Person

REASON_LENGTH = 2_000
SHORTEST_REASON = 10


@dataclass
class Step:
    """An event that happens to a locked appeal. ``public`` and ``internal`` go into the journal."""

    appeal: Appeal
    event: str
    person: Person
    data: Mapping[str, Any]
    clock: Clock
    moment: dt.datetime
    public: dict[str, Any] = field(default_factory=dict)
    internal: dict[str, Any] = field(default_factory=dict)
    # Figures that this step adds beside the appeal's own.
    figures: list[Any] = field(default_factory=list)

    def text(self, name: str, length: int) -> str:
        """A text of the request, cleaned.

        :raises ValidationError: when it is missing, empty or too long
        """
        return texts.check(name, self.data.get(name) or "", length)

    def masked(self, text: str) -> str:
        """The text as the public reads it."""
        return public_copy(text).text


Guard = Callable[[Step], None]
Effect = Callable[[Step], None]


def refuse(field_name: str, message: str) -> None:
    """:raises ValidationError: always"""
    raise tk.ValidationError({field_name: [message]})


def reason(step: Step) -> str:
    """The reason of a decision, which the public reads: masked.

    :raises ValidationError: when there is none, or only a word
    """
    text = step.text("reason", REASON_LENGTH)
    if len(text) < SHORTEST_REASON:
        refuse("reason", tk._("Say why in a sentence or two: the author reads it."))
    return step.masked(text)
