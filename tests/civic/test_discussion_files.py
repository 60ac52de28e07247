"""Files with comments: the public reads a masked text, the file itself is for its author and officers."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.common import config
from ckan.tests import factories
from ckanext.opengov.civic.model.discussion import Comment, CommentAttachment
from ckanext.opengov.civic.service import persons
from werkzeug.datastructures import FileStorage

from tests.civic.discussion_component import HEARING, ForumPlugin, act, officer, person, with_forum, write
from tests.civic.photos import attached, photo, says_nothing_more

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]

SECRET = "+7 701 234 56 78"


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


def letter(text: str = f"Мой телефон {SECRET}.") -> dict[str, str]:
    return file(f"письмо {SECRET}.txt", text.encode())


def stored() -> list[Path]:
    folder = Path(config["ckan.storage_path"]) / "opengov" / "comments"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def with_token() -> tuple[str, dict[str, str]]:
    user = factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, user["id"]))
    model.Session.commit()
    return user["name"], {"Authorization": user["token"]}


def test_the_public_gets_a_masked_text_and_the_author_the_file(app: Any) -> None:
    author, token = with_token()
    (listed,) = write(author, "Смотрите письмо.", attachments=[letter()])["attachments"]
    assert listed["name"] == f"письмо {SECRET}.txt"
    assert [one["kind"] for one in listed["findings"]] == ["phone"]
    address = f"/discussion/attachment/{listed['id']}"
    public = app.get(address)
    assert SECRET not in public.get_data(as_text=True)
    assert "Мой телефон" in public.get_data(as_text=True)
    assert "701" not in public.headers["Content-Disposition"]
    assert app.get(address, headers=token).get_data(as_text=True) == f"Мой телефон {SECRET}."
    for answer in (public, app.get(address, headers=token)):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        # A server sends headers in Latin-1, and the name is Russian.
        name = answer.headers["Content-Disposition"].encode("latin-1").decode()
        assert f"filename*=UTF-8''{quote('письмо ')}" in name


def test_no_file_stands_where_the_front_serves_from(app: Any) -> None:
    before = set(stored())
    write(person(), "Текст.", attachments=[letter()])
    (path,) = set(stored()) - before
    inside = path.relative_to(config["ckan.storage_path"])
    assert inside.parts[0] == "opengov"
    assert SECRET not in path.name
    for public in (f"/{inside}", f"/uploads/{inside}", f"/uploads/../{inside}"):
        assert app.get(public, expect_errors=True).status_code == 404


def test_a_file_of_a_comment_that_waits_is_not_there_for_others(app: Any) -> None:
    ForumPlugin.forget()
    made = write(person(), "Текст.", attachments=[letter()])
    moderator = officer()
    act("comment_moderate", moderator, ids=[made["id"]], state="hidden", reason="personal_data")
    for address in (
        f"/discussion/attachment/{made['attachments'][0]['id']}",
        "/discussion/attachment/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0",
    ):
        assert app.get(address, expect_errors=True).status_code == 404


def test_a_form_sends_files_too() -> None:
    upload = FileStorage(io.BytesIO("Текст".encode()), filename="a.txt")
    empty = FileStorage(io.BytesIO(b""), filename="")
    made = write(person(), "Текст.", attachments=[upload, empty])
    assert [one["name"] for one in made["attachments"]] == ["a.txt"]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * (200 * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([letter()] * 4, "at most 3"),
        ([letter()] * 1000, "too many"),
        ([file("a.exe", b"MZ\x90\x00\x03")], "TXT"),
        ([file("a.pdf", "Просто текст".encode())], "PDF"),
        ([file("a.txt", b"")], "empty"),
        ([{"name": "a.txt", "content": "not base64 !"}], "base64"),
        (["a.txt"], "base64"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_nothing_stays(files: list[Any], says: str) -> None:
    before = set(stored())
    author = person()
    with pytest.raises(tk.ValidationError) as caught:
        write(author, "Текст.", attachments=files)
    assert says in str(caught.value.error_dict["attachments"])
    assert set(stored()) == before
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 0


def test_an_archive_bomb_is_refused() -> None:
    author = person()
    with pytest.raises(tk.ValidationError) as caught:
        write(author, "Текст.", attachments=[file("a.docx", bomb())])
    assert "a.docx" in str(caught.value.error_dict["attachments"])


def test_a_discussion_without_files_takes_none() -> None:
    author = person()
    with pytest.raises(tk.ValidationError, match="attachments"):
        write(author, "Текст.", HEARING, attachments=[letter()])


def test_a_commit_that_fails_leaves_no_file_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    author, before = person(), set(stored())

    def broken(*_: Any, **__: Any) -> None:
        assert set(stored()) - before
        raise RuntimeError("the connection is gone")

    monkeypatch.setattr(model.Session(), "commit", broken)
    with pytest.raises(RuntimeError):
        write(author, "Текст.", attachments=[letter()])
    monkeypatch.undo()
    assert set(stored()) == before
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(CommentAttachment)) == 0


def test_a_picture_is_for_all_once_a_moderator_has_looked_at_it(app: Any) -> None:
    author, token = with_token()
    made = write(author, "Смотрите фото.", attachments=[attached("фото.jpg", photo()), letter()])
    picture, text = sorted(made["attachments"], key=lambda one: not one["is_picture"])
    address = f"/discussion/attachment/{picture['id']}"
    app.get(address, status=403)
    assert app.get(address, headers=token).data == photo()
    assert says_nothing_more(app.get(f"{address}?copy=1", headers=token).data)
    moderator = officer()
    for user in (author, person()):
        with pytest.raises(tk.NotAuthorized):
            act("comment_picture_release", user, id=picture["id"], public=True)
    with pytest.raises(tk.ValidationError, match="no picture"):
        act("comment_picture_release", moderator, id=text["id"], public=True)
    act("comment_picture_release", moderator, id=picture["id"], public=True)
    answer = app.get(address)
    assert says_nothing_more(answer.data)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    act("comment_picture_release", moderator, id=picture["id"], public=False)
    app.get(address, status=403)
