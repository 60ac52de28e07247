"""Pages of conferences, the fragment that a thousand watchers poll, and the transcript in its forms."""

from __future__ import annotations

import io
from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.service import persons
from lxml import etree
from pypdf import PdfReader

from tests.dialog.conference_ground import Ground, act, ground, person

pytestmark = pytest.mark.usefixtures("clean_portal")

AKN = {"a": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
SCRIPT = "<script>alert(1)</script> когда автобус?"


def token() -> tuple[str, dict[str, str]]:
    user = factories.UserWithToken()
    persons.confirm_address(model.User.get(user["id"]))
    model.Session.commit()
    return user["name"], {"Authorization": user["token"]}


def live(app: Any, here: Ground, query: str = "", **options: Any) -> Any:
    return app.get(f"/ru/conference/{here.conference['id']}/live{query}", **options)


def test_the_fragment_is_kept_for_a_second_and_carries_no_cookie(app: Any) -> None:
    here = ground("live")
    here.answer(here.admitted())
    answer = live(app, here)
    assert answer.status_code == 200
    assert "s-maxage=1" in answer.headers["Cache-Control"]
    assert "max-age=0" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    again = live(app, here, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_fragment_is_the_same_for_an_officer(app: Any) -> None:
    here = ground("live")
    here.answer(here.admitted())
    here.ask(text="Этот вопрос ещё ждёт модератора?")
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    body = live(app, here).get_data(as_text=True)
    assert live(app, here, headers=admin).get_data(as_text=True) == body
    assert "ждёт модератора" not in body


def test_the_fragment_gives_only_what_came_after(app: Any) -> None:
    here = ground("live")
    for number in (1, 2, 3):
        here.answer(here.admitted(text=f"Вопрос номер {number} о транспорте?"), f"Ответ {number}.")
    page = live(app, here, "?after=2").get_data(as_text=True)
    assert "Ответ 3." in page
    assert "Ответ 2." not in page
    assert "after=3" in page
    nothing = live(app, here, "?after=3").get_data(as_text=True)
    assert "Ответ" not in nothing
    assert "after=3" in nothing
    for wrong in ("x", "-1", "9" * 30, "²"):
        assert "Ответ 1." in live(app, here, f"?after={wrong}").get_data(as_text=True)


def test_the_fragment_stops_asking_when_the_conference_is_over(app: Any) -> None:
    here = ground("finished")
    assert "hx-get" not in live(app, here).get_data(as_text=True)


def test_nobody_watches_a_draft(app: Any) -> None:
    assert live(app, ground()).status_code == 404
    assert app.get("/conference/no-such-thing/live").status_code == 404


def test_a_visitor_reads_everything_and_is_asked_to_sign_in(app: Any) -> None:
    here = ground("collecting")
    here.admitted(text=SCRIPT)
    answer = app.get(f"/en/conference/{here.conference['name']}")
    page = answer.get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "Sign in to ask and support" in page
    assert "Set-Cookie" not in answer.headers


def test_a_question_that_is_refused_by_the_form_is_not_lost(app: Any) -> None:
    here = ground("collecting")
    _name, headers = token()
    path = f"/en/conference/{here.conference['name']}/question"
    answer = app.post(path, data={"text": "Короткий?", "language": "ru"}, headers=headers)
    assert answer.status_code == 400
    assert ">Короткий?</textarea>" in answer.get_data(as_text=True)
    made = app.post(path, data={"text": "Когда автобус?", "language": "ru"}, headers=headers, follow_redirects=False)
    assert made.headers["Location"].endswith("#question-1")


def test_support_works_by_a_plain_form(app: Any) -> None:
    here = ground("collecting")
    question = here.admitted()
    _name, headers = token()
    path = f"/conference/{here.conference['name']}/question/{question['id']}/support"
    app.post(path, data={"supported": "true", "number": "1"}, headers=headers, follow_redirects=False)
    assert here.listed()[0]["support"] == 1
    app.post(path, data={"supported": "false", "number": "1"}, headers=headers, follow_redirects=False)
    assert here.listed()[0]["support"] == 0


def test_officers_pages_are_closed_to_others(app: Any) -> None:
    here = ground("live")
    _name, headers = token()
    for path in ("new", f"{here.conference['name']}/edit", f"{here.conference['name']}/desk"):
        assert app.get(f"/conference/{path}", headers=headers).status_code == 403


def test_the_whole_way_of_an_officer_by_forms(app: Any) -> None:
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    agency = factories.Organization()
    form = {
        "owner_org": agency["name"],
        "title_kk": "Су құбыры туралы",
        "starts_at": "2031-03-01T15:00",
        "speaker_1_name": "Сәуле Үмбетқызы",
        "speaker_1_position_kk": "Басқарма басшысы",
    }
    made = app.post("/conference/new", data=form, headers=admin, follow_redirects=False)
    name = made.headers["Location"].rsplit("/", 1)[1]
    for event in ("announce", "collect", "start"):
        app.post(f"/conference/{name}/step", data={"event": event}, headers=admin, follow_redirects=False)
    shown = act("conference_show", None, id=name)
    assert (shown["state"], shown["starts_at"]) == ("live", "2031-03-01T10:00:00+00:00")
    given = {"conference_id": shown["id"], "text": "Су қашан болады?", "language": "kk"}
    asked = act("conference_question_create", person(), **given)
    assert "Су қашан болады?" in app.get(f"/conference/{name}/desk", headers=admin).get_data(as_text=True)
    base = f"/conference/{name}/question/{asked['id']}"
    app.post(f"{base}/decision", data={"state": "public"}, headers=admin, follow_redirects=False)
    answer = {"text": "Жазда.", "language": "kk", "speaker": "1"}
    app.post(f"{base}/answer", data=answer, headers=admin, follow_redirects=False)
    assert "Жазда." in app.get(f"/conference/{name}").get_data(as_text=True)
    assert app.get(f"/conference/{name}/edit", headers=admin).status_code == 200


@pytest.fixture
def published() -> Ground:
    here = ground("live")
    question = here.admitted(text="Ұлы көшедегі жөндеу қашан өңделеді, әрі қарай не болады?")
    here.answer(question, "Әзірге ғана; һәм іске қосылады.")
    here.admitted(text="Останется ли вопрос без ответа?")
    return here.to("published")


def test_the_transcript_is_closed_until_it_is_published(app: Any) -> None:
    here = ground("finished")
    for form in ("", ".pdf", ".xml"):
        assert app.get(f"/conference/{here.conference['name']}/transcript{form}").status_code in (401, 403, 302)


def test_the_page_has_questions_answers_and_what_was_not_reached(app: Any, published: Ground) -> None:
    page = app.get(f"/ru/conference/{published.conference['name']}/transcript").get_data(as_text=True)
    for text in ("жөндеу қашан өңделеді", "һәм іске қосылады", "Останется ли вопрос без ответа?"):
        assert text in page


def test_the_pdf_shows_kazakh_letters(app: Any, published: Ground) -> None:
    answer = app.get(f"/conference/{published.conference['name']}/transcript.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Ұлы көшедегі жөндеу қашан өңделеді, әрі қарай не болады?" in text
    assert "Әзірге ғана; һәм іске қосылады." in text
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].get_object()}
    assert fonts


def test_the_debate_names_who_asks_and_who_answers(app: Any, published: Ground) -> None:
    answer = app.get(f"/ru/conference/{published.conference['name']}/transcript.xml")
    debate = etree.fromstring(answer.data).find("a:debate", AKN)
    people = {one.get("eId"): one.get("showAs") for one in debate.iterfind("a:meta/a:references/a:TLCPerson", AKN)}
    assert people["speaker-1"] == "Сәуле Үмбетқызы"
    sections = debate.findall("a:debateBody/a:questions", AKN)
    assert len(sections) == 2
    asked, said = sections[0].find("a:question", AKN), sections[0].find("a:answer", AKN)
    assert said.get("by") == "#speaker-1"
    assert said.get("to") == asked.get("by") == "#asker-1"
    assert said.findtext("a:p", namespaces=AKN) == "Әзірге ғана; һәм іске қосылады."
    references = {f"#{name}" for name in people}
    assert {one.get("by") for one in debate.iter() if one.get("by")} <= references
    assert debate.find("a:meta/a:identification/a:FRBRExpression/a:FRBRlanguage", AKN).get("language") == "rus"
