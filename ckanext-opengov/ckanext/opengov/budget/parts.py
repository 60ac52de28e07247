"""The parts that open budgets consist of."""

from __future__ import annotations

from ckanext.opengov.budget.contribution import Contribution
from ckanext.opengov.budget.service.audits import contribution as audits
from ckanext.opengov.budget.service.lines import contribution as lines
from ckanext.opengov.budget.service.programmes import contribution as programmes
from ckanext.opengov.budget.service.reports import contribution as reports

PARTS: tuple[Contribution, ...] = (
    lines.CONTRIBUTION,
    programmes.CONTRIBUTION,
    reports.CONTRIBUTION,
    audits.CONTRIBUTION,
)
