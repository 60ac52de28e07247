"""Build the catalogues that CKAN reads: ``python -m ckanext.opengov.portal.languages FOLDER``.

CKAN ships no Kazakh, and its Russian is half empty. It looks for its own catalogue in one folder only, without a
fallback from one language to another, so that folder is built: Russian from ours and CKAN's, Kazakh from ours over
Russian. The messages of CKAN's scripts are written beside them.
"""

from __future__ import annotations

import json
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

OURS = Path(__file__).resolve().parent.parent / "i18n"
DOMAIN = "ckanext-opengov"
LANGUAGES = ("kk", "ru")


def build(folder: Path) -> None:
    """Write ``<folder>/{kk,ru}/LC_MESSAGES/{ckan,ckanext-opengov}.{po,mo}`` and ``ckan.js``."""
    core = Path(str(files("ckan"))) / "i18n"
    template = _read(core / "ckan.pot", "en")
    shipped = _read(core / "ru" / "LC_MESSAGES" / "ckan.po", "ru")
    russian = _merge(template, _read(OURS / "ru" / "LC_MESSAGES" / "ckan.po", "ru"), shipped)
    kazakh = _merge(template, _read(OURS / "kk" / "LC_MESSAGES" / "ckan.po", "kk"), russian)
    for language, catalog in (("ru", russian), ("kk", kazakh)):
        _write(folder, language, "ckan", catalog)
        _write(folder, language, DOMAIN, _join(language, catalog))
        _write_script_messages(folder, language, catalog)


def _merge(template: Catalog, first: Catalog, second: Catalog) -> Catalog:
    """Every message of the template from the first catalogue, else the second. The template's ``#:`` lines stay."""
    merged = _like(first)
    for message in template:
        if not message.id:
            continue
        text = _text(first, message, merged.num_plurals) or _text(second, message, merged.num_plurals)
        merged.add(message.id, text, message.locations, message.flags, context=message.context)
    return merged


def _join(language: str, core: Catalog) -> Catalog:
    """Our own catalogue: one source file a component, so that each keeps its words beside it."""
    joined = _like(core)
    for path in sorted((OURS / language / "LC_MESSAGES").glob("opengov*.po")):
        for message in _read(path, language):
            if message.id and message.string and "fuzzy" not in message.flags:
                joined.add(message.id, message.string, message.locations, message.flags, context=message.context)
    return joined


def _like(catalog: Catalog) -> Catalog:
    """An empty catalogue with the same rule of plurals: where catalogues meet, the last one's rule wins."""
    empty = Catalog(locale=catalog.locale, charset="utf-8")
    empty.mime_headers = [*empty.mime_headers, ("Plural-Forms", catalog.plural_forms)]
    empty.fuzzy = False
    return empty


def _text(catalog: Catalog, message: Message, plurals: int) -> str | tuple[str, ...] | None:
    found = catalog.get(message.id, message.context)
    if found is None or "fuzzy" in found.flags or not found.string:
        return None
    if isinstance(found.string, str):
        return found.string
    forms = tuple(form for form in found.string if form)
    if len(forms) == plurals:
        return forms
    # Kazakh has two forms here; of Russian's four the first and the last serve.
    return (forms[0], forms[-1]) if forms and plurals == 2 else None


def _write_script_messages(folder: Path, language: str, catalog: Catalog) -> None:
    """What CKAN's scripts say, in the form that they read. CKAN's own builder reads one catalogue a folder only."""
    messages: dict[str, object] = {
        "": {"domain": "ckan", "lang": language, "plural-forms": catalog.plural_forms},
    }
    for message in catalog:
        if not message.string or not any(place.endswith(".js") for place, _line in message.locations):
            continue
        if isinstance(message.id, str):
            messages[message.id] = [None, message.string]
        else:
            messages[message.id[0]] = [message.id[1], *message.string]
    text = json.dumps(messages, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    (folder / language / "LC_MESSAGES" / "ckan.js").write_text(text, encoding="utf-8")


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _write(folder: Path, language: str, domain: str, catalog: Catalog) -> None:
    target = folder / language / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    with (target / f"{domain}.po").open("wb") as out:
        write_po(out, catalog)
    with (target / f"{domain}.mo.part").open("wb") as out:
        write_mo(out, catalog)
    shutil.move(target / f"{domain}.mo.part", target / f"{domain}.mo")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
