"""What citizens write, made fit to be stored. Pure but for the language of its messages."""

from __future__ import annotations

import re
import unicodedata

import ckan.plugins.toolkit as tk

LANGUAGES: tuple[str, ...] = ("kk", "ru", "en")
NAME_LENGTH = 100
# Control characters, halves of surrogate pairs and marks that turn the direction of writing around: each can make a
# page show something else than what is stored.
_UNWANTED = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """The text in normal form, without control characters but line breaks and tabs, without surrounding space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in text if letter in "\n\t" or not _is_unwanted(letter))
    return _EMPTY_LINES.sub("\n\n", unicodedata.normalize("NFC", kept)).strip()


def _is_unwanted(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in _UNWANTED


def check(field: str, text: object, max_length: int) -> str:
    """The cleaned text.

    :raises ValidationError: when it is empty or longer than allowed
    """
    if not isinstance(text, str):
        raise tk.ValidationError({field: [tk._("Write the text as words, not as a list or a file.")]})
    # Before anything is done with it: a text of many megabytes is not worth the work.
    if len(text) > max_length:
        message = tk._("The text has {length} characters; at most {limit} are allowed. Shorten it.")
        raise tk.ValidationError({field: [message.format(length=len(text), limit=max_length)]})
    cleaned = clean(text)
    if not cleaned:
        raise tk.ValidationError({field: [tk._("Write something: the text is empty.")]})
    return cleaned


def check_name(name: object) -> str | None:
    """The name to be read under, on one line; None when left out."""
    if name is None or name == "":
        return None
    return " ".join(check("author_name", name, NAME_LENGTH).split())


def check_language(language: object) -> str:
    """One of the portal's languages.

    :raises ValidationError: with those that there are
    """
    if language not in LANGUAGES:
        message = tk._("The portal has no language “{language}”. Choose one of: {known}.")
        shown = str(language)[:20]
        raise tk.ValidationError({"language": [message.format(language=shown, known=", ".join(LANGUAGES))]})
    return str(language)
