"""Files of a case: drafts first, tied to their task when it is sent, seen by whom the case concerns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine import deployment, documents, history, instances, notes, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import CaseNotActive, InvalidInput, NotAllowed, NotFound, TaskNotOpen
from engine.identity import NOBODY, SYSTEM, Actor
from engine.model import BlobRow, DocumentRow
from engine.people import positions, users

PDF = b"%PDF-1.7\nsurat edaran\n"
As = Callable[[str], Actor]

DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:alur="urn:alur:bpmn:1">
  <bpmn:process id="letters" name="Letters" isExecutable="true" alur:owners="pengelola_sop">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="write"/>
    <bpmn:userTask id="write" name="Write" camunda:candidateGroups="kasubag_umum" camunda:formKey="letter">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="b" sourceRef="write" targetRef="sign"/>
    <bpmn:userTask id="sign" name="Sign" camunda:candidateGroups="camat">
      <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="c" sourceRef="sign" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""

FORM = {
    "id": "letter",
    "type": "default",
    "components": [
        {"id": "f1", "type": "textfield", "key": "subject", "label": "Subject"},
        {"id": "f2", "type": "filepicker", "key": "scans", "label": "Scans", "multiple": True, "accept": ".pdf,.png"},
    ],
}


@pytest.fixture
def task(office: Database, as_: As) -> int:
    """An open task of a case that the Kasubag Umum has started; the Camat comes next."""
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, DIAGRAM, {"letter": json.dumps(FORM)})
    with office.begin(as_("kasubag_umum")) as uow:
        task_id = instances.start(uow, "letters").task_id
    assert task_id is not None
    return task_id


def upload(office: Database, actor: Actor, task: int, name: str = "surat.pdf", content: bytes = PDF) -> str:
    with office.begin(actor) as uow:
        return documents.upload(uow, task, "scans", name, content, (".pdf", ".png")).id


def case_of(office: Database, task: int) -> int:
    with office.read(SYSTEM) as uow:
        return tasks.find(uow, task).instance_id


def blobs(office: Database) -> int:
    with office.read(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(BlobRow)) or 0


def later(clock: SetClock, days: int) -> None:
    clock.advance(timedelta(days=days))


@pytest.mark.both_databases
def test_an_uploaded_file_goes_with_its_task_and_is_seen_by_the_next_one(office: Database, as_: As, task: int) -> None:
    writer, camat = as_("kasubag_umum"), as_("camat")
    id = upload(office, writer, task)
    case = case_of(office, task)
    with office.read(writer) as uow:
        assert list(documents.drafts_of_task(uow, task)) == [id]
        assert documents.of_case(uow, case) == ()
    with office.begin(writer) as uow:
        tasks.complete(uow, task, {"subject": "Edaran", "scans": [id]})
    with office.read(camat) as uow:
        (view,) = documents.of_case(uow, case)
        assert (view.name, view.size, view.activity_name, view.uploaded_by_name) == (
            "surat.pdf",
            len(PDF),
            "Write",
            writer.name,
        )
        assert documents.open_document(uow, id) == (view, PDF)
        assert documents.files_of_case(uow, case)[id].media_type == "application/pdf"
        events = [e for e in history.of_case(uow, case) if e.kind == "document.attached"]
    assert [(e.person_name, e.position_key, e.data["name"]) for e in events] == [
        (writer.name, "kasubag_umum", "surat.pdf")
    ]


def test_a_draft_is_for_who_works_on_the_task_and_a_sent_one_for_readers_of_the_case(
    office: Database, as_: As, task: int
) -> None:
    writer = as_("kasubag_umum")
    id = upload(office, writer, task)
    for stranger in (as_("camat"), as_("lurah_jogoyudan"), NOBODY):
        with office.read(stranger) as uow, pytest.raises(NotFound):
            documents.open_document(uow, id)
    with office.begin(writer) as uow:
        tasks.complete(uow, task, {"subject": "Edaran", "scans": [id]})
    with office.read(as_("camat")) as uow:
        assert documents.open_document(uow, id)
    for stranger in (as_("lurah_jogoyudan"), NOBODY):
        with office.read(stranger) as uow:
            with pytest.raises(NotFound):
                documents.open_document(uow, id)
            with pytest.raises(NotFound):
                documents.of_case(uow, case_of(office, task))


def test_only_who_works_on_an_open_task_of_an_active_case_uploads(office: Database, as_: As, task: int) -> None:
    for stranger in (as_("camat"), as_("lurah_jogoyudan")):
        with pytest.raises(NotAllowed):
            upload(office, stranger, task)
    with pytest.raises(NotFound):
        upload(office, NOBODY, task)
    with office.begin(as_("pengelola_sop")) as uow:
        instances.suspend(uow, case_of(office, task), "Menunggu surat")
    with pytest.raises(CaseNotActive):
        upload(office, as_("kasubag_umum"), task)
    with office.begin(as_("pengelola_sop")) as uow:
        instances.activate(uow, case_of(office, task))
    with office.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, {"subject": "Edaran"})
    with pytest.raises(TaskNotOpen):
        upload(office, as_("kasubag_umum"), task)


def test_a_file_too_large_or_of_another_kind_is_refused(office: Database, as_: As, task: int) -> None:
    for name, content in (("a.pdf", b"%PDF-" + bytes(documents.LARGEST)), ("a.txt", b"text"), ("a.png", PDF)):
        with pytest.raises(InvalidInput) as refused:
            upload(office, as_("kasubag_umum"), task, name, content)
        assert refused.value.field == "file"
    assert blobs(office) == 0


def test_a_draft_the_sent_form_does_not_name_is_gone(office: Database, as_: As, task: int) -> None:
    writer = as_("kasubag_umum")
    kept, dropped = upload(office, writer, task), upload(office, writer, task, content=PDF + b"2")
    with office.begin(writer) as uow:
        tasks.complete(uow, task, {"scans": [kept]})
    with office.begin(SYSTEM) as uow:
        assert documents.sweep(uow) == 1
        assert [d.id for d in documents.of_case(uow, case_of(office, task))] == [kept]
        with pytest.raises(NotFound):
            documents.open_document(uow, dropped)
    assert blobs(office) == 1


@pytest.mark.both_databases
def test_a_content_is_kept_once_and_as_long_as_somebody_names_it(office: Database, as_: As, task: int) -> None:
    writer = as_("kasubag_umum")
    first, second = upload(office, writer, task), upload(office, writer, task, "salinan.pdf")
    assert blobs(office) == 1
    with office.begin(writer) as uow:
        documents.remove_draft(uow, first)
        documents.remove_draft(uow, first)
    with office.begin(SYSTEM) as uow:
        documents.sweep(uow)
    assert blobs(office) == 1
    with office.begin(writer) as uow:
        documents.remove_draft(uow, second)
    with office.begin(SYSTEM) as uow:
        documents.sweep(uow)
    assert blobs(office) == 0


def test_a_forgotten_draft_is_swept_and_one_that_saved_answers_name_stays(
    office: Database, as_: As, task: int, clock: SetClock
) -> None:
    writer = as_("kasubag_umum")
    named, forgotten = upload(office, writer, task), upload(office, writer, task)
    with office.begin(writer) as uow:
        tasks.save_draft(uow, task, {"subject": "Edaran", "scans": [named]})
    later(clock, 1)
    with office.begin(SYSTEM) as uow:
        assert documents.sweep(uow) == 0
    later(clock, 2)
    with office.begin(SYSTEM) as uow:
        assert documents.sweep(uow) == 1
        assert list(documents.drafts_of_task(uow, task)) == [named]
        assert uow.session.get(DocumentRow, forgotten) is None


def test_nobody_else_removes_a_draft_and_nobody_a_sent_document(office: Database, as_: As, task: int) -> None:
    writer = as_("kasubag_umum")
    id = upload(office, writer, task)
    with office.begin(as_("camat")) as uow, pytest.raises(NotFound):
        documents.remove_draft(uow, id)
    with office.begin(writer) as uow:
        tasks.complete(uow, task, {"scans": [id]})
        with pytest.raises(NotFound):
            documents.remove_draft(uow, id)


def test_a_task_that_changes_hands_keeps_its_drafts(office: Database, as_: As, task: int) -> None:
    id = upload(office, as_("kasubag_umum"), task)
    with office.begin(SYSTEM) as uow:
        position = next(p for p in positions.listing(uow) if p.key == "kasubag_umum")
        deputy = as_("kasi_pemerintahan").person_id
        assert deputy is not None
        positions.assign_holder(uow, position.id, deputy, kind="plh", starts_on=date(2026, 3, 1))
        acting = positions.actor_of(uow, deputy)
    with office.begin(acting) as uow:
        assert documents.open_document(uow, id)[1] == PDF
        tasks.complete(uow, task, {"scans": [id]})
    with office.read(as_("camat")) as uow:
        assert [d.id for d in documents.of_case(uow, case_of(office, task))] == [id]
        event = next(e for e in history.of_case(uow, case_of(office, task)) if e.kind == "document.attached")
    assert (event.position_key, event.acting) == ("kasubag_umum", "plh")


@pytest.mark.both_databases
def test_notes_are_written_and_read_by_readers_of_the_case_only(office: Database, as_: As, task: int) -> None:
    case = case_of(office, task)
    with office.begin(as_("kasubag_umum")) as uow:
        notes.add(uow, case, "  Surat menyusul.\r\nBesok. ")
        for text in ("", "   ", "x" * 4001):
            with pytest.raises(InvalidInput):
                notes.add(uow, case, text)
    with office.begin(as_("camat")) as uow:
        (note,) = notes.of_case(uow, case)
        assert (note.text, note.position_name) == ("Surat menyusul.\nBesok.", "Kasubag Umum dan Kepegawaian")
    with office.begin(as_("lurah_jogoyudan")) as uow:
        with pytest.raises(NotFound):
            notes.add(uow, case, "Halo")
        with pytest.raises(NotFound):
            notes.of_case(uow, case)


def test_an_ended_person_leaves_no_task_behind(office: Database, as_: As, task: int) -> None:
    writer = as_("kasubag_umum")
    with office.begin(writer) as uow:
        tasks.claim(uow, task)
    with office.begin(SYSTEM) as uow:
        assert writer.person_id is not None
        users.end(uow, writer.person_id)
        assert tasks.find(uow, task).assignee_id is None
