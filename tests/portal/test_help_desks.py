"""On the desks of regulation, budget, evaluation and tables each field has its help, and each form its helpdesk."""

from __future__ import annotations

import io
from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories as core
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.evaluation.model.evaluations import Evaluation
from lxml import html

from tests.budget import ground as lines
from tests.budget import programme_ground as programmes
from tests.data.templates import test_filling as tables
from tests.evaluation.ground import Ground as Evaluated
from tests.evaluation.ground import act
from tests.regulation import ground as acts

from .helped import unhelped

pytestmark = pytest.mark.usefixtures("clean_portal")

HELPDESK = "/helpdesk/new"


class Reader:
    """Opens pages as a person, and holds what their forms lack."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.lacking: list[str] = []
        self.names: set[str] = set()

    def opens(self, user: str, *paths: str, asks: bool = True) -> None:
        headers = {"Authorization": core.APIToken(user=user)["token"]}
        for path in paths:
            for language in ("", "/ru"):
                self.looks(language + path, self.app.get(language + path, headers=headers).text, asks)

    def sends(self, user: str, path: str, **form: Any) -> None:
        headers = {"Authorization": core.APIToken(user=user)["token"]}
        self.looks(path, self.app.post(path, data=form, headers=headers).text, True)

    def looks(self, path: str, text: str, asks: bool) -> None:
        page = html.fromstring(text)
        self.names |= set(page.xpath("//form[@method='post']//*/@name"))
        self.lacking += [f"{path} {field}" for field in unhelped(text)]
        if asks and not any(HELPDESK in link for link in page.xpath("//a/@href")):
            self.lacking.append(f"{path}: no question to the helpdesk")


def test_the_desk_of_draft_acts(app: Any) -> None:
    reader = Reader(app)
    shown = acts.opened()
    agency, publisher = shown["agency_id"], shown["publisher"]
    draft = acts.draft(publisher, agency)["number"]
    number = shown["number"]
    desk = f"/draft-act/desk/{draft}"
    reader.opens(
        publisher,
        *("/draft-act/desk/new", desk, f"{desk}/edit", f"{desk}/part", f"{desk}/part?eid=art_1", f"{desk}/import"),
    )
    said = acts.say(acts.citizen(), shown)
    acts.publish(said["id"])
    reader.opens(publisher, f"/draft-act/desk/{number}", f"/draft-act/desk/{number}/answers")
    reader.opens(acts.expert("chamber"), f"/draft-act/{number}", f"/draft-act/{number}/part/art_2")
    reader.opens(acts.citizen(), f"/draft-act/{number}/part/art_2", f"/draft-act/{number}/discussion", asks=False)
    acts.end(shown)
    acts.moving.advance()
    reader.opens(publisher, f"/draft-act/desk/{number}")
    acts.act("draft_act_version_create", publisher, id=shown["id"], parts=acts.text(*acts.ARTICLES[:2]))
    reader.opens(publisher, f"/draft-act/{number}/compare?after=2", f"/draft-act/desk/{number}")
    assert reader.lacking == []
    assert {"outcome", "note_ru", "starts_at", "reason_kk", "document_title_ru", "part_number"} <= reader.names
    assert {"wording", "quote", "channel", "attachments", "comment_id"} <= reader.names


def test_the_desk_of_programmes(app: Any) -> None:
    reader = Reader(app)
    here = programmes.ground()
    place = f"/budget_programme/{here.id}"
    reader.opens(here.head, "/budget_programme/new", f"{place}/desk", f"{place}/edit")
    here.step("open")
    said = here.comment("Почему так дорого?", "line:l1")
    reader.opens(here.head, f"{place}/desk")
    here.answer(said, "line:l1")
    here.close()
    reader.opens(here.head, f"{place}/desk", f"{place}/edit")
    here.step("pass_on")
    reader.opens(here.member, f"{place}/opinion")
    here.opine("against", remarks=[{"text": "Нет расчёта цены.", "anchor": "line:l1"}])
    reader.opens(here.head, f"{place}/desk", f"{place}/edit")
    here.step("reply", replies=[{"decision": "partly", "text": "Приложим расчёт."}])
    reader.opens(here.head, f"{place}/desk")
    here.step("approve", order_number="17", order_date="2026-01-02")
    reader.opens(here.head, f"{place}/desk")
    assert reader.lacking == []
    assert {"reply_text", "order_number", "because_source_passport", "remark_text", "verdict"} <= reader.names
    assert {"parent_id", "indicator_1_title_ru", "line_1_code", "line_1_gone"} <= reader.names


def test_the_desks_of_budgets_reports_and_audits(app: Any) -> None:
    lines.emptied()
    reader = Reader(app)
    agency, body = factories.Agency(), factories.Agency()
    head = programmes.officer(agency["id"], Role.HEAD, Role.PUBLISHER)
    lines.budget(owner_org=agency["id"])
    reader.opens(head, "/budget/desk/new", "/budget/desk/republican")
    wide = "functional.group,Расход 2024,Расход 2025,прочее\n04,1000.50,-,x\n05,200,3,y\n"
    reader.sends(head, "/budget/desk/republican", upload=(io.BytesIO(wide.encode()), "budget.csv"))
    raw = {"kind": "execution", "level": "local", "period": "2025", "title": {"ru": "Отчёт"}}
    report = programmes.act("budget_report_create", head, owner_org=agency["id"], **raw)["id"]
    reader.opens(head, "/budget_report/new", f"/budget_report/{report}/edit")
    reader.opens(core.Sysadmin()["name"], "/budget_report/calendar")
    auditor = programmes.officer(body["id"], Role.HEAD)
    raw = {"period_from": "2025-01-01", "period_until": "2025-12-31", "title": {"ru": "Аудит"}, "kind": "state_audit"}
    audit = programmes.act("audit_result_create", auditor, owner_org=body["id"], audited=agency["id"], **raw)["id"]
    found = {"object": {"ru": "Завышена цена"}, "violation": "procurement", "amount": "1000"}
    programmes.act("audit_finding_upsert", auditor, audit_id=audit, **found)
    reader.opens(auditor, "/audit_result/new", f"/audit_result/{audit}/edit", f"/audit_result/{audit}")
    assert reader.lacking == []
    assert {"descriptor", "role.0", "decimal", "row_1_planned", "duty", "audited", "evidence_url"} <= reader.names


def test_the_desk_of_evaluation(app: Any) -> None:
    reader = Reader(app)
    here = Evaluated()
    place = here.of(here.akimat)
    supervisor = here.supervisor["name"]
    act("public_service_create", here.author, owner_org="akimat", title={"ru": "Справка"}, online=True)
    reader.opens(here.author["name"], f"/evaluation/desk/{place}", "/evaluation/office")
    reader.opens(supervisor, "/evaluation/desk/periods", "/evaluation/desk/frameworks", f"/evaluation/desk/{place}")
    model.Session.get_one(Evaluation, place).state = "evaluation"
    model.Session.commit()
    reader.opens(here.evaluator["name"], f"/evaluation/desk/{place}")
    assert reader.lacking == []
    assert {"status", "reason", "url", "content", "starts_on", "standard_url", "reached", "number"} <= reader.names


def test_the_desk_of_tables(app: Any) -> None:
    reader = Reader(app)
    agency = factories.Agency()
    table = tables.register(agency)["resource_id"]
    editor = tables.officer(agency)["name"]
    granted = officers.Grant(model.User.get(editor).id, agency["id"], "data", Role.AUTHOR, officers.today())
    officers.grant([granted], actor=editor)
    model.Session.commit()
    reader.opens(editor, *(f"/template/{one}" for one in ("new", table, f"{table}/grid", f"{table}/structure")))
    assert reader.lacking == []
    assert {"external_id", "upload", "cell-1-code", "type-0", "shared"} <= reader.names
