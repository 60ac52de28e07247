"""Permission labels of packages and users: CKAN's own, those of the components, and no raw id of a person in any.

Labels stand in the search index, where an administrator's query may show them. A person therefore appears as a keyed
hash, which only the portal can connect with the account.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.opengov.civic.interfaces import manifests

# Core's label of whoever made a package: the id of a user follows.
_CREATOR = "creator-"


def person_label(user_id: str) -> str:
    """The label of one person."""
    key = str(tk.config["opengov.person_key"]).encode()
    return f"person-{hmac.new(key, user_id.encode(), hashlib.sha256).hexdigest()}"


def package_labels(package: model.Package) -> list[str]:
    """Who may read the package: whoever has one of these labels."""
    labels = _hashed(DefaultPermissionLabels().get_dataset_labels(package))
    for manifest in manifests():
        if manifest.package_labels and any(kind.name == package.type for kind in manifest.entity_types):
            if manifest.private_labels and "public" not in labels:
                labels = []
            labels += manifest.package_labels(package)
    return list(dict.fromkeys(labels))


def user_labels(user: model.User | model.AnonymousUser) -> list[str]:
    """What the user may read: packages with one of these labels."""
    labels = _hashed(DefaultPermissionLabels().get_user_dataset_labels(user))  # pyright: ignore[reportArgumentType]
    for manifest in manifests():
        if manifest.user_labels:
            labels += manifest.user_labels(user)
    return list(dict.fromkeys(labels))


def _hashed(labels: Iterable[str]) -> list[str]:
    return [person_label(label.removeprefix(_CREATOR)) if label.startswith(_CREATOR) else label for label in labels]
