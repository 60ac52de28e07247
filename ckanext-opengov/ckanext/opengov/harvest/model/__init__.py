"""Own tables of harvesting. Keys of sources, jobs and packages stand without foreign keys into others' tables."""

from ckanext.opengov.harvest.model.record import HarvestRecord
from ckanext.opengov.harvest.model.run import HarvestBadRow, HarvestNotice, HarvestRun

__all__ = ["HarvestBadRow", "HarvestNotice", "HarvestRecord", "HarvestRun"]
