"""The item of an approved list that a registered data set is."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists import items


def find(agency_id: str, reference: str) -> ListItem:
    """An item of the agency's list by its number or id.

    :raises ValidationError: when there is no such item
    """
    text = reference.strip()
    own = (ListItem.agency_id == agency_id, ListItem.state != "removed")
    is_number = text.isascii() and text.isdecimal() and len(text) < 7
    which = ListItem.number == int(text) if is_number else ListItem.id == text
    found = model.Session.scalar(sa.select(ListItem).where(*own, which))
    if found is None:
        message = tk._("The agency's list has no item “{item}”. Give its number, as in the list of the agency.")
        raise tk.ValidationError({"list_item": [message.format(item=text[:60])]})
    return found


def link(item_id: str, package_id: str, actor: str | None) -> None:
    """Tell which data set an item has become, in the session's transaction."""
    item = items.get(item_id)
    items.lock_list(item.agency_id)
    package = items.dataset(package_id, item.agency_id)
    items.record([items.link(item, package, actor)])
