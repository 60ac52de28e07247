import pytest


@pytest.mark.usefixtures("clean_portal")
def test_home_page_answers(app):
    assert app.get("/").status_code == 200
