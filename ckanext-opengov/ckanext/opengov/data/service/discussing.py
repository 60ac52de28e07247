"""How data sets and requests for data are discussed: by everybody with a confirmed address, moderated before."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink
from ckanext.opengov.data.service import people
from ckanext.opengov.data.service.requests.states import TYPE as REQUEST

# Who speaks for the agency about its data.
SPEAKERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})


def _link(package_id: str) -> EntityLink:
    package = model.Session.get(model.Package, package_id)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such data set."))
    titles = agencies.titles(package.extras.get("title_translated"))
    title = wording.pick(titles, wording.current()) or package.title or package.name
    return EntityLink(title, f"/{package.type}/{package.name}", package.owner_org)


def _speaks(user_id: str, package_id: str) -> bool:
    package = model.Session.get(model.Package, package_id)
    return package is not None and bool(SPEAKERS & people.roles_in(user_id, package.owner_org))


_RULES = DiscussionRules(link=_link, competent=_speaks)
RULES = {"dataset": _RULES, REQUEST: _RULES}
