"""A component that only the tests have: one guarded type and one outbox topic."""

from __future__ import annotations

from typing import Any, ClassVar

import ckan.plugins as p
import pytest
from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, ICivicComponent

TYPE = "example"
TOPIC = "example.happened"


class ExamplePlugin(p.SingletonPlugin):
    """``seen`` is what the handler did; a payload with ``fail`` makes it fail that many times first."""

    p.implements(ICivicComponent)

    seen: ClassVar[list[dict[str, Any]]] = []

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="example",
            title="Example",
            entity_types=(EntityType(TYPE),),
            outbox_handlers={TOPIC: self.handle},
        )

    @classmethod
    def handle(cls, message: Any) -> None:
        if message.attempts <= message.payload.get("fail", 0):
            raise ConnectionError("not now")
        cls.seen.append(message.payload)


with_example = pytest.mark.with_plugins({"opengov_example": ExamplePlugin})
