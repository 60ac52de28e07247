"""A component that only the tests have: one guarded type and one outbox topic."""

from __future__ import annotations

from typing import Any, ClassVar

import ckan.plugins as p
import pytest
from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, ICivicComponent
from ckanext.opengov.civic.roles import Role

TYPE = "example"
TOPIC = "example.happened"
PERMISSIONS = {
    "example_write": frozenset({Role.AUTHOR, Role.PUBLISHER}),
    "example_decide": frozenset({Role.HEAD, Role.SUPERVISOR, Role.COUNCIL_MEMBER}),
}


class ExamplePlugin(p.SingletonPlugin):
    """``seen`` is what the handler did; a payload with ``fail`` makes it fail that many times first.

    ``handed_over`` is what the hook for the tasks of officers was told.
    """

    p.implements(ICivicComponent)

    seen: ClassVar[list[dict[str, Any]]] = []
    handed_over: ClassVar[list[tuple[str, str | None, str, str]]] = []

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="example",
            title="Example",
            entity_types=(EntityType(TYPE),),
            outbox_handlers={TOPIC: self.handle},
            permissions=PERMISSIONS,
            events={"example.sent": "Sent to {to}"},
            task_handover=self.hand_over,
            package_labels=lambda package: [f"example-{package.name}"],
            user_labels=lambda user: [f"example-of-{user.name}"] if getattr(user, "name", None) else [],
        )

    @classmethod
    def hand_over(cls, user: str, successor: str | None, agency: str, component: str) -> int:
        cls.handed_over.append((user, successor, agency, component))
        return 7

    @classmethod
    def handle(cls, message: Any) -> None:
        if message.attempts <= message.payload.get("fail", 0):
            raise ConnectionError("not now")
        cls.seen.append(message.payload)


with_example = pytest.mark.with_plugins({"opengov_example": ExamplePlugin})
