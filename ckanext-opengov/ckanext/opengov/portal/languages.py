"""Build the catalogues that CKAN reads: ``python -m ckanext.opengov.portal.languages FOLDER``.

CKAN ships no Kazakh. It looks for its own catalogue in one folder only, without a fallback from one language to
another, so that folder is built: Russian as it came with CKAN, Kazakh from ours over Russian.
"""

from __future__ import annotations

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

OURS = Path(__file__).resolve().parent.parent / "i18n"
DOMAIN = "ckanext-opengov"


def build(folder: Path) -> None:
    """Write ``<folder>/{kk,ru}/LC_MESSAGES/{ckan,ckanext-opengov}.{po,mo}``."""
    core = Path(str(files("ckan"))) / "i18n"
    russian = _read(core / "ru" / "LC_MESSAGES" / "ckan.po", "ru")
    template = _read(core / "ckan.pot", "kk")
    kazakh = _read(OURS / "kk" / "LC_MESSAGES" / "ckan.po", "kk")
    _write(folder, "ru", "ckan", russian)
    _write(folder, "kk", "ckan", _merge(template, kazakh, russian))
    for language in ("kk", "ru"):
        _write(folder, language, DOMAIN, _join(language))


def _merge(template: Catalog, kazakh: Catalog, russian: Catalog) -> Catalog:
    """Every message of the template in Kazakh, else in Russian. The ``#:`` lines of the template are kept."""
    merged = Catalog(locale="kk", charset="utf-8")
    for message in template:
        if not message.id:
            continue
        text = _text(kazakh, message) or _text(russian, message)
        merged.add(message.id, text, message.locations, message.flags, context=message.context)
    return merged


def _join(language: str) -> Catalog:
    """Our own catalogue: one source file a component, so that each keeps its words beside it."""
    joined = Catalog(locale=language, charset="utf-8")
    for path in sorted((OURS / language / "LC_MESSAGES").glob("opengov*.po")):
        for message in _read(path, language):
            if message.id and message.string and "fuzzy" not in message.flags:
                joined.add(message.id, message.string, message.locations, message.flags, context=message.context)
    return joined


def _text(catalog: Catalog, message: object) -> str | tuple[str, str] | None:
    found = catalog.get(message.id, message.context)  # pyright: ignore[reportAttributeAccessIssue]
    if found is None or "fuzzy" in found.flags or not found.string:
        return None
    if isinstance(found.string, str):
        return found.string
    # Kazakh has two forms here; of Russian's four the first and the last serve.
    forms = [form for form in found.string if form]
    return (forms[0], forms[-1]) if forms else None


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
