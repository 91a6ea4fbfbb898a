"""Who may take, hold, hand on and send a task; what happens when two are at it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine import cases, deployment, history, instances, procedures, task_page, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import (
    CaseNotActive,
    InvalidVariables,
    NotAllowed,
    NotFound,
    SameCaseExists,
    TaskAlreadyClaimed,
    TaskNotOpen,
)
from engine.identity import NOBODY, SYSTEM, Actor, HoldingKind
from engine.inbox import inbox
from engine.people import positions, users
from engine.worker import Worker
from tests import answers
from tests.engine.test_procedure import As, begin, mine, procedure, send, to_the_check, to_the_units

__all__ = ["procedure"]


def first_task(database: Database, as_: As) -> int:
    begin(database, as_)
    (task,) = mine(database, as_("kasubag_umum"))
    return task.id


def second_holder(database: Database, as_: As, position: str, *, kind: HoldingKind = HoldingKind.HOLDER) -> Actor:
    """Another person in a position that already has a holder."""
    with database.begin(as_("administrator")) as uow:
        place = next(p for p in positions.listing(uow) if p.key == position)
        someone = users.create(uow, username=f"kedua_{position}", name="Orang Kedua", demo=True)
        positions.assign_holder(
            uow,
            place.id,
            someone.id,
            kind=kind,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            order_number="7",
        )
    with database.read(SYSTEM) as uow:
        return positions.actor_of(uow, someone.id)


def test_only_the_position_of_the_lane_can_send_the_task(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    with pytest.raises(NotAllowed), procedure.begin(as_("sekretaris_kecamatan")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    with pytest.raises(NotFound), procedure.begin(as_("lurah_rogotrunan")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)


def test_who_has_not_signed_in_finds_no_task(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    with pytest.raises(NotFound), procedure.read(NOBODY) as uow:
        task_page.get(uow, task)


def test_whoever_takes_a_shared_task_first_has_it_and_the_other_is_told_who(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    other = second_holder(procedure, as_, "kasubag_umum")
    with procedure.read(other) as uow:
        assert [t.id for t in inbox(uow, scope="unit").items] == [task]
    with procedure.begin(as_("kasubag_umum")) as uow:
        tasks.claim(uow, task)
    with procedure.read(other) as uow:
        assert inbox(uow, scope="unit").total == 0
    for take in (tasks.claim, lambda uow, task: tasks.complete(uow, task, answers.PERMINTAAN)):
        with pytest.raises(TaskAlreadyClaimed) as caught, procedure.begin(other) as uow:
            take(uow, task)
        assert caught.value.by == as_("kasubag_umum").name
    with pytest.raises(NotAllowed), procedure.begin(other) as uow:
        tasks.unclaim(uow, task)
    with procedure.begin(as_("kasubag_umum")) as uow:
        tasks.unclaim(uow, task)
    with procedure.begin(other) as uow:
        tasks.claim(uow, task)


def test_a_draft_stays_with_a_task_that_is_put_back(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    other = second_holder(procedure, as_, "kasubag_umum")
    with procedure.begin(as_("kasubag_umum")) as uow:
        tasks.save_draft(uow, task, {"nomor_surat": "005/12"})
        tasks.unclaim(uow, task)
    with procedure.begin(other) as uow:
        tasks.claim(uow, task)
        assert task_page.get(uow, task).raw["nomor_surat"] == "005/12"


def test_a_repeated_post_says_it_was_already_sent(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    with procedure.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    with pytest.raises(TaskNotOpen) as caught, procedure.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    assert caught.value.by_actor


@pytest.mark.both_databases
def test_of_two_who_send_at_once_one_wins_and_the_case_moves_once(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    people = [as_("kasubag_umum"), second_holder(procedure, as_, "kasubag_umum")]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def send_it(actor: Actor) -> None:
        start.wait()
        try:
            with procedure.begin(actor) as uow:
                tasks.complete(uow, task, answers.PERMINTAAN)
            outcomes.append("sent")
        except TaskNotOpen as told:
            outcomes.append(f"told: {told.by}")

    threads = [threading.Thread(target=send_it, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(o.split(":")[0] for o in outcomes) == ["sent", "told"]
    with procedure.read(SYSTEM) as uow:
        page = cases.get(uow, 1)
    assert [e.kind for e in page.history].count("task.completed") == 1
    assert [t.activity_id for t in page.tasks if t.state == "open"] == ["teruskan_surat"]


def test_refused_answers_change_nothing_and_name_every_field(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    with pytest.raises(InvalidVariables) as caught, procedure.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, {**answers.PERMINTAAN, "nomor_surat": " ", "triwulan": "V"})
    assert {p.path for p in caught.value.problems} == {"nomor_surat", "triwulan"}
    assert caught.value.raw["perihal"] == answers.PERMINTAAN["perihal"]
    assert [t.id for t in mine(procedure, as_("kasubag_umum"))] == [task]


def test_a_draft_survives_until_the_task_is_sent(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    with procedure.begin(as_("kasubag_umum")) as uow:
        tasks.save_draft(uow, task, {"nomor_surat": "12/2026", "tahun": "dua ribu"})
    with procedure.read(as_("kasubag_umum")) as uow:
        page = task_page.get(uow, task)
    assert (page.raw["nomor_surat"], page.raw["tahun"]) == ("12/2026", "dua ribu")
    assert page.draft_at is not None


def test_a_second_case_for_the_same_letter_is_warned_about_and_may_be_confirmed(procedure: Database, as_: As) -> None:
    first = begin(procedure, as_)
    send(procedure, as_("kasubag_umum"), "terima_permintaan", answers.PERMINTAAN)
    task = first_task(procedure, as_)
    with pytest.raises(SameCaseExists) as caught, procedure.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    assert caught.value.instance_id == first
    with procedure.begin(as_("kasubag_umum")) as uow:
        assert tasks.complete(uow, task, answers.PERMINTAAN, confirm_same_case=True).title == "Data Kinerja TW I 2026"


def test_a_letter_whose_case_was_cancelled_may_be_recorded_again(procedure: Database, as_: As) -> None:
    first = begin(procedure, as_)
    send(procedure, as_("kasubag_umum"), "terima_permintaan", answers.PERMINTAAN)
    with procedure.begin(as_("pengelola_sop")) as uow:
        instances.cancel(uow, first, "Salah mencatat triwulan.")
    task = first_task(procedure, as_)
    with procedure.begin(as_("kasubag_umum")) as uow:
        assert tasks.complete(uow, task, answers.PERMINTAAN).title == "Data Kinerja TW I 2026"


def test_a_superior_hands_a_late_task_to_somebody_else(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    other = as_("kasubag_keuangan")
    with pytest.raises(NotAllowed), procedure.begin(as_("kasubag_umum")) as uow:
        tasks.assign(uow, task, other.person_id or 0)
    with procedure.begin(as_("sekretaris_kecamatan")) as uow:
        tasks.assign(uow, task, other.person_id or 0)
    with procedure.begin(other) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    with procedure.read(as_("camat")) as uow:
        events = [e for e in history.of_case(uow, 1) if e.kind in ("task.assigned", "task.completed")]
    assert [(e.kind, e.position_name) for e in events] == [
        ("task.assigned", "Sekretaris Kecamatan"),
        ("task.completed", "Kasubag Keuangan"),
    ]


def test_who_acts_for_an_absent_holder_takes_over_and_history_says_so(procedure: Database, as_: As) -> None:
    to_the_check(procedure, as_)
    (task,) = mine(procedure, as_("sekretaris_kecamatan"))
    with procedure.begin(as_("sekretaris_kecamatan")) as uow:
        tasks.claim(uow, task.id)
    acting = second_holder(procedure, as_, "sekretaris_kecamatan", kind=HoldingKind.PLH)
    with procedure.read(acting) as uow:
        (seen,) = inbox(uow, scope="unit").items
    assert (seen.id, seen.acting) == (task.id, "plh")
    with procedure.begin(acting) as uow:
        results: dict[str, str | None] = dict.fromkeys(answers.UNITS)
        tasks.complete(uow, task.id, answers.checked(results, order=list(answers.UNITS)))
    with procedure.read(as_("camat")) as uow:
        (done,) = [e for e in history.of_case(uow, 1) if e.kind == "task.completed" and e.task_id == task.id]
    assert (done.person_name, done.position_name, done.acting) == ("Orang Kedua", "Sekretaris Kecamatan", "plh")


def test_a_vacant_position_leaves_its_tasks_to_the_process_owner(procedure: Database, as_: As) -> None:
    to_the_units(procedure, as_)
    with procedure.begin(as_("administrator")) as uow:
        place = next(p for p in positions.listing(uow) if p.key == "lurah_rogotrunan")
        positions.end_holding(uow, place.holders[0].holding_id, date(2026, 3, 9))
    with procedure.read(as_("pengelola_sop")) as uow:
        waiting = inbox(uow, scope="unit").items
    assert [t.item_label for t in waiting] == ["Lurah Rogotrunan"]
    with procedure.begin(as_("pengelola_sop")) as uow:
        tasks.complete(uow, waiting[0].id, answers.unit_data("rogotrunan"))


def test_a_task_of_somebody_who_left_the_post_goes_back_to_the_unit(procedure: Database, as_: As) -> None:
    task = first_task(procedure, as_)
    gone = as_("kasubag_umum")
    with procedure.begin(gone) as uow:
        tasks.save_draft(uow, task, {"nomor_surat": "12/2026"})
    successor = second_holder(procedure, as_, "kasubag_umum")
    with procedure.begin(as_("administrator")) as uow:
        place = next(p for p in positions.listing(uow) if p.key == "kasubag_umum")
        old = next(h for h in place.holders if h.person_id == gone.person_id)
        positions.end_holding(uow, old.holding_id, date(2026, 3, 9))
    with procedure.read(successor) as uow:
        assert [t.id for t in inbox(uow, scope="unit").items] == [task]
    with pytest.raises((NotAllowed, NotFound)), procedure.begin(_today(procedure, gone)) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    with procedure.begin(successor) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)


def _today(database: Database, actor: Actor) -> Actor:
    with database.read(SYSTEM) as uow:
        return positions.actor_of(uow, actor.person_id or 0)


def test_nobody_works_on_a_suspended_case_and_what_fell_due_fires_when_it_goes_on(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    task = first_task(procedure, as_)
    with pytest.raises(NotAllowed), procedure.begin(as_("kasubag_umum")) as uow:
        instances.suspend(uow, 1, "Menunggu surat asli")
    with procedure.begin(as_("pengelola_sop")) as uow:
        instances.suspend(uow, 1, "Menunggu surat asli")
    clock.advance(timedelta(hours=1))
    assert Worker(procedure).run_once() == 0
    assert mine(procedure, as_("kasubag_umum")) == ()
    with pytest.raises(CaseNotActive), procedure.begin(as_("kasubag_umum")) as uow:
        tasks.complete(uow, task, answers.PERMINTAAN)
    with procedure.begin(as_("pengelola_sop")) as uow:
        instances.activate(uow, 1)
    with procedure.read(as_("camat")) as uow:
        kinds = [e.kind for e in history.of_case(uow, 1)]
    assert kinds[-3:] == ["case.suspended", "case.activated", "alert.opened"]


def test_a_cancelled_case_keeps_its_facts_and_asks_nothing_more(procedure: Database, as_: As, clock: SetClock) -> None:
    to_the_units(procedure, as_)
    with procedure.begin(as_("pengelola_sop")) as uow:
        instances.cancel(uow, 1, "Surat ditarik Bappeda")
    assert all(mine(procedure, as_(unit)) == () for unit in answers.UNITS)
    clock.advance(timedelta(days=30))
    assert Worker(procedure).run_once() == 0
    with procedure.read(as_("camat")) as uow:
        page = cases.get(uow, 1)
    assert (page.state, page.reason) == ("cancelled", "Surat ditarik Bappeda")
    assert len(page.submissions) == 3


def test_a_confidential_case_vanishes_from_everybody_elses_list_and_search(procedure: Database, as_: As) -> None:
    begin(procedure, as_)
    send(procedure, as_("kasubag_umum"), "terima_permintaan", {**answers.PERMINTAAN, "sifat": "rahasia"})
    begin(procedure, as_)

    def listed(position: str) -> list[tuple[str, bool]]:
        with procedure.read(as_(position)) as uow:
            return [(c.title, c.may_open) for c in cases.listing(uow).items]

    public, secret = "Pengumpulan Data Kinerja", "Data Kinerja TW I 2026"
    assert listed("lurah_jogoyudan") == [(public, False)]
    assert listed("camat") == [(public, True), (secret, True)]
    with procedure.read(as_("lurah_jogoyudan")) as uow:
        assert cases.listing(uow, query="TW I").total == 0
        with pytest.raises(NotFound):
            cases.get(uow, 1)


def test_an_owner_may_not_deploy_what_another_owns(procedure: Database, as_: Callable[[str], Actor]) -> None:
    with procedure.read(SYSTEM) as uow:
        page = procedures.get(uow, "pengumpulan_data_kinerja")
    with pytest.raises(NotAllowed), procedure.begin(as_("camat")) as uow:
        deployment.deploy(uow, page.diagram.xml, {})


def test_whoever_an_alert_reached_can_hand_the_late_work_to_somebody(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    to_the_units(procedure, as_)
    (task,) = mine(procedure, as_("lurah_rogotrunan"))
    helper = as_("kasubag_keuangan").person_id or 0
    with pytest.raises(NotAllowed), procedure.begin(as_("sekretaris_kecamatan")) as uow:
        tasks.assign(uow, task.id, helper)
    clock.advance(timedelta(days=14))
    Worker(procedure).run_once()
    with procedure.begin(as_("sekretaris_kecamatan")) as uow:
        tasks.assign(uow, task.id, helper)
