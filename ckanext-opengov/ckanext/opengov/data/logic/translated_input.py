"""Reading texts in three languages as they come: a dict, a JSON string, or one form input per language."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenKey

from ckanext.opengov.data.service.translated import LANGUAGES

EMPTY: tuple[Any, ...] = (None, "", {}, tk.missing)


def language_name(code: str) -> str:
    """The language's name in the reader's language."""
    return {"kk": tk._("Kazakh"), "ru": tk._("Russian"), "en": tk._("English")}.get(code, code)


def is_empty(value: Any) -> bool:
    """Whether a field came without a value."""
    return value is tk.missing or value is None or value in ("", {}, [])


def collect(key: FlattenKey, data: FlattenDataDict) -> bool:
    """Put what came for the field ``key`` under that key; True when it came from a form, one input a language.

    A form's inputs are named ``title_translated-kk`` and so on; they arrive among the extras.
    """
    value = data.get(key, tk.missing)
    if isinstance(value, str) and value.strip():
        data[key] = _loaded(value)
    parts = _form_parts(key, data)
    if parts:
        base = data.get(key)
        data[key] = {**base, **parts} if isinstance(base, dict) else parts
    return bool(parts)


def _loaded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _form_parts(key: FlattenKey, data: FlattenDataDict) -> dict[str, Any]:
    extras = data.get((*key[:-1], "__extras"))
    if not isinstance(extras, dict):
        return {}
    prefix = f"{key[-1]}-"
    return {name.removeprefix(prefix): extras.pop(name) for name in list(extras) if name.startswith(prefix)}


def checked_texts(value: Any, max_length: int | None = None) -> tuple[dict[str, str], list[str]]:
    """The texts in the order of the languages, without empty ones, and what is wrong with them."""
    value, problems = _checked_languages(value)
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        text = value.get(language)
        if is_empty(text):
            continue
        if not isinstance(text, str):
            problems.append(tk._("{language}: give a text.").format(language=language_name(language)))
        elif max_length and len(text) > max_length:
            message = tk._("{language}: at most {limit} characters; this text has {length}.")
            problems.append(message.format(language=language_name(language), limit=max_length, length=len(text)))
        elif text.strip():
            texts[language] = text.strip()
    return texts, problems


def checked_tags(value: Any, context: Context) -> tuple[dict[str, list[str]], list[str]]:
    """The keywords by language, and what is wrong with them. A text with commas is a list too."""
    value, problems = _checked_languages(value)
    tags: dict[str, list[str]] = {}
    for language in LANGUAGES:
        words = value.get(language)
        if isinstance(words, str):
            words = words.split(",")
        if is_empty(words):
            continue
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            message = tk._("{language}: give a list of words.")
            problems.append(message.format(language=language_name(language)))
            continue
        clean = list(dict.fromkeys(word.strip() for word in words if word.strip()))
        problems += [
            f"{language_name(language)}: {problem}" for word in clean for problem in _tag_problems(word, context)
        ]
        if clean:
            tags[language] = clean
    return tags, problems


def _tag_problems(word: str, context: Context) -> list[str]:
    for name in ("tag_length_validator", "tag_name_validator"):
        try:
            tk.get_validator(name)(word, context)  # pyright: ignore[reportCallIssue]
        except tk.Invalid as problem:
            return [problem.error]
    return []


def _checked_languages(value: Any) -> tuple[dict[str, Any], list[str]]:
    if not isinstance(value, dict):
        message = tk._("Give the text by language, for example {example}.")
        return {}, [message.format(example='{"kk": "…", "ru": "…", "en": "…"}')]
    message = tk._("Unknown language “{code}”. Languages of this portal: {known}.")
    unknown = sorted(str(code) for code in value if code not in LANGUAGES)
    return value, [message.format(code=code, known=", ".join(LANGUAGES)) for code in unknown]
