"""Walk through the portal as visitor and as sysadmin: nothing breaks or is missing, nothing comes from outside."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ckan.common import config
from werkzeug.exceptions import HTTPException

from .pages import Page

STARTS = ("/", "/dataset/", "/organization/", "/user/login", "/about")
LANGUAGES = ("", "/ru", "/en")
MOST = 200
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|420 ?x ?220")
# Words of CKAN's pages that only an English page may have.
ENGLISH = re.compile(r"\b(Welcome|There are|Search|Datasets|Organizations|Followers|Log in|Edit|Manage)\b")


@dataclass
class Walk:
    """Follows the links of a site: each endpoint at most once a language, with and without a query."""

    client: Any
    rules: Any
    starts: tuple[str, ...] = STARTS
    languages: tuple[str, ...] = LANGUAGES
    seen: set[tuple[str, str, bool]] = field(default_factory=set)
    assets: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)

    def go(self) -> None:
        waiting = deque(language + start for language in self.languages for start in self.starts)
        while waiting and len(self.seen) < MOST:
            path = waiting.popleft()
            if self._is_new(path):
                waiting.extend(self._visit(path))
        for asset in sorted(self.assets):
            self._load(asset)

    def endpoints(self) -> set[str]:
        return {endpoint for endpoint, _language, _query in self.seen}

    def _is_new(self, path: str) -> bool:
        parts = urlsplit(path)
        language, bare = split_language(parts.path)
        try:
            endpoint, _values = self.rules.match(bare, method="GET")
        except HTTPException:
            endpoint = f"no page at {bare}"
        key = (endpoint, language, bool(parts.query))
        if endpoint in {"static", "user.logout"} or key in self.seen:
            return False
        self.seen.add(key)
        return True

    def _visit(self, path: str) -> Iterator[str]:
        try:
            answer = self.client.get(path, follow_redirects=False)
        except Exception as error:
            self.faults.append(f"{path}: {error!r}")
            return
        if answer.status_code >= 400:
            self.faults.append(f"{path}: {answer.status_code}")
        elif answer.status_code >= 300:
            yield from internal(path, [answer.headers["Location"]])
        elif answer.mimetype == "text/html":
            yield from self._read(path, Page(answer.text))

    def _read(self, path: str, page: Page) -> Iterator[str]:
        self.pages[path] = page
        if found := PLACEHOLDER.search(page.text):
            self.faults.append(f"{path}: shows the placeholder {found[0]}")
        own = set(internal(path, page.assets))
        self.faults += [f"{path}: loads {src} from another host" for src in page.assets if not is_internal(path, src)]
        self.assets |= own
        yield from internal(path, page.links)

    def _load(self, asset: str) -> None:
        status = self.client.get(asset).status_code
        if status != 200:
            self.faults.append(f"{asset}: {status}")


def split_language(path: str) -> tuple[str, str]:
    for language in ("ru", "en", "kk"):
        if path == f"/{language}" or path.startswith(f"/{language}/"):
            return language, path[len(language) + 1 :] or "/"
    return "kk", path


def is_internal(page: str, link: str) -> bool:
    return link.startswith("data:") or urljoin(config["ckan.site_url"] + page, link).startswith(config["ckan.site_url"])


def internal(page: str, links: list[str]) -> Iterator[str]:
    """Addresses on this site, without host and fragment."""
    for link in links:
        if link.startswith(("data:", "mailto:", "tel:", "javascript:", "#")) or not is_internal(page, link):
            continue
        parts = urlsplit(urljoin(config["ckan.site_url"] + page, link))
        yield parts.path + (f"?{parts.query}" if parts.query else "")


def english_words(walked: Walk) -> dict[str, str]:
    """Kazakh and Russian pages with one of CKAN's English words on them."""
    return {
        path: found[0]
        for path, page in walked.pages.items()
        if split_language(path)[0] in {"kk", "ru"} and (found := ENGLISH.search(page.text))
    }


def walk(app: Any, client: Any = None) -> Walk:
    walked = Walk(client or app.test_client(), app.flask_app.url_map.bind(""))
    walked.go()
    return walked


def test_a_visitor_meets_no_fault_and_one_language_a_page(app: Any, seeded: dict[str, Any]) -> None:
    walked = walk(app)
    assert "\n".join(walked.faults) == ""
    assert english_words(walked) == {}
    reached = walked.endpoints()
    assert {
        "opengov_portal.index",
        "home.about",
        "dataset.search",
        "dataset.read",
        "dataset_resource.read",
        "organization.index",
        "organization.read",
        "organization.about",
        "user.login",
        "opengov_persons.register",
        "user.request_reset",
        "feeds.general",
    } <= reached
    assert len(walked.pages) >= 30


def test_a_sysadmin_meets_no_fault(app: Any, sign_in: Any, seeded: dict[str, Any]) -> None:
    walked = walk(app, sign_in(seeded["sysadmin"]))
    assert "\n".join(walked.faults) == ""
    assert {
        "admin.index",
        "admin.config",
        "admin.trash",
        "opengov_my.index",
        "user.read",
        "user.edit",
        "user.api_tokens",
        "dataset.new",
        "dataset.edit",
        "organization.new",
        "organization.edit",
        "organization.members",
    } <= walked.endpoints()
