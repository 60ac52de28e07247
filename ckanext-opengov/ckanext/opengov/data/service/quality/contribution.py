"""What the quality of data sets adds to the manifest."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.data.service.quality import checking, keeping

HANDLERS = {keeping.TOPIC: keeping.handle}
PERIODIC = (
    PeriodicTask("data-quality", 60, keeping.catch_up),
    PeriodicTask("data-links", 120, checking.wake),
)
