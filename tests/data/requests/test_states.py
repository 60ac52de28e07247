"""The way of a request for data: every state, every event, every role."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import moving
from ckanext.opengov.data.service.requests.people import Person
from ckanext.opengov.data.service.requests.states import EVENTS, STATES

from tests.data.ground import REASON, act, agency, ask, citizen, dataset, officer

pytestmark = pytest.mark.usefixtures("clean_portal")

# Written by hand, not taken from the rules: (state, event) → the state after.
MAY_HAPPEN = {
    ("unassigned", "assign"): "in_work",
    ("in_work", "assign"): "in_work",
    ("in_work", "forward"): "in_work",
    ("in_work", "publish"): "published",
    ("refused", "publish"): "published",
    ("in_work", "refuse"): "refused",
    ("unassigned", "join"): "duplicate",
    ("in_work", "join"): "duplicate",
    ("unassigned", "withdraw"): "withdrawn",
    ("in_work", "withdraw"): "withdrawn",
}
CHIEFS = {"publisher", "head", "deputy_head"}
WHO = {
    "moderate_accept": {"moderator", "list_approver"},
    "moderate_hide": {"moderator", "list_approver"},
    "assign": {"list_approver"},
    "forward": CHIEFS,
    "publish": CHIEFS,
    "refuse": CHIEFS,
    "withdraw": {"citizen"},
}


def who_may(event: str, state: str) -> set[str]:
    """Only the joining differs by state: without an agency the authorised body does it."""
    if event == "join":
        return {"unassigned": {"list_approver"}, "in_work": CHIEFS}.get(state, CHIEFS | {"list_approver"})
    return WHO[event]


def expected(state: str, event: str, kind: str) -> str:
    after = MAY_HAPPEN.get((state, event)) if not event.startswith("moderate") else state
    if kind in who_may(event, state):
        return after or "impossible"
    # Whoever may do it in another state is told that this one does not allow it.
    return "impossible" if event == "join" and kind in CHIEFS | {"list_approver"} else "refused"


def put(request_id: str, state: str, agency_id: str) -> None:
    found = model.Session.get(DataRequest, request_id)
    found.state, found.agency_id, found.visibility = state, agency_id, "pending"
    model.Session.commit()


def test_every_event_in_every_state_by_every_role() -> None:
    owner, other = agency(), agency()
    author = citizen()
    made = ask(author, agency=owner)
    another = ask(author, title="Где ходят автобусы города")
    act("data_request_moderate", factories.Sysadmin()["name"], id=another["id"], decision="accept")
    users = {str(role): officer(owner, role) for role in Role} | {"citizen": author, "stranger": citizen()}
    persons = {kind: Person(model.User.get(name).id) for kind, name in users.items()}
    data = {
        "agency": other,
        "reason": REASON,
        "datasets": [dataset(owner)["id"]],
        "legal_reason": "restricted",
        "text": "Данные для служебного пользования.",
        "other": another["number"],
    }
    assert set(EVENTS) == {*WHO, "join"}
    for state in STATES:
        for event in EVENTS:
            for kind, person in persons.items():
                put(made["id"], state, owner)
                assert _try(made["id"], event, person, data) == expected(state, event, kind), (state, event, kind)


def _try(request_id: str, event: str, person: Person, data: Any) -> str:
    try:
        return moving.transition(request_id, event, person, data).state
    except tk.NotAuthorized:
        return "refused"
    except tk.ValidationError:
        return "impossible"
    finally:
        model.Session.rollback()


def test_stock_actions_do_not_write_requests() -> None:
    made = ask(citizen())
    admin = factories.Sysadmin()["name"]
    for name in ("package_patch", "package_delete", "dataset_purge"):
        with pytest.raises(tk.NotAuthorized):
            act(name, admin, id=made["id"], title="Другое")


def test_officers_of_other_agencies_see_nothing_that_is_not_public() -> None:
    made = ask(citizen(), agency=agency())
    stranger = officer(agency(), Role.HEAD)
    for user in (None, citizen(), stranger):
        with pytest.raises(tk.ObjectNotFound):
            act("data_request_show", user, id=made["id"])
        with pytest.raises(tk.NotAuthorized):
            act("package_show", user, id=made["id"])
        for step, data in (("moderate", {"decision": "accept"}), ("answer", {"outcome": "refused"}), ("withdraw", {})):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                act(f"data_request_{step}", user, id=made["id"], **data)
        assert act("data_request_list", user)["requests"] == []
        assert act("data_request_list", user, scope="work")["requests"] == []


def test_hidden_ones_stay_hidden_in_every_copy() -> None:
    owner = agency()
    moderator, author = officer(owner, Role.MODERATOR), citizen()
    made = ask(author, agency=owner)
    act("data_request_moderate", moderator, id=made["id"], decision="accept")
    act("data_request_moderate", moderator, id=made["id"], decision="hide", reason="В тексте оскорбления людей.")
    member = factories.User()["name"]
    act("organization_member_create", factories.Sysadmin()["name"], id=owner, username=member, role="member")
    # A member of the agency reads the package, which holds no word of the text.
    assert act("package_show", member, id=made["id"])["title"] == made["number"]
    assert act("data_request_show", author, id=made["id"])["hidden_reason"] == "В тексте оскорбления людей."
    with pytest.raises(tk.ValidationError, match="reason"):
        act("data_request_moderate", moderator, id=made["id"], decision="hide")
