"""Photos with appeals: for the author and the agency, and for everybody once an officer has looked at them."""

from __future__ import annotations

import base64
import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.opengov.civic.roles import Role

from tests.civic.photos import attached, photo, says_nothing_more
from tests.dialog.appeals import act, agency, citizen, officer, write
from tests.dialog.officers_ground import visitor

pytestmark = pytest.mark.usefixtures("clean_portal")
WHO_SAYS = "only after an officer has looked"


def test_everybody_sees_a_photo_once_an_officer_has_looked_at_it(app: Any) -> None:
    ministry, author, source = agency(), citizen(), photo()
    clerk, head = visitor(app, ministry, Role.AUTHOR), officer(ministry, Role.HEAD, Role.MODERATOR)
    files = [attached("+7 701 234 56 78.jpg", source), attached("note.txt", b"Text")]
    number = write(author, ministry, attachments=files)["number"]
    act("appeal_moderate", head, number=number, decision="accept")
    picture, note = act("appeal_show", None, number=number)["attachments"]
    if not picture["is_picture"]:
        picture, note = note, picture
    assert WHO_SAYS in picture["note"]
    assert "701" not in picture["name"]
    address = f"/en/appeal/{number}/file/{picture['id']}"

    def seen(user: str | None) -> dict[str, Any]:
        return act("appeal_attachment_show", user, number=number, attachment_id=picture["id"])

    # Nobody but author and officers; they have the file as it came, and the copy to decide on.
    assert (seen(None)["picture"], seen(citizen())["picture"]) == (None, None)
    app.get(address, status=403)
    assert address not in visitor(app).get(f"/appeal/{number}")
    for user in (author, clerk.name):
        assert base64.b64decode(seen(user)["original"]["content"]) == source
        assert says_nothing_more(base64.b64decode(seen(user)["picture"]))

    # Others decide nothing, and documents are not decided on.
    for user in (None, author, citizen(), officer(agency(), Role.HEAD)):
        with pytest.raises(tk.NotAuthorized):
            act("appeal_picture_release", user, number=number, attachment_id=picture["id"], public=True)
    with pytest.raises(tk.ValidationError, match="no picture"):
        act("appeal_picture_release", clerk.name, number=number, attachment_id=note["id"], public=True)
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_picture_release", clerk.name, number=number, attachment_id="1", public=True)

    assert "show it to everybody" in clerk.get(f"/appeal/desk/{number}")
    clerk.post(f"/appeal/desk/{number}/picture/{picture['id']}", public="true")
    answer = app.get(f"{address}?copy=1")
    assert says_nothing_more(answer.data)
    assert answer.mimetype == "image/webp"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    shown = seen(None)
    assert "original" not in shown
    assert says_nothing_more(base64.b64decode(shown["picture"]))
    assert f"{address}?copy=1" in visitor(app).get(f"/appeal/{number}")
    events = [one["event"] for one in act("appeal_show", None, number=number)["timeline"]]
    assert events[-1] == "appeal.picture_opened"

    # A second look may close it again.
    act("appeal_picture_release", head, number=number, attachment_id=picture["id"], public="false")
    assert seen(None)["picture"] is None
    app.get(address, status=403)


def test_nothing_is_opened_of_a_private_appeal() -> None:
    ministry = agency()
    head = officer(ministry, Role.HEAD)
    number = write(citizen(), ministry, public=False, attachments=[attached("a.png", photo("PNG"))])["number"]
    (picture,) = act("appeal_show", head, number=number)["attachments"]
    with pytest.raises(tk.ValidationError, match="private"):
        act("appeal_picture_release", head, number=number, attachment_id=picture["id"], public=True)


def test_a_forged_photo_is_refused_and_no_appeal_is_made() -> None:
    author = citizen()
    with pytest.raises(tk.ValidationError) as caught:
        write(author, agency(), attachments=[attached("a.jpg", b"<script>alert(1)</script>")])
    assert json.loads(json.dumps(caught.value.error_dict)).keys() == {"attachments"}
    assert act("appeal_list", author, scope="mine")["appeals"] == []
