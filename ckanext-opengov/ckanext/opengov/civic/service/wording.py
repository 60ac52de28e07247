"""Texts in the language of the person they go to, where no request says which language that is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from babel.support import NullTranslations, Translations
from flask import has_request_context, request


def say(language: str, message: str) -> str:
    """The message in that language; English when its catalogue has none."""
    for plugin in p.PluginImplementations(p.ITranslation):
        text = _catalogue(plugin.i18n_directory(), plugin.i18n_domain(), language).gettext(message)
        if text != message:
            return text
    return message


@lru_cache(maxsize=16)
def _catalogue(folder: str, domain: str, language: str) -> NullTranslations:
    return Translations.load(folder, [language], domain)


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in that language, else in the next one that there is."""
    for code in (language, *tk.config["ckan.locales_offered"], *texts):
        if texts.get(code):
            return texts[code]
    return ""


def known(language: str | None) -> str:
    """The language if the portal offers it, else the default one."""
    if language and language in tk.config["ckan.locales_offered"]:
        return language
    return tk.config["ckan.locale_default"]


def current() -> str:
    """The language of the request; the default one outside of requests."""
    return known(request.environ.get("CKAN_LANG") if has_request_context() else None)


def address(path: str, language: str) -> str:
    """The full address of a page of this portal in a language; other addresses stay as they are."""
    if not path.startswith("/"):
        return path
    prefix = "" if language == tk.config["ckan.locale_default"] else f"/{language}"
    return f"{tk.config['ckan.site_url'].rstrip('/')}{prefix}{path}"


def site_title(language: str) -> str:
    """The portal's name in that language."""
    return say(language, tk.config["ckan.site_title"])
