"""What keyed tables add to the manifest of open data."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data import relay
from ckanext.opengov.data.logic.action.tokens import CREATED, REVOKED
from ckanext.opengov.data.service.keyed import REGISTERED
from ckanext.opengov.data.service.reference import broken, tables
from ckanext.opengov.data.service.templates import kept

PERMISSIONS = {
    "data_dataset_register": frozenset({Role.AUTHOR, Role.PUBLISHER}),
    "data_push": frozenset({Role.AUTHOR, Role.PUBLISHER}),
    "data_reference_assign": frozenset({Role.LIST_APPROVER}),
    "data_token_create": frozenset({Role.PUBLISHER, Role.HEAD}),
}
PERIODIC = (PeriodicTask("data-push", 60, relay.tidy), PeriodicTask("data-templates", 3_600, kept.forget))
EVENTS = {
    REGISTERED: N_("A table was registered for rows that are pushed: {fields} fields"),
    relay.PUSHED: N_("Rows were pushed: {added} new, {changed} changed, {deleted} deleted"),
    CREATED: N_("A token was made for a system that pushes"),
    broken.BROKEN: N_("{rows} rows of the field “{field}” have values that the code list has no more"),
    tables.ASSIGNED: N_("The table is reference data now: {role}"),
    REVOKED: N_("A token of a system that pushes was revoked"),
}
