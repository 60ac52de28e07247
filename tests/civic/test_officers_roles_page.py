"""The page of roles in the documentation is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckanext.opengov.civic import roles_table

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"


@pytest.mark.usefixtures("with_plugins")
def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == roles_table.render(), "run ckan opengov roles > docs/roles.md"
