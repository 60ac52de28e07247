"""What the tests of open regulations share: an agency with officers, citizens, an act of some articles, its way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.tests.factories import Sysadmin
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.civic.service.discussion import moderation
from ckanext.opengov.civic.service.discussion.rules import State
from ckanext.opengov.regulation.model.acts import Discussion, DraftAct
from ckanext.opengov.regulation.service import clock, moving

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
REASON = {"ru": "Потому что так решил орган-разработчик."}
WHY_NOT = "Предложение не принято: срок уже установлен статьёй 5 закона и не может быть изменён приказом."


def article(number: int, kk: str, ru: str) -> dict[str, dict[str, Any]]:
    """One article in both languages."""
    made = {"kind": "article", "number": str(number)}
    return {
        "kk": {**made, "heading": f"{number}-баптың атауы", "text": kk},
        "ru": {**made, "heading": f"Название статьи {number}", "text": ru},
    }


ARTICLES = (
    article(1, "Осы тәртіп мектептерге қатысты.", "Настоящий порядок распространяется на школы."),
    article(2, "Өтініш үш күнде қаралады.", "Заявление рассматривается в течение трёх дней."),
    article(3, "Бас тартуға шағым беруге болады.", "На отказ может быть подана жалоба."),
)


def text(*articles: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Articles as the API takes them."""
    given = articles or ARTICLES
    return {language: [one[language] for one in given] for language in ("kk", "ru")}


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def officer(agency_id: str, *roles: Role) -> str:
    """The account of an officer of open regulations."""
    return factories.officer(agency_id, "regulation", *(roles or (Role.PUBLISHER, Role.MODERATOR)))["name"]


def citizen() -> str:
    """The account of somebody with a confirmed address."""
    return factories.citizen()["name"]


def expert(channel: str) -> str:
    """The account of an expert accredited in a channel."""
    made = factories.citizen()
    agency = factories.Agency()["id"]
    granted = [officers.Grant(made["id"], agency, "regulation", Role.EXPERT, officers.today())]
    officers.grant(granted, actor=made["id"])
    model.Session.commit()
    admin = Sysadmin()["name"]
    organization = {"ru": "Палата примеров"}
    wish = {"user": made["name"], "channel": channel, "organization": organization}
    tk.get_action("draft_act_expert_accredit")({"user": admin}, wish)
    return made["name"]


def draft(user: str, agency_id: str, **values: Any) -> dict[str, Any]:
    """A draft with three articles."""
    given = {
        "owner_org": agency_id,
        "kind": "order",
        "title": {"kk": "Мектепке қабылдау туралы", "ru": "О приёме в школу"},
        "parts": text(),
        **values,
    }
    return act("draft_act_create", user, **given)


def opened(**values: Any) -> dict[str, Any]:
    """An act in discussion, with ``publisher``."""
    agency = factories.Agency()["id"]
    publisher = officer(agency)
    made = draft(publisher, agency, **values)
    act("draft_act_transition", publisher, id=made["id"], event="announce")
    moving.advance()
    return act("draft_act_show", publisher, id=made["id"]) | {"publisher": publisher, "agency_id": agency}


def end(shown: dict[str, Any], ago: dt.timedelta = SECOND * 2) -> None:
    """The term of the discussion passes."""
    closes = clock.now().replace(microsecond=0) - ago
    found = model.Session.get_one(DraftAct, shown["id"])
    found.starts_at = closes - 10 * DAY
    found.ends_at = found.closes_at = closes
    found.channel_ends = {channel: closes.isoformat() for channel in found.channel_ends}
    change = sa.update(Discussion).where(Discussion.package_id == shown["id"])
    model.Session.execute(change.values(starts_at=found.starts_at, ends_at=closes))
    model.Session.commit()


def say(user: str, shown: dict[str, Any], eid: str = "art_2", words: str = "Трёх дней мало.", **more: Any) -> Any:
    """A comment on a part."""
    return act("draft_act_comment_create", user, id=shown["id"], eid=eid, text=words, language="ru", **more)


def publish(*ids: str) -> None:
    """A moderator lets comments pass."""
    moderation.decide(moderation.Decision(ids, State.PUBLIC), "moderator")
    model.Session.commit()


def answer(shown: dict[str, Any], comment_id: str, outcome: str = "accepted", reason: str = "") -> Any:
    """The agency answers a comment."""
    data = {"comment_id": comment_id, "outcome": outcome, "reason": reason, "language": "ru"}
    return act("draft_act_comment_respond", shown["publisher"], id=shown["id"], **data)


def step(shown: dict[str, Any], event: str, **more: Any) -> Any:
    """One step on."""
    return act("draft_act_transition", shown["publisher"], id=shown["id"], event=event, **more)
