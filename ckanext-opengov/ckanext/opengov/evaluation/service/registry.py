"""The automatic indicators that the loaded components declare in their manifests."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import Indicator, manifests


def indicators() -> dict[str, Indicator]:
    """Component and name, joined by a dot → indicator."""
    return {f"{one.name}.{name}": made for one in manifests() for name, made in one.indicators.items()}
