"""Texts in three languages: which one to show, what CKAN's single-language fields are made of, addresses of pages.

A text is ``{"kk": …, "ru": …, "en": …}`` with at least one language, as ckanext-dcat expects it in ``*_translated``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# In the order in which CKAN's own fields take them: the state language first.
LANGUAGES = ("kk", "ru", "en")
SLUG_LENGTH = 80

# Each word: a letter and what it becomes; the signs become nothing.
_LETTERS = (
    "аa бb вv гg дd еe ёyo жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya "
    "әa ғg қq ңn өo ұu үu һh іi"
)
_TABLE = str.maketrans({word[0]: word[1:] for word in _LETTERS.split(" ")})


def lead(texts: Mapping[str, Any]) -> Any:
    """The text for CKAN's own field: Kazakh, else Russian, else English; None when there is none."""
    return next((texts[language] for language in LANGUAGES if _has(texts, language)), None)


def _has(texts: Mapping[str, Any], language: str) -> bool:
    text = texts.get(language)
    return bool(text.strip() if isinstance(text, str) else text)


def choose(texts: Mapping[str, Any], language: str) -> tuple[Any, str | None]:
    """The text for a reader of ``language``, and the language that it is in."""
    for candidate in (language, *LANGUAGES):
        if _has(texts, candidate):
            return texts[candidate], candidate
    return None, None


def all_tags(tags: Mapping[str, Iterable[str]]) -> list[str]:
    """The keywords of all languages once each, in the order of the languages: CKAN's own tags."""
    return list(dict.fromkeys(tag for language in LANGUAGES for tag in tags.get(language) or ()))


def with_new_lead(texts: Mapping[str, str], text: str) -> dict[str, str]:
    """The texts after somebody changed CKAN's own field, which shows the leading one."""
    language = next((one for one in LANGUAGES if texts.get(one)), LANGUAGES[0])
    return {**texts, language: text}


def with_changed_tags(tags: Mapping[str, list[str]], names: Iterable[str]) -> dict[str, list[str]]:
    """The keywords after somebody changed CKAN's own: gone ones go, new ones join the leading language."""
    names = list(names)
    kept = {language: [tag for tag in words if tag in names] for language, words in tags.items()}
    language = next((one for one in LANGUAGES if tags.get(one)), LANGUAGES[0])
    known = set(all_tags(tags))
    kept[language] = [*kept.get(language, []), *(name for name in names if name not in known)]
    return {one: words for one, words in kept.items() if words}


def slug(text: str) -> str:
    """A page's address from a name: Latin letters, digits and hyphens, not longer than 80 characters."""
    latin = text.lower().translate(_TABLE)
    words = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
    if len(words) > SLUG_LENGTH:
        words = words[: SLUG_LENGTH + 1].rsplit("-", 1)[0][:SLUG_LENGTH]
    return words if len(words) > 1 else ""


def free_slug(text: str, taken: Callable[[str], bool]) -> str:
    """An address that is not taken: the name's, with -2, -3 … when others have it."""
    base = slug(text) or "page"
    number = 1
    candidate = base
    while taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate


_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_ORDER = str.maketrans({letter: chr(0x1000 + place) for place, letter in enumerate(_ALPHABET)})


def sort_key(title: str) -> str:
    """What a title is sorted by: its letters in the order of the Kazakh alphabet, which holds the Russian one too."""
    return title.strip().lower().translate(_ORDER)[:200]
