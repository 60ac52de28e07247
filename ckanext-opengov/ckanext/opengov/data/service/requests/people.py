"""Who stands before a request: its author, officers of its agency, the authorised body."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.people import roles_in
from ckanext.opengov.data.service.requests.states import AUTHOR

# Officers who read a request with its originals.
READERS = frozenset(
    str(one)
    for one in (
        Role.AUTHOR,
        Role.PUBLISHER,
        Role.HEAD,
        Role.DEPUTY_HEAD,
        Role.MODERATOR,
        Role.LIST_APPROVER,
        Role.SUPERVISOR,
    )
)


@dataclass(frozen=True)
class Person:
    """Somebody who asks."""

    user_id: str | None = None
    is_admin: bool = False

    def kinds(self, request: DataRequest) -> frozenset[str]:
        """What this person is to the request: roles, the author, or nothing."""
        own = frozenset({AUTHOR}) if self.is_author(request) else frozenset()
        if self.is_admin:
            return own | {str(role) for role in Role}
        return own | roles_in(self.user_id, request.agency_id)

    def is_author(self, request: DataRequest) -> bool:
        """Whether the person wrote the request."""
        return bool(self.user_id) and self.user_id == request.author_id

    def reads_all(self, request: DataRequest) -> bool:
        """Whether the person reads the originals, and the request while the public does not."""
        return not self.kinds(request).isdisjoint({AUTHOR, *READERS})
