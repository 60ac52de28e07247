"""The token of a pushing system that a request shows."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import has_request_context

from ckanext.opengov.data.model.keyed import PushToken
from ckanext.opengov.data.service import push_tokens


def token(context: Context) -> PushToken | None:
    """From the header ``Authorization``, with or without ``Bearer``; None when there is none of ours.

    :raises Refusal: when it is not valid
    """
    if context.get("ignore_auth") or not has_request_context():
        return None
    secret = tk.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return push_tokens.read(secret) if secret.startswith(push_tokens.PREFIX) else None
