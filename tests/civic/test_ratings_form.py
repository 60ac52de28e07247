"""The four questions as a citizen meets them on a page, and the figures under them."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from ckanext.opengov.civic.service import ratings
from flask import render_template_string

from tests.civic.discussion_component import with_forum

pytestmark = with_forum

WHOLE = """
{% import "opengov_civic/ratings/form.html" as rating %}
{{ rating.form("/appeals/1/rate", hidden={"id": "1"}, values=values, errors=errors) }}
"""
INSIDE = """
{% import "opengov_civic/ratings/form.html" as rating %}
{% call rating.form("/appeals/1/rate") %}<input name="solved" aria-label="Solved">{% endcall %}
"""
FIGURES = '{% import "opengov_civic/ratings/form.html" as rating %}{{ rating.figures(summary) }}'


def rendered(app: Any, template: str, **variables: Any) -> Any:
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": "en"}):
        return lxml.html.fragment_fromstring(render_template_string(template, **variables), create_parent=True)


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


def test_each_axis_is_a_group_of_marks_that_begins_with_cannot_say(app: Any) -> None:
    page = rendered(app, WHOLE, values={}, errors={})
    groups = page.xpath("//fieldset")
    assert [group.xpath(".//input/@name")[0] for group in groups] == list(ratings.AXES)
    for group in groups:
        assert words(group.xpath("legend")[0])
        assert group.xpath(".//input[@type='radio']/@value") == ["1", "2", "3", "4", "5", ""]
        assert group.xpath(".//input[@checked]/@value") == [""]
        assert all(page.xpath(f"//label[@for='{one}']") for one in group.xpath(".//input/@id"))
    assert page.xpath("//input[@name='id']/@value") == ["1"]


def test_what_was_given_comes_again_beside_what_is_wrong_with_it(app: Any) -> None:
    errors = {"speed": ["“9” is no mark."], "marks": ["Give a mark."]}
    page = rendered(app, WHOLE, values={"transparency": 2, "comment": "<b>Late"}, errors=errors)
    assert page.xpath("//input[@name='transparency'][@checked]/@value") == ["2"]
    assert page.xpath("//textarea")[0].text_content() == "<b>Late"
    described = page.xpath("//fieldset")[1].get("aria-describedby").split()
    assert words(page.get_element_by_id(described[-1])) == "“9” is no mark."
    assert words(page.get_element_by_id("rating-marks-error")) == "Give a mark."


def test_a_component_asks_its_own_question_between(app: Any) -> None:
    page = rendered(app, INSIDE)
    assert page.xpath("//form[@class='og-rating-form']//input[@name='solved']")


@pytest.mark.ckan_config("opengov.ratings.minimum", 2)
def test_figures_are_shown_from_the_smallest_number_on(app: Any) -> None:
    axes = {axis: ratings.figures({5: 1}, 2) for axis in ratings.AXES}
    axes["speed"] = ratings.figures({4: 1, 5: 1}, 2)
    page = rendered(app, FIGURES, summary={"minimum": 2, "axes": axes})
    shown = [words(one) for one in page.xpath("//dd")]
    assert shown[1] == "4.5 of 5 · 2 ratings"
    assert shown[0] == "1 rating · figures are shown from 2 ratings on"
