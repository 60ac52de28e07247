"""A component that only the tests have: topics that are discussed at once, hearings after moderation, ratings."""

from __future__ import annotations

from typing import Any, ClassVar

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink
from ckanext.opengov.civic.service.ratings import RatingRules
from flask import Blueprint, render_template_string

TOPIC = "topic"
HEARING = "hearing"
PAGE = """
{% extends "page.html" %}
{% block primary_content %}<article class="module"><div class="module-content"><h1>{{ title }}</h1>
{% snippet "opengov_civic/discussion/thread.html", entity_type=kind, entity_id=number %}
</div></article>{% endblock %}
{% block secondary %}{% endblock %}
"""

blueprint = Blueprint("example_forum", __name__)


@blueprint.get("/example/<kind>/<number>")
def page(kind: str, number: str) -> str:
    return render_template_string(PAGE, kind=kind, number=number, title=ForumPlugin.link(number).title)


class ForumPlugin(p.SingletonPlugin):
    """What the callables of its rules answer is set by the tests."""

    p.implements(ICivicComponent)
    p.implements(p.IBlueprint)

    closed: ClassVar[set[str]] = set()
    secret: ClassVar[set[str]] = set()
    competent: ClassVar[set[tuple[str, str]]] = set()
    agency: ClassVar[str] = "agency-1"

    @classmethod
    def forget(cls) -> None:
        cls.closed.clear()
        cls.secret.clear()
        cls.competent.clear()
        cls.agency = "agency-1"

    def get_blueprint(self) -> list[Blueprint]:
        return [blueprint]

    @classmethod
    def link(cls, entity_id: str) -> EntityLink:
        return EntityLink(f"Road {entity_id}", f"/example/{TOPIC}/{entity_id}", cls.agency)

    @classmethod
    def is_open(cls, entity_id: str) -> tuple[bool, str]:
        return entity_id not in cls.closed, "The discussion ended on 1 March."

    @classmethod
    def rules(cls, **other: Any) -> DiscussionRules:
        return DiscussionRules(
            link=cls.link,
            is_open=cls.is_open,
            competent=lambda user, entity: (user, entity) in cls.competent,
            readable=lambda _user, entity: entity not in cls.secret,
            **other,
        )

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="forum",
            title="Forum",
            permissions={"forum_answer": frozenset({Role.PUBLISHER})},
            discussion={
                TOPIC: self.rules(premoderation=False, attachments=3),
                HEARING: self.rules(level=persons.Level.NONE),
            },
            ratings={
                TOPIC: RatingRules(
                    agency=lambda _entity: type(self).agency,
                    may_rate=lambda _user, entity: (entity not in type(self).closed, "The case is not closed yet."),
                )
            },
        )


def person(**values: Any) -> str:
    """A person with a confirmed address; the name of their account."""
    user = model.Session.get_one(model.User, factories.User(**values)["id"])
    persons.confirm_address(user)
    model.Session.commit()
    return user.name


def officer(role: Role = Role.MODERATOR, agency: str = "agency-1", component: str = "forum") -> str:
    """An officer of an agency; the name of their account."""
    name = person()
    user = model.User.get(name)
    officers.grant([officers.Grant(user.id, agency, component, role, officers.today())], actor=user.id)
    model.Session.commit()
    return name


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def write(user: str, text: str, about: str = TOPIC, entity: str = "1", **data: Any) -> dict[str, Any]:
    """A comment of a person."""
    return act("comment_create", user, entity_type=about, entity_id=entity, text=text, language="ru", **data)


with_forum = pytest.mark.with_plugins({"opengov_example_forum": ForumPlugin})
