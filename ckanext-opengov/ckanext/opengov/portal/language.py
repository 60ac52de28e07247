"""Languages: one address per language and page, and the portal's name in each of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.i18n import get_ckan_i18n_dir, get_js_translations_dir
from flask import g, redirect, request
from flask.typing import ResponseReturnValue

# How each language calls itself: in full, and where there is little room.
NAMES = {"kk": ("Қазақша", "Қаз"), "ru": ("Русский", "Рус"), "en": ("English", "Eng")}
SCRIPT_MESSAGES = "ckan.js"


def redirect_default() -> ResponseReturnValue | None:
    """The default language has the address without a prefix; the one with it leads there, for good."""
    environ = request.environ
    chosen, is_default = environ.get("CKAN_LANG"), environ.get("CKAN_LANG_IS_DEFAULT")
    if is_default or chosen != tk.config["ckan.locale_default"] or request.method not in {"GET", "HEAD"}:
        return None
    query = request.query_string.decode("utf-8", "replace")
    # A path that begins with two slashes would be another host's address.
    path = "/" + request.path.lstrip("/")
    return redirect(f"{path}?{query}" if query else path, 301)


def name_site() -> None:
    """CKAN's own templates write ``g.site_title``: let it be the name in the visitor's language."""
    g.site_title = site_title()


def site_title() -> str:
    """``ckan.site_title`` is one string, so it is a message of the catalogue. Another name stays as it is."""
    title = tk.config["ckan.site_title"]
    return tk._(title) if title else ""


def addresses() -> list[dict[str, Any]]:
    """The current page in every language offered."""
    default = tk.config["ckan.locale_default"]
    here = "/" + request.environ["CKAN_CURRENT_URL"].lstrip("/")
    current = request.environ.get("CKAN_LANG")
    found: list[dict[str, Any]] = []
    for code in tk.config["ckan.locales_offered"]:
        name, short = NAMES.get(code, (code, code))
        prefix = "default" if code == default else code
        found.append(
            {
                "code": code,
                "name": name,
                "short": short,
                "url": tk.url_for(here, locale=prefix),
                "full_url": tk.url_for(here, locale=prefix, _external=True),
                "default": code == default,
                "current": code == current,
            }
        )
    return found


def publish_script_messages() -> None:
    """Put the messages of CKAN's scripts where ``/api/i18n/<language>`` reads them."""
    target = Path(get_js_translations_dir())
    for source in Path(get_ckan_i18n_dir()).glob(f"*/LC_MESSAGES/{SCRIPT_MESSAGES}"):
        place = target / f"{source.parent.parent.name}.js"
        if not place.exists() or place.stat().st_mtime < source.stat().st_mtime:
            target.mkdir(parents=True, exist_ok=True)
            part = place.with_suffix(".part")
            shutil.copyfile(source, part)
            part.replace(place)
