"""Three languages, each page at one address in each of them, and no word left in another language."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import ckanext.opengov
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from ckan.common import config
from ckanext.opengov.portal import languages

from .pages import Page

OURS = Path(ckanext.opengov.__file__).parent
TEMPLATES = "**/templates/**.html"


def catalogue(path: Path, locale: str = "en") -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def is_whole(catalog: Catalog, message_id: Any) -> bool:
    found = catalog.get(message_id if isinstance(message_id, str) else message_id[0])
    if found is None or "fuzzy" in found.flags:
        return False
    return bool(found.string) if isinstance(found.string, str) else all(found.string)


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(("given", "wanted"), [("/kk/about", "/about"), ("/kk/dataset/?q=a+b", "/dataset/?q=a+b")])
def test_the_default_language_has_one_address(app: Any, given: str, wanted: str) -> None:
    answer = app.get(given, follow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == wanted


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize("prefix", ["", "/ru", "/en"])
def test_the_switch_keeps_the_page_and_the_query(app: Any, prefix: str) -> None:
    page = Page(app.get(f"{prefix}/dataset/?q=schools&page=1").text)
    assert page.regions["og-languages"] == {
        "kk": "/dataset/?q=schools&page=1",
        "ru": "/ru/dataset/?q=schools&page=1",
        "en": "/en/dataset/?q=schools&page=1",
    }


@pytest.mark.usefixtures("with_plugins")
def test_search_engines_are_told_the_other_languages(app: Any) -> None:
    page = Page(app.get("/ru/about").text)
    root = config["ckan.site_url"]
    assert page.language == "ru"
    assert page.alternates == {
        "kk": f"{root}/about",
        "x-default": f"{root}/about",
        "ru": f"{root}/ru/about",
        "en": f"{root}/en/about",
    }


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(
    ("path", "name"), [("/", "Ашық үкімет"), ("/ru/", "Открытое правительство"), ("/en/", "Open Government")]
)
def test_the_portal_has_a_name_in_each_language(app: Any, path: str, name: str) -> None:
    page = Page(app.get(path).text)
    assert page.title == name
    assert name in page.text


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(("language", "close"), [("kk", "Жабу"), ("ru", "Закрыть")])
def test_scripts_speak_the_language_too(app: Any, language: str, close: str) -> None:
    assert app.get(f"/api/i18n/{language}").json["Close"] == [None, close]


def test_every_message_of_ckan_is_there_in_kazakh() -> None:
    template = catalogue(Path(str(files("ckan"))) / "i18n" / "ckan.pot")
    kazakh = catalogue(OURS / "i18n" / "kk" / "LC_MESSAGES" / "ckan.po", "kk")
    assert [message.id for message in template if message.id and not is_whole(kazakh, message.id)] == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_message_of_the_portal_is_translated(language: str) -> None:
    own = catalogue(OURS / "i18n" / language / "LC_MESSAGES" / "opengov_portal.po", language)
    core = catalogue(Path(config["ckan.i18n_directory"]) / language / "LC_MESSAGES" / "ckan.po", language)
    found = extract_from_dir(
        OURS / "portal", [("**.py", "python"), (TEMPLATES, "ckan")], {TEMPLATES: {"trimmed": "True"}}
    )
    messages = {message for _file, _line, message, _comments, _context in found}
    assert len(messages) > 50
    assert sorted(str(message) for message in messages if not (is_whole(own, message) or is_whole(core, message))) == []


def test_kazakh_falls_back_to_russian_message_by_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a new version of CKAN is translated, its new messages show in Russian, not in English."""
    ours = tmp_path / "ours"
    for language in ("kk", "ru"):
        target = ours / language / "LC_MESSAGES"
        target.mkdir(parents=True)
        source = (OURS / "i18n" / language / "LC_MESSAGES" / "ckan.po").read_text(encoding="utf-8")
        if language == "kk":
            source = source.replace('msgid "Cancel"', 'msgid "Cancel, as it was"')
        (target / "ckan.po").write_text(source, encoding="utf-8")
    monkeypatch.setattr(languages, "OURS", ours)
    languages.build(tmp_path / "built")
    built = catalogue(tmp_path / "built" / "kk" / "LC_MESSAGES" / "ckan.po", "kk")
    assert built.get("Cancel").string == "Отменить"
    assert built.get("Close").string == "Жабу"
    assert built.num_plurals == 2


def test_russian_keeps_its_four_forms(tmp_path: Path) -> None:
    languages.build(tmp_path)
    for domain in ("ckan", languages.DOMAIN):
        assert catalogue(tmp_path / "ru" / "LC_MESSAGES" / f"{domain}.po", "ru").num_plurals == 4


def test_no_address_of_ours_is_left_by_a_redirect_that_forgets_the_language(app: Any) -> None:
    """Flask sends ``/x`` on to ``/x/`` where the rule ends with a slash, and does not know of ``/ru`` before it."""
    rules = [rule for rule in app.flask_app.url_map.iter_rules() if rule.endpoint.startswith("opengov")]
    assert len(rules) > 200
    assert [rule.rule for rule in rules if rule.rule.endswith("/") and rule.strict_slashes] == ["/"]
