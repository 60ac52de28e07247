"""What of evaluation is discussed: official results and target indicators of an agency, its evaluations, services."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, officers, wording
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink
from ckanext.opengov.evaluation.model.services import Service
from ckanext.opengov.evaluation.service import packages, results
from ckanext.opengov.evaluation.service.people import COMPONENT

SPEAKERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})


def _agency(agency_id: str) -> model.Group:
    found = agencies.find(agency_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no agency “{id}”.").format(id=agency_id[:60]))
    return found


def _title(group: model.Group) -> str:
    return agencies.shown_title(group.name, group.title, (group.extras or {}).get("title_translated"))


def _results(agency_id: str) -> EntityLink:
    group = _agency(agency_id)
    return EntityLink(_title(group), f"/evaluation/results/{group.name}", group.id)


def _evaluation(package_id: str) -> EntityLink:
    package: Any = model.Session.get(model.Package, package_id)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such evaluation."))
    group = _agency(package.owner_org)
    return EntityLink(f"{_title(group)}: {package.title}", f"/evaluation/agency/{group.name}", group.id)


def _service(service_id: str) -> EntityLink:
    service = model.Session.get(Service, service_id)
    if service is None:
        raise tk.ObjectNotFound(tk._("There is no service “{id}”.").format(id=service_id[:60]))
    return EntityLink(
        wording.pick(service.title, wording.current()), f"/public_service/{service.id}", service.agency_id
    )


def _speaks_for(agency_of: Any) -> Any:
    def speaks(user_id: str, entity_id: str) -> bool:
        agency_id = agency_of(entity_id).agency_id
        return officers.holds(user_id, SPEAKERS, component=COMPONENT, agency_id=agency_id)

    return speaks


def _everybody(_user_id: str | None, _entity_id: str) -> bool:
    return True


RULES = {
    results.TYPE: DiscussionRules(link=_results, competent=_speaks_for(_results), readable=_everybody),
    packages.EVALUATION: DiscussionRules(link=_evaluation, competent=_speaks_for(_evaluation)),
    packages.SERVICE: DiscussionRules(link=_service, competent=_speaks_for(_service)),
}
