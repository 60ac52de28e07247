"""A server that has just started knows all rules before its first request."""

from __future__ import annotations

from typing import Any

import ckan.logic
import pytest
from ckan import authz


@pytest.mark.usefixtures("portal_plugins")
def test_the_application_comes_with_all_actions_and_auth_functions(make_app: Any) -> None:
    ckan.logic.clear_actions_cache()
    authz.clear_auth_functions_cache()
    make_app()
    assert "comment_create" in ckan.logic._actions
    assert "comment_create" in authz._AuthFunctions._functions
