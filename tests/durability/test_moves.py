"""Running cases of the first procedure carried to later versions of it, at every one of its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from engine import cases, deployment, instances, jobs, task_page, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import CannotMove, CaseMovedOn, CaseNotActive, InvalidInput, NotAllowed, NotFound
from engine.identity import SYSTEM
from engine.model import (
    AlertRow,
    CaseState,
    DeadlineRow,
    HistoryRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    SubmissionRow,
    TaskRow,
    TaskState,
)
from engine.moving import imprints, migration, move_plan
from engine.moving.move_plan import Plan
from engine.worker import Worker
from tests import answers
from tests.durability.furnished import COMPLETE, PROCESS, World, open_task, send
from tests.durability.invariants import broken_rules
from tests.durability.test_concurrency import at_once
from tests.durability.variants import (
    ACCEPTED,
    SOURCE,
    Variant,
    changed,
    longer,
    with_other_ids,
    with_other_lanes,
    without_deadline,
)
from tests.engine.spiff.drawing import draw
from tests.office import ADMINISTRATOR, person

REASON = "SOP diperbaiki."
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "terima_permintaan": answers.PERMINTAAN,
    "teruskan_surat": answers.PENERUSAN,
    "disposisi": answers.DISPOSISI,
    "gabungkan_draf": answers.DRAF,
    "periksa_kelengkapan": answers.checked(COMPLETE, order=list(answers.UNITS)),
    "susun_dokumen": answers.DOKUMEN,
    "sampaikan_dokumen": answers.PENYAMPAIAN,
    "periksa_akhir": {},
}


def plan(database: Database, mapping: Mapping[str, str] | None = None) -> Plan:
    with database.read(person(database, "pengelola_sop")) as uow:
        return move_plan.plan(uow, PROCESS, mapping=mapping)


def move(database: Database, case: int, to: int, mapping: Mapping[str, str] | None = None) -> None:
    with database.begin(person(database, "pengelola_sop")) as uow:
        migration.move(uow, case, to, mapping or {}, REASON)


def undo(database: Database, case: int) -> None:
    with database.begin(person(database, "pengelola_sop")) as uow:
        migration.undo(uow, case)


def rows(database: Database, case: int) -> imprints.Imprint:
    with database.read(SYSTEM) as uow:
        return imprints.take(uow, case)


def finish(database: Database, case: int) -> list[str]:
    """Send one open task after another until the case has ended; which activities were done, oldest first."""
    done = []
    with database.begin(person(database, "pengelola_sop")) as uow:
        if uow.session.get_one(InstanceRow, case).state == CaseState.SUSPENDED:
            instances.activate(uow, case)
    for _ in range(40):
        with database.read(SYSTEM) as uow:
            row = uow.session.scalars(
                select(TaskRow).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN).order_by(TaskRow.id)
            ).first()
            if row is None:
                assert uow.session.get_one(InstanceRow, case).state == CaseState.COMPLETED
                return done
            task, activity, group, item = row.id, row.activity_id.removesuffix("_baru"), row.candidate_group, row.item
        raw = answers.unit_data(item or "") if activity == "isi_data_unit" else ANSWERS[activity]
        with database.begin(person(database, group or "")) as uow:
            tasks.complete(uow, task, raw, confirm_same_case=True)
        done.append(activity)
    raise AssertionError(f"case {case} never ends")


@pytest.mark.parametrize("kind", ACCEPTED)
def test_cases_at_every_step_follow_the_new_version_and_are_finished_in_it(
    kind: str, database: Database, world: World
) -> None:
    variant = ACCEPTED[kind]()
    view = variant.publish(database)
    planned = plan(database, variant.mapping)
    assert {case.verdict for case in planned.cases} == {"moves"}
    assert {case.instance_id for case in planned.cases} == set(world.cases.values())
    for case in world.cases.values():
        move(database, case, view.id, variant.mapping)
    assert not broken_rules(database)
    with database.read(SYSTEM) as uow:
        assert set(uow.session.scalars(select(InstanceRow.definition_id))) == {view.id}
    assert {case.verdict for case in plan(database).cases} == {"stays"}
    for name, case in world.cases.items():
        done = finish(database, case)
        assert done[-1] == "sampaikan_dokumen", name
    Worker(database).run_once()
    assert not broken_rules(database)


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ACCEPTED)
def test_undoing_a_move_puts_every_row_back(kind: str, database: Database, world: World) -> None:
    variant = ACCEPTED[kind]()
    view = variant.publish(database)
    for name, case in world.cases.items():
        if name == "broken":  # its timer is overdue: that fires first, and is no part of the move
            continue
        before = rows(database, case)
        move(database, case, view.id, variant.mapping)
        assert rows(database, case) != before
        undo(database, case)
        assert rows(database, case) == before
    assert not broken_rules(database)
    with database.read(SYSTEM) as uow:
        told = uow.session.scalars(select(HistoryRow.kind).where(HistoryRow.instance_id == world.cases["to_check"]))
        assert [kind for kind in told if kind.startswith("case.mov")] == ["case.moved", "case.move_undone"]


@pytest.mark.both_databases
def test_a_deadline_is_counted_again_from_its_own_start(database: Database, world: World, clock: SetClock) -> None:
    case = world.cases["to_check"]
    (old,) = deadlines(database, case)
    view = longer().publish(database)
    clock.advance(timedelta(hours=3))
    (planned,) = [one for one in plan(database).cases if one.instance_id == case]
    move(database, case, view.id)
    (new,) = deadlines(database, case)
    with database.read(SYSTEM) as uow:
        open_task_due = select(TaskRow.due_at).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
        due_at = uow.session.scalars(open_task_due).one()
        fires_at = uow.session.scalars(select(JobRow.due_at).where(JobRow.key == new.timer_key)).one()
    assert new.started_at == old.started_at
    assert new.duration == "P5D"
    assert new.due_at - old.due_at == timedelta(days=1)
    assert new.ledger["recounted"]["before"] == old.due_at.isoformat()
    assert (due_at, fires_at) == (new.due_at, new.due_at)
    (due,) = planned.dues
    assert (due.before, due.after, due.passed) == (old.due_at, new.due_at, False)


def deadlines(database: Database, case: int) -> list[DeadlineRow]:
    """The standard times of what is open in a case."""
    with database.read(SYSTEM) as uow:
        found = select(DeadlineRow).where(DeadlineRow.instance_id == case, DeadlineRow.ended_at.is_(None))
        rows = list(uow.session.scalars(found.order_by(DeadlineRow.id)))
        uow.session.expunge_all()
        return rows


def test_a_standard_time_that_has_passed_does_not_pass_again(database: Database, world: World, clock: SetClock) -> None:
    case = world.cases["late"]
    before = alerts_of(database, case)
    view = longer().publish(database)
    (due,) = next(one for one in plan(database).cases if one.instance_id == case).dues
    assert due.passed
    move(database, case, view.id)
    clock.advance(timedelta(days=30))
    Worker(database).run_once()
    assert len(before) == 1 and alerts_of(database, case) == before


def alerts_of(database: Database, case: int) -> list[tuple[int, str, str]]:
    with database.read(SYSTEM) as uow:
        found = select(AlertRow.id, AlertRow.activity_id, AlertRow.state).where(AlertRow.instance_id == case)
        return [(id, activity, state) for id, activity, state in uow.session.execute(found.order_by(AlertRow.id))]


def test_a_time_that_is_over_by_the_new_rule_raises_its_alert_at_once(
    database: Database, world: World, clock: SetClock
) -> None:
    case = world.cases["to_write"]
    view = Variant(changed((">P7D<", ">P1D<"))).publish(database)
    clock.advance(timedelta(days=3))
    (due,) = next(one for one in plan(database).cases if one.instance_id == case).dues
    assert due.passed
    move(database, case, view.id)
    assert alerts_of(database, case) == []
    Worker(database).run_once()
    assert [activity for _, activity, _ in alerts_of(database, case)] == ["susun_dokumen"]


def test_what_fell_due_before_the_move_is_not_forgotten(database: Database, world: World, clock: SetClock) -> None:
    case = world.cases["to_write"]
    view = longer().publish(database)
    clock.advance(timedelta(days=60))
    move(database, case, view.id)
    assert [activity for _, activity, _ in alerts_of(database, case)] == ["susun_dokumen"]


def test_drafts_and_claims_survive_where_the_lane_stays(database: Database, world: World) -> None:
    case = world.cases["to_write"]
    task = open_task(database, case, "susun_dokumen")
    with database.begin(person(database, "kasubag_keuangan")) as uow:
        tasks.save_draft(uow, task, {"catatan": "Setengah jalan."})
    variant = with_other_ids()
    view = variant.publish(database)
    move(database, case, view.id, variant.mapping)
    with database.read(SYSTEM) as uow:
        row = uow.session.get_one(TaskRow, task)
        assert row.draft is not None and row.draft["catatan"] == "Setengah jalan."
        assert row.assignee_id == world.people["kasubag_keuangan"]
        assert row.activity_id == "susun_dokumen_baru"


def test_who_holds_no_post_of_the_new_lane_gives_the_task_back(database: Database, world: World) -> None:
    case = world.cases["taken"]
    view = with_other_lanes().publish(database)
    (change,) = next(one for one in plan(database).cases if one.instance_id == case).tasks
    assert (change.position, change.position_after) == ("Kasubag Umum dan Kepegawaian", "Sekretaris Kecamatan")
    assert change.released and change.assignee == "Orang Kasubag Umum dan Kepegawaian"
    move(database, case, view.id)
    with database.read(SYSTEM) as uow:
        row = uow.session.get_one(TaskRow, open_task(database, case, "terima_permintaan"))
        assert (row.assignee_id, row.candidate_group) == (None, "sekretaris_kecamatan")


def test_what_was_sent_before_is_found_under_the_new_id(database: Database, world: World) -> None:
    case = world.cases["to_check"]
    variant = with_other_ids()
    view = variant.publish(database)
    move(database, case, view.id, variant.mapping)
    with database.read(SYSTEM) as uow:
        sent = set(uow.session.scalars(select(SubmissionRow.activity_id).where(SubmissionRow.instance_id == case)))
    assert "isi_data_unit_baru" in sent and "isi_data_unit" not in sent
    returned = answers.checked({**COMPLETE, answers.UNITS[0]: "Lengkapi."}, order=list(answers.UNITS))
    send(database, case, "periksa_kelengkapan_baru", "sekretaris_kecamatan", returned)
    with database.read(SYSTEM) as uow:
        again = uow.session.scalars(
            select(TaskRow).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
        ).one()
        assert (again.activity_id, again.round, again.returned) == ("isi_data_unit_baru", 2, True)


def test_an_answer_given_before_anybody_asked_for_it_decides_in_the_new_version(
    database: Database, world: World
) -> None:
    case = world.cases["to_check"]
    view = Variant(changed((">semua_lengkap<", ">semua_lengkap and perihal == 'lain'<"))).publish(database)
    move(database, case, view.id)
    with database.read(SYSTEM) as uow:
        assert uow.session.get_one(InstanceRow, case).variables["perihal"] == answers.PERMINTAAN["perihal"]
    send(database, case, "periksa_kelengkapan", "sekretaris_kecamatan", ANSWERS["periksa_kelengkapan"])
    with database.read(SYSTEM) as uow:
        activities = uow.session.get_one(InstanceRow, case).activities
    assert "siapkan_data" in {one["activity_id"] for one in activities}


def test_a_step_that_is_gone_blocks_its_cases_and_says_what_may_replace_it(database: Database, world: World) -> None:
    variant = ACCEPTED["removed step"]()
    view = variant.publish(database)
    planned = plan(database)
    blocked = [case for case in planned.cases if case.verdict == "blocked"]
    assert [case.instance_id for case in blocked] == [world.cases["to_write"]]
    (reason,) = blocked[0].reasons
    assert (reason.rule, reason.element) == ("gone", "susun_dokumen")
    assert reason.remedy and reason.name.startswith("Melakukan persiapan")
    (gone,) = planned.gone
    assert gone.element == "susun_dokumen" and "sampaikan_dokumen" in dict(gone.choices)
    before = rows(database, world.cases["to_write"])
    with pytest.raises(CannotMove):
        move(database, world.cases["to_write"], view.id)
    assert rows(database, world.cases["to_write"]) == before
    move(database, world.cases["to_write"], view.id, {"susun_dokumen": "sampaikan_dokumen"})
    assert finish(database, world.cases["to_write"]) == ["sampaikan_dokumen"]


def test_what_was_done_in_a_step_that_is_gone_can_still_be_read(database: Database, world: World) -> None:
    case = world.cases["to_deliver"]
    view = ACCEPTED["removed step"]().publish(database)
    move(database, case, view.id)
    owner = person(database, "pengelola_sop")
    with database.read(owner) as uow:
        page = cases.get(uow, case)
        (done,) = [task for task in page.tasks if task.activity_id == "susun_dokumen"]
        (sent,) = [sent for sent in page.submissions if sent.activity_id == "susun_dokumen"]
        (due,) = [deadline for deadline in page.deadlines if deadline.activity_id == "susun_dokumen"]
        opened = task_page.get(uow, done.id)
    assert sent.activity_name == due.activity_name == page.names["susun_dokumen"] == opened.node.name
    assert sent.form is not None and sent.form.key == opened.form.key == "dokumen_kinerja"
    assert sent.values["tautan_laporan"] == answers.DOKUMEN["tautan_laporan"]


def test_a_case_that_came_to_rest_after_its_move_rests_on_when_it_is_put_back(
    database: Database, world: World, clock: SetClock
) -> None:
    case = world.cases["to_write"]
    view = Variant(without_deadline("susun_dokumen")).publish(database)
    move(database, case, view.id)
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.suspend(uow, case, "Menunggu.")
    undo(database, case)
    clock.advance(timedelta(days=60))
    Worker(database).run_once()
    assert alerts_of(database, case) == []
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.activate(uow, case)
    assert [activity for _, activity, _ in alerts_of(database, case)] == ["susun_dokumen"]


def test_a_move_can_be_undone_until_the_case_goes_on(database: Database, world: World) -> None:
    case = world.cases["to_write"]
    view = longer().publish(database)
    with pytest.raises(CaseMovedOn):
        undo(database, case)
    move(database, case, view.id)
    assert next(one for one in plan(database).cases if one.instance_id == case).undoable
    send(database, case, "susun_dokumen", "kasubag_keuangan", answers.DOKUMEN)
    assert not next(one for one in plan(database).cases if one.instance_id == case).undoable
    with pytest.raises(CaseMovedOn):
        undo(database, case)


def test_what_people_did_meanwhile_survives_undoing(database: Database, world: World) -> None:
    case = world.cases["to_write"]
    view = longer().publish(database)
    move(database, case, view.id)
    task = open_task(database, case, "susun_dokumen")
    with database.begin(person(database, "kasubag_keuangan")) as uow:
        tasks.save_draft(uow, task, {"catatan": "Sesudah pindah."})
    undo(database, case)
    with database.read(SYSTEM) as uow:
        row = uow.session.get_one(TaskRow, task)
        assert row.draft is not None and row.draft["catatan"] == "Sesudah pindah."
        assert row.assignee_id == world.people["kasubag_keuangan"]


def test_only_owners_and_administrators_plan_move_and_undo(database: Database, world: World) -> None:
    case = world.cases["to_write"]
    view = longer().publish(database)
    for position in ("camat", "kasubag_keuangan"):
        actor = person(database, position)
        with database.read(actor) as uow, pytest.raises(NotAllowed):
            move_plan.plan(uow, PROCESS)
        with pytest.raises(NotAllowed), database.begin(actor) as uow:
            migration.move(uow, case, view.id, {}, REASON)
        with pytest.raises(NotAllowed), database.begin(actor) as uow:
            migration.undo(uow, case)
    with pytest.raises(NotFound), database.begin(person(database, "lurah_kepuharjo")) as uow:
        migration.move(uow, case, view.id, {}, REASON)
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        migration.move(uow, case, view.id, {}, REASON)


def test_a_move_needs_a_reason_and_a_running_case_of_the_same_process(database: Database, world: World) -> None:
    view = longer().publish(database)
    case = world.cases["to_write"]
    with pytest.raises(InvalidInput), database.begin(person(database, "pengelola_sop")) as uow:
        migration.move(uow, case, view.id, {}, "  ")
    with pytest.raises(InvalidInput):
        move(database, case, view.id, {"susun_dokumen": "sampaikan_dokumen"})
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.cancel(uow, case, "Tidak jadi.")
    with pytest.raises(CaseNotActive):
        move(database, case, view.id)


def test_the_history_says_who_moved_the_case_and_why(database: Database, world: World) -> None:
    case = world.cases["at_units"]
    view = longer().publish(database)
    move(database, case, view.id)
    with database.read(SYSTEM) as uow:
        event = uow.session.scalars(
            select(HistoryRow).where(HistoryRow.instance_id == case, HistoryRow.kind == "case.moved")
        ).one()
        uow.session.expunge_all()
    assert (event.person_name, event.position_name) == ("Orang Pengelola SOP", "Pengelola SOP")
    assert event.data == {"from_version": 1, "to_version": 2, "reason": REASON}


def test_a_standard_time_that_is_new_counts_from_when_the_step_was_entered(
    database: Database, world: World, clock: SetClock
) -> None:
    case = world.cases["to_write"]
    with database.read(SYSTEM) as uow:
        entered = uow.session.get_one(TaskRow, open_task(database, case, "susun_dokumen")).created_at
    (old,) = deadlines(database, case)
    without = Variant(without_deadline("susun_dokumen")).publish(database)
    move(database, case, without.id)
    assert deadlines(database, case) == []
    with database.read(SYSTEM) as uow:
        assert uow.session.get_one(TaskRow, open_task(database, case, "susun_dokumen")).due_at is None
    clock.advance(timedelta(days=1))
    again = Variant(SOURCE.replace(">P7D<", ">P6D<")).publish(database)
    move(database, case, again.id)
    (new,) = deadlines(database, case)
    assert new.started_at == entered == old.started_at
    assert new.duration == "P6D"
    assert not broken_rules(database)


@pytest.mark.both_databases
def test_people_work_on_while_their_case_is_moved(database: Database, world: World) -> None:
    case = world.cases["at_units"]
    view = longer().publish(database)

    def answer(unit: str) -> object:
        return send(database, case, "isi_data_unit", unit, answers.unit_data(unit))

    acts: list[Callable[[], object]] = [partial(answer, unit) for unit in answers.UNITS]
    acts.insert(2, lambda: move(database, case, view.id))
    outcomes = at_once(*acts)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert not broken_rules(database)
    with database.read(SYSTEM) as uow:
        assert uow.session.get_one(InstanceRow, case).definition_id == view.id
    (due,) = deadlines(database, case)
    assert due.duration == "P5D"
    assert finish(database, case)[0] == "gabungkan_draf"


@pytest.mark.both_databases
def test_two_owners_who_move_and_undo_at_once_leave_a_whole_case(database: Database, world: World) -> None:
    case = world.cases["to_check"]
    view = longer().publish(database)
    before = rows(database, case)
    acts = [lambda: move(database, case, view.id)] * 2 + [lambda: undo(database, case)] * 2
    at_once(*acts)
    assert not broken_rules(database)
    with database.read(SYSTEM) as uow:
        version = uow.session.get_one(InstanceRow, case).definition_id
    assert (version == view.id) != (rows(database, case) == before)


FAILING = """
start s
user a
boundary late at=a after=PT5M
xor g
end e1
end e2
end f
s > a
a > f
late > g
g > e1 if missing
g > e2 else
"""


def test_a_case_that_fails_in_its_version_is_helped_by_a_better_one(
    database: Database, world: World, clock: SetClock
) -> None:
    owner = person(database, "pengelola_sop")
    with database.begin(owner) as uow:
        deployment.deploy(uow, draw(FAILING, owners="pengelola_sop"), {})
        case = instances.start(uow, "p").instance_id
    for _ in range(jobs.RETRIES):
        clock.advance(timedelta(minutes=10))
        Worker(database).run_once()
    assert incidents_of(database, case) == [False]
    with database.begin(owner) as uow:
        better = deployment.deploy(uow, draw(FAILING.replace("if missing", "if 1 == 2"), owners="pengelola_sop"), {})
    with database.begin(owner) as uow:
        migration.move(uow, case, better.id, {}, REASON)
    assert incidents_of(database, case) == [True]
    assert alerts_of(database, case) == []
    Worker(database).run_once()
    assert [activity for _, activity, _ in alerts_of(database, case)] == ["a"]
    assert not broken_rules(database)


def incidents_of(database: Database, case: int) -> list[bool]:
    """Whether each incident of a case is resolved."""
    with database.read(SYSTEM) as uow:
        found = uow.session.scalars(select(IncidentRow.resolved_at).where(IncidentRow.instance_id == case))
        return [at is not None for at in found]
