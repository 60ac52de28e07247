"""Messages that are stored in one language and read in another: a msgid of the catalogue with its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import wording


def N_(message: str) -> str:  # noqa: N802 - the name that Babel looks for
    """Mark a message for the catalogue without translating it yet."""
    return message


@dataclass(frozen=True)
class Message:
    """What is wrong and what would be right, in words that are translated when somebody reads them."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The message in the reader's language."""
        return tk._(self.msgid).format(**self.params)

    def in_language(self, language: str) -> str:
        """The message in a language, for whoever reads it outside of a page."""
        return wording.say(language, self.msgid).format(**self.params)

    def plain(self) -> str:
        """The message in English, for logs and for places that have no reader."""
        return self.msgid.format(**self.params)

    def dump(self) -> dict[str, Any]:
        return {"msgid": self.msgid, "params": dict(self.params)}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Message:
        return cls(dumped["msgid"], dumped["params"])


class SourceError(Exception):
    """Why a source as a whole can't be used now. Nothing is changed when it is raised.

    :param kind: ``down``, ``refused``, ``unreadable``, ``empty``, ``vanished``, ``shape`` or ``mapping``
    """

    def __init__(self, kind: str, msgid: str, **params: Any) -> None:
        self.kind = kind
        self.message = Message(msgid, params)
        super().__init__(self.message.plain())


class RowError(Exception):
    """Why one row can't be used, and which of its fields is to blame."""

    def __init__(self, field_name: str, msgid: str, **params: Any) -> None:
        self.field = field_name
        self.message = Message(msgid, params)
        super().__init__(self.message.plain())
