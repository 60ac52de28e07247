"""The search over all kinds."""

from __future__ import annotations

from dataclasses import replace

from ckanext.opengov.civic.service.privacy.addresses import find_addresses
from ckanext.opengov.civic.service.privacy.characters import plain
from ckanext.opengov.civic.service.privacy.contacts import find_emails, find_phones
from ckanext.opengov.civic.service.privacy.findings import Finding, without_overlaps
from ckanext.opengov.civic.service.privacy.numbers import find_ibans, find_numbers
from ckanext.opengov.civic.service.privacy.vehicles import find_vehicles


def find(text: str) -> list[Finding]:
    """Every value in the text that must not become public, by place and without overlaps."""
    comparable = plain(text)
    found = without_overlaps(
        [
            *find_ibans(comparable),
            *find_emails(comparable),
            *find_numbers(comparable),
            *find_phones(comparable),
            *find_addresses(comparable, text),
            *find_vehicles(comparable),
        ]
    )
    return [_trimmed(text, finding) for finding in found]


def _trimmed(text: str, finding: Finding) -> Finding:
    """Without the spaces in front, which are there when the finding gave its beginning to the one before."""
    value = text[finding.start : finding.end]
    return replace(finding, start=finding.end - len(value.lstrip(" ,.;")))
