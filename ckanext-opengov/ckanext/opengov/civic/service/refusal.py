"""Errors that a person reads: the sentence is kept apart from its values, so that it can be said in any language."""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that message extractors look for
    """Mark a text for translation where it stands; it is translated where it is shown."""
    return text


class Refusal(ValueError):  # noqa: N818 - a refusal is the expected answer to bad input
    """What was asked cannot be done. ``text`` is an English message, ``values`` what stands in its braces."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values

    def translated(self) -> str:
        """The sentence in the reader's language."""
        import ckan.plugins.toolkit as tk

        return tk._(self.text).format(**self.values)
