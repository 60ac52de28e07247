"""The way of a conference: every state, every event, every role."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal
from ckanext.opengov.dialog.model.conferences import Conference
from ckanext.opengov.dialog.service.conferences.rules import EVENTS, STATES

from tests.dialog.conference_ground import act, draft, ground, officer, person

pytestmark = pytest.mark.usefixtures("clean_portal")

# Written by hand, not taken from the rules: (state, event) → the state after.
MAY_HAPPEN = {
    ("draft", "announce"): "announced",
    ("announced", "collect"): "collecting",
    ("collecting", "start"): "live",
    ("live", "finish"): "finished",
    ("finished", "publish"): "published",
    ("draft", "cancel"): "cancelled",
    ("announced", "cancel"): "cancelled",
    ("collecting", "cancel"): "cancelled",
}
SIGNERS = {"publisher", "head", "deputy_head"}
WHO = {
    "announce": SIGNERS,
    "collect": SIGNERS | {"moderator"},
    "start": SIGNERS | {"moderator"},
    "finish": SIGNERS | {"moderator"},
    "publish": SIGNERS,
    "cancel": {"head", "deputy_head"},
}


def put(conference_id: str, state: str) -> None:
    model.Session.get(Conference, conference_id).state = state
    model.Session.commit()


def test_every_event_in_every_state_by_every_role() -> None:
    here = ground()
    users = {str(role): officer(here.agency["id"], role) for role in Role}
    for state in STATES:
        for event in EVENTS:
            for role, user in users.items():
                put(here.conference["id"], state)
                outcome = _try(here, event, user)
                expected = "refused" if role not in WHO[event] else MAY_HAPPEN.get((state, event), "impossible")
                assert outcome == expected, (state, event, role)


def _try(here: Any, event: str, user: str) -> str:
    try:
        return here.step(event, user, reason="Баяндамашы ауырып қалды.")["state"]
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return "refused"
    except tk.ValidationError:
        return "impossible"
    finally:
        model.Session.rollback()


def test_a_draft_is_seen_by_officers_of_the_agency_only() -> None:
    here = ground()
    other = officer(factories.Organization()["id"], Role.HEAD)
    for user in (None, person(), other):
        with pytest.raises(tk.ObjectNotFound):
            act("conference_show", user, id=here.conference["id"])
        with pytest.raises(tk.NotAuthorized):
            act("package_show", user, id=here.conference["id"])
        assert act("conference_list", user)["count"] == 0
    assert act("conference_list", here.head)["count"] == 1
    here.to("announced")
    assert act("conference_show", None, id=here.conference["name"])["state"] == "announced"
    assert act("package_show", None, id=here.conference["id"])["conference_state"] == "announced"


def test_only_officers_of_the_agency_make_conferences() -> None:
    agency = factories.Organization()["id"]
    stranger = officer(factories.Organization()["id"], Role.HEAD)
    for user in (person(), stranger, officer(agency, Role.EVALUATOR)):
        with pytest.raises(tk.NotAuthorized):
            draft(agency, user)
    assert draft(agency, officer(agency, Role.AUTHOR))["state"] == "draft"


def test_stock_actions_do_not_write_conferences() -> None:
    here = ground("announced")
    admin = factories.Sysadmin()["name"]
    with pytest.raises(tk.NotAuthorized):
        act("package_patch", admin, id=here.conference["id"], title="Другое")


def test_without_speakers_or_in_the_past_nothing_is_announced() -> None:
    here = ground()
    act("conference_update", here.head, id=here.conference["id"], speakers=[])
    with pytest.raises(tk.ValidationError) as refused:
        here.step("announce")
    assert "speakers" in refused.value.error_dict
    model.Session.rollback()
    speakers = [{"name": "Ержан Өтегенұлы"}]
    act(
        "conference_update",
        here.head,
        id=here.conference["id"],
        speakers=speakers,
        starts_at="2020-01-01T10:00:00+05:00",
    )
    with pytest.raises(tk.ValidationError) as refused:
        here.step("announce")
    assert "starts_at" in refused.value.error_dict


def test_a_cancellation_needs_a_reason_that_everybody_reads() -> None:
    here = ground("announced")
    with pytest.raises(tk.ValidationError, match="reason"):
        here.step("cancel")
    model.Session.rollback()
    here.step("cancel", reason="Баяндамашы ауырып қалды.")
    assert act("conference_show", None, id=here.conference["id"])["cancel_reason"] == "Баяндамашы ауырып қалды."


def test_once_live_only_the_recording_can_be_added() -> None:
    here = ground("live")
    with pytest.raises(tk.ValidationError) as refused:
        act("conference_update", here.head, id=here.conference["id"], title={"ru": "Другое"})
    assert "title" in refused.value.error_dict
    model.Session.rollback()
    changed = act("conference_update", here.head, id=here.conference["id"], recording_url="https://example.org/video")
    assert changed["recording_url"] == "https://example.org/video"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", {}),
        ("title", {"ru": "я" * 301}),
        ("starts_at", "tomorrow"),
        ("starts_at", "2027-01-01T10:00:00"),
        ("speakers", "Ержан"),
        ("speakers", [{"name": " "}]),
        ("speakers", [{"name": "Ержан", "user": "nobody-here"}]),
        ("recording_url", "javascript:alert(1)"),
    ],
)
def test_a_wrong_announcement_names_its_field(field: str, value: Any) -> None:
    here = ground()
    with pytest.raises(tk.ValidationError) as refused:
        draft(here.agency["id"], here.head, **{field: value})
    assert list(refused.value.error_dict) == [field]


def test_every_step_stands_in_a_journal_that_holds() -> None:
    here = ground("published")
    events = [one["event"] for one in journal.entries("conference", here.conference["id"], internal=False)]
    assert events == [f"conference.{name}" for name in ("created", "announce", "collect", "start", "finish", "publish")]
    assert journal.verify("conference", here.conference["id"]).ok
