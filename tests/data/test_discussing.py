"""A data set is discussed on its page; the agency's officers of open data answer for it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role

pytestmark = pytest.mark.usefixtures("clean_portal")


def comment(user, dataset, text, **more):
    order = {"entity_type": "dataset", "entity_id": dataset["id"], "text": text, "language": "ru"}
    return helpers.call_action("comment_create", {"user": user["name"], "ignore_auth": False}, **order, **more)


def test_a_comment_is_public_after_moderation_and_answered_officially(app, dataset):
    moderator = factories.officer(dataset["owner_org"], "data", Role.MODERATOR)
    publisher = factories.officer(dataset["owner_org"], "data", Role.PUBLISHER)
    made = comment(factories.citizen(), dataset, "Почему нет школ Шымкента?")
    assert "Почему нет школ Шымкента?" not in app.get("/ru/dataset/schools").body
    helpers.call_action(
        "comment_moderate", {"user": moderator["name"], "ignore_auth": False}, ids=[made["id"]], state="public"
    )
    comment(publisher, dataset, "Добавим в декабре.", kind="official", parent_id=made["id"])
    page = app.get("/ru/dataset/schools")
    assert "Почему нет школ Шымкента?" in page.body
    assert "Добавим в декабре." in page.body
    assert page.headers["Cache-Control"].startswith("public")


def test_only_officers_of_its_agency_answer_officially(dataset):
    stranger = factories.officer(factories.Agency()["id"], "data", Role.PUBLISHER)
    with pytest.raises(tk.NotAuthorized):
        comment(stranger, dataset, "Отвечаю за чужой орган.", kind="official")


def test_a_private_data_set_is_not_discussed_by_others(dataset):
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        comment(factories.citizen(), dataset, "Что внутри?")
