"""No original value that a citizen wrote is in any page, API answer, feed, index, table, letter to others or log.

The portal is planted and read once; each test looks at one kind of what was read.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import ckan.logic as logic
import ckan.model as model
import ckan.plugins.toolkit as tk
import pypdf
import pytest
import requests
import sqlalchemy as sa
from ckan.common import config
from ckan.lib.search import SearchError

from tests.civic import discussion_component as forum
from tests.civic.mail_server import mail_server
from tests.dialog.appeals import act
from tests.portal.canaries import Canary, World, leaks, planted
from tests.portal.pages import Page
from tests.portal.test_crawl import internal, split_language

MOST_PAGES = 600
FEEDS = (
    "/feeds/dataset.atom",
    "/notices/feed.atom",
    "/notices/feed.atom?component=dialog",
    "/catalog.ttl",
    "/catalog.jsonld",
)
# What core itself shows of packages, agencies and people; beside these, every reading action of ours is asked.
CORE = (
    "package_list",
    "package_show",
    "package_search",
    "package_autocomplete",
    "current_package_list_with_resources",
    "resource_search",
    "organization_show",
    "organization_list",
    "tag_list",
    "user_show",
    "user_list",
)
_PARAMETER = re.compile(r":param (\w+):")
_NAMES = {"id", "number", "thread_id", "conference_id", "poll_id", "agency", "user_id"}
# Tables and columns that keep originals on purpose; nobody but author and competent officers is shown them.
ORIGINALS = {
    "opengov_comment.text_original",
    "opengov_comment_attachment.name",
    "opengov_comment_version.text_original",
    "opengov_dialog_answer.text_original",
    "opengov_dialog_appeal.subject_original",
    "opengov_dialog_appeal.text_original",
    "opengov_dialog_clarification.question_original",
    "opengov_dialog_clarification.text_original",
    "opengov_dialog_question.text_original",
    "opengov_draft.data",
    "opengov_helpdesk_question.question",
    "opengov_rating.comment_original",
    "opengov_regulation_remark.wording_original",
}


@dataclass
class Read:
    """Everything that somebody who looks gets to see, by address."""

    world: World
    pages: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    index: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    own_letters: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    log: str = ""
    originals: dict[str, str] = field(default_factory=dict)


class _Once:
    read: ClassVar[Read | None] = None
    begun: ClassVar[bool] = False


@pytest.fixture
def read(request: pytest.FixtureRequest) -> Read:
    """The portal, planted and read by the first test that asks."""
    if _Once.read is None:
        assert not _Once.begun, "the portal could not be planted or read: see the first error"
        _Once.begun = True
        # For the test that reads only: the others look at what it read, and need no portal.
        request.node.add_marker(forum.with_forum)
        request.getfixturevalue("clean_portal")
        fixtures = (request.getfixturevalue(name) for name in ("app", "caplog", "tmp_path", "monkeypatch"))
        _Once.read = _read(*fixtures)
    return _Once.read


def _read(app: Any, caplog: pytest.LogCaptureFixture, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    caplog.set_level(logging.INFO)
    with mail_server(folder) as server:
        monkeypatch.setitem(config, "smtp.server", server.address)
        read = Read(planted())
        for letter in server.letters():
            if letter["To"] in read.world.authors:
                read.own_letters += 1
                continue
            body = letter.get_body(("plain",))
            read.letters[f"{letter['To']}: {letter['Subject']}"] = f"{letter['Subject']}\n{body.get_content()}"  # pyright: ignore
    read.pages = _walk(app.test_client(), [*read.world.paths, *FEEDS, "/", "/ru/", "/dataset/", "/organization/"])
    read.answers = _answers(read.world)
    read.index = _index()
    read.columns, read.files = _columns(), _files()
    read.originals = _originals(read.world)
    read.log = "\n".join(f"{one.name}: {one.getMessage()} {one.exc_text or ''}" for one in caplog.records)
    return read


def _walk(client: Any, starts: list[str]) -> dict[str, str]:
    """Every page that links lead to, in one language, and one of each set of filters; what is no page as text too."""
    waiting, seen, found = deque(starts), {_kind(start) for start in starts}, {}
    while waiting and len(found) < MOST_PAGES:
        path = waiting.popleft()
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code == 200 or path not in starts, f"{path}: {answer.status_code}"
        links: list[str] = []
        if answer.status_code in range(300, 400):
            links = [answer.headers["Location"]]
        elif answer.mimetype == "text/html":
            links = Page(answer.text).links
        found[path] = _text(answer)
        for link in internal(path, links):
            foreign = split_language(urlsplit(link).path)[0] != "kk" and path not in starts
            if _kind(link) not in seen and not foreign and "/user/logged_out" not in link:
                seen.add(_kind(link))
                waiting.append(link)
    assert not waiting, "there are more pages than are read"
    return found


def _kind(address: str) -> tuple[str, ...]:
    parts = urlsplit(address)
    return (parts.path, *sorted(name for name, _value in parse_qsl(parts.query)))


def _text(answer: Any) -> str:
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    return answer.data.decode(errors="replace")


def _reading_actions() -> dict[str, Callable[..., Any]]:
    tk.get_action("package_show")
    ours = {
        name: tk.get_action(name)
        for name, function in logic._actions.items()
        if "ckanext.opengov" in getattr(function, "__module__", "") and getattr(function, "side_effect_free", False)
    }
    return ours | {name: tk.get_action(name) for name in CORE}


def _questions(world: World, action: Callable[..., Any]) -> list[dict[str, Any]]:
    """What one can ask an action, by the parameters that its docstring names."""
    ids = world.ids
    names = set(_PARAMETER.findall(action.__doc__ or ""))
    asked: list[dict[str, Any]] = [{}]
    asked += [{name: one} for name in names & _NAMES for one in (*ids.values(), world.people["appeal author"])]
    if "entity_type" in names:
        pairs = {"appeal": "appeal", forum.TOPIC: "topic", "conference": "conference", "poll": "poll"}
        pairs["helpdesk_question"] = "helpdesk"
        asked += [{"entity_type": kind, "entity_id": ids[one]} for kind, one in pairs.items()]
    if "q" in names:
        asked += [{"q": one.value} for place in ("appeal text", "comment") for one in world.at(place)]
    if "fl" in names:
        asked += [{"fl": "*", "rows": 100}, {"include_private": True, "include_drafts": True, "rows": 100}]
    return asked


def _answers(world: World) -> dict[str, str]:
    """What each reading action answers to a visitor, a stranger and another agency's head, refusals included."""
    found = {}
    readers = {name: model.User.get(name) for name in (world.people["stranger"], world.people["other_head"])}
    for name, action in _reading_actions().items():
        questions = _questions(world, action)
        for reader, user in ({"": None} | readers).items():
            for data in questions:
                answer = _ask(action, {"user": reader, "auth_user_obj": user}, dict(data))
                found[f"{name}({data}) as {reader}"] = answer
    found["facets"] = _facets()
    return found


def _ask(action: Callable[..., Any], context: Any, data: dict[str, Any]) -> str:
    try:
        answer = action(context, data)
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound, KeyError, ValueError) as error:
        model.Session.rollback()
        # A search that finds nothing may say what was asked; that is the reader's own word.
        answer = getattr(error, "error_dict", str(error))
    return _without_questions(json.dumps(answer, ensure_ascii=False, default=str), data)


def _without_questions(answer: str, data: dict[str, Any]) -> str:
    return answer.replace(data["q"], "…") if "q" in data else answer


def _facets() -> str:
    """The values of every field that one may count by."""
    fields = sorted({name for one in _documents() for name in one if not name.startswith("_")})
    found = []
    for name in fields:
        data = {"facet.field": [name], "facet.limit": -1, "rows": 0, "fq": "dataset_type:*"}
        try:
            found.append(json.dumps(tk.get_action("package_search")({"user": ""}, data), default=str))
        except (tk.ValidationError, tk.NotAuthorized, SearchError) as error:
            found.append(str(error))
    return "\n".join(found)


def _documents() -> list[dict[str, Any]]:
    query = {"q": "*:*", "fl": "*", "rows": "1000", "wt": "json"}
    answer = requests.get(f"{config['solr_url']}/select", params=query, timeout=30)
    answer.raise_for_status()
    return answer.json()["response"]["docs"]


def _index() -> dict[str, str]:
    """All stored fields of all documents."""
    return {
        f"{one['id']}.{name}": json.dumps(value, ensure_ascii=False)
        for one in _documents()
        for name, value in one.items()
    }


def _columns() -> dict[str, str]:
    """Every column of every table of both databases, as text."""
    found = {}
    for key in ("sqlalchemy.url", "ckan.datastore.write_url"):
        with sa.create_engine(str(config[key])).connect() as connection:
            query = "SELECT table_schema, table_name, column_name FROM information_schema.columns"
            query += " WHERE table_schema IN ('public', 'opengov_data') AND table_name NOT LIKE 'pg%'"
            for schema, table, column in connection.execute(sa.text(query)).all():
                values = sa.text(f'SELECT string_agg("{column}"::text, chr(10)) FROM "{schema}"."{table}"')
                found[f"{table}.{column}"] = connection.execute(values).scalar() or ""
    return found


def _files() -> dict[str, str]:
    """What lies in the folders that the portal gives out as they are."""
    folders = [Path(config["ckan.storage_path"]) / name for name in ("storage", "resources", "webassets")]
    paths = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes().decode(errors="ignore") for path in paths}


def _originals(world: World) -> dict[str, str]:
    """What authors and competent officers see of their own."""
    ids, people = world.ids, world.people
    found = {}
    for reader in ("appeal author", "clerk", "head"):
        shown = act("appeal_show", people[reader], number=ids["number"])
        files = [
            act("appeal_attachment_show", people[reader], number=ids["number"], attachment_id=one["id"])
            for one in shown["attachments"]
        ]
        found[f"appeal: {reader}"] = json.dumps([shown, files], ensure_ascii=False, default=str)
    rows = (
        ("comment_show", ids["comment"], ("comment author", "comment moderator")),
        ("conference_question_show", ids["question"], ("question author", "moderator")),
        ("helpdesk_question_show", ids["helpdesk"], ("helpdesk author", "methodologist")),
    )
    for action, one, readers in rows:
        for reader in readers:
            shown = act(action, people[reader], id=one)
            found[f"{action}: {reader}"] = json.dumps(shown, ensure_ascii=False, default=str)
    return found


def escaped(texts: dict[str, str], canaries: list[Canary]) -> list[str]:
    """Where a canary got out, and which."""
    return [f"{place}: {one.place}, {one.kind}" for place, text in texts.items() for one in leaks(text, canaries)]


def test_no_page_feed_or_dump_has_an_original(read: Read) -> None:
    assert len(read.pages) > 60
    assert set(read.world.paths) <= set(read.pages)
    assert escaped(read.pages, read.world.canaries) == []


def test_no_reading_action_answers_others_with_an_original(read: Read) -> None:
    assert escaped(read.answers, read.world.canaries) == []


def test_the_index_holds_no_original(read: Read) -> None:
    kinds = {text for name, text in read.index.items() if name.endswith(".dataset_type")}
    assert kinds >= {'"appeal"', '"conference"', '"poll"'}
    assert escaped(read.index, read.world.canaries) == []


def test_no_letter_to_others_has_an_original(read: Read) -> None:
    assert read.letters
    assert read.own_letters
    assert escaped(read.letters, read.world.canaries) == []


def test_no_log_has_an_original(read: Read) -> None:
    assert escaped({"log": read.log}, read.world.canaries) == []


def test_originals_lie_in_their_own_columns_only(read: Read) -> None:
    kept = {name for name, text in read.columns.items() if leaks(text, read.world.canaries)}
    assert kept == ORIGINALS
    assert escaped(read.files, read.world.canaries) == []


@pytest.mark.parametrize(
    ("reader", "places"),
    [
        ("appeal: appeal author", ("appeal text", "appeal subject")),
        ("appeal: clerk", ("appeal text", "appeal clarification")),
        ("appeal: head", ("appeal text",)),
        ("comment_show: comment author", ("comment", "changed comment")),
        ("comment_show: comment moderator", ("changed comment",)),
        ("conference_question_show: question author", ("conference question",)),
        ("conference_question_show: moderator", ("conference question",)),
        ("helpdesk_question_show: helpdesk author", ("helpdesk question",)),
        ("helpdesk_question_show: methodologist", ("helpdesk question",)),
    ],
)
def test_authors_and_competent_officers_see_what_was_written(read: Read, reader: str, places: tuple[str, ...]) -> None:
    for place in places:
        written = read.world.at(place)
        assert leaks(read.originals[reader], written) == written
