"""The lists of open tasks say what the rule about one task says, and what is kept of an office is never old."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import inbox, instances, office, performers, seeds
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import CandidateRow, PersonRow, PositionRow, TaskRow
from engine.people import positions
from tests.office import ADMINISTRATOR, person

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("kasubag_umum", "sekretaris_kecamatan", "camat", ADMINISTRATOR)


@pytest.mark.both_databases
def test_the_lists_hold_exactly_what_the_rule_about_one_task_says(office: Database) -> None:
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    with office.begin(person(office, "kasubag_umum")) as uow:
        case = instances.start(uow, "pengumpulan_data_kinerja").instance_id
    with office.begin(person(office, ADMINISTRATOR)) as uow:
        keys = {row.key: row.id for row in uow.session.scalars(select(PositionRow))}
        people = {row.username: row.id for row in uow.session.scalars(select(PersonRow))}
        shared, vacant = keys["kasi_pemerintahan"], keys["lurah_jogoyudan"]
        for name, position, kind in (
            ("kasubag_umum", shared, "plt"),
            ("sekretaris_kecamatan", keys["camat"], "plh"),
        ):
            positions.assign_holder(uow, position, people[name], kind=kind, starts_on=date(2026, 3, 1))
        for holding in positions.get(uow, vacant).holdings:
            positions.end_holding(uow, holding.holding_id, date(2026, 3, 1))
    with office.begin(SYSTEM) as uow:
        groups = ("kasubag_umum", "kasi_pemerintahan", "camat", "lurah_jogoyudan", None)
        assignees = (None, people["kasubag_umum"], people["camat"])
        for n, (group, assignee, owner) in enumerate(product(groups, assignees, ("camat", "lurah_jogoyudan", None))):
            for as_ in {group, "lurah_jogoyudan", None} if assignee else {None}:
                task = TaskRow(
                    key=f"{n}-{as_}",
                    instance_id=case,
                    activity_id="x",
                    name="x",
                    state="open",
                    created_at=uow.now,
                    candidate_group=group,
                    owner_group=owner,
                    assignee_id=assignee,
                    assigned_as=as_,
                )
                uow.session.add(task)
                uow.session.flush()
                if n % 4 == 1:
                    uow.session.add(CandidateRow(task_id=task.id, position_key="sekretaris_kecamatan"))
                if n % 7 == 1 and group in groups[:3]:
                    uow.session.add(CandidateRow(task_id=task.id, person_id=people["kasubag_umum"]))
    for name in PEOPLE:
        with office.read(person(office, name)) as uow:
            me, alone = uow.actor.person_id, performers.sole_keys(uow)
            tasks = uow.session.scalars(select(TaskRow).where(TaskRow.state == "open")).all()
            own = {t.id for t in tasks if t.assignee_id == me or (not t.assignee_id and t.candidate_group in alone)}
            others = {
                t.id
                for t in tasks
                if t.id not in own and performers.entitlement(uow, t) and performers.free_for_actor(uow, t)
            }
            for scope, expected in (("mine", own), ("unit", others)):
                page = inbox.inbox(uow, scope=scope, per_page=len(tasks) + 1)
                assert sorted(item.id for item in page.items) == sorted(expected), (name, scope)
                assert page.total == len(expected)


@pytest.mark.both_databases
def test_what_is_kept_of_an_office_is_read_again_after_a_change_and_only_then(
    database_url: str, office: Database
) -> None:
    other = Database(database_url, office.clock)
    _expect(other, "")
    with pytest.raises(ZeroDivisionError):
        _put_and_fail(office)
    _expect(other, "")
    with office.begin(person(office, ADMINISTRATOR)) as uow:
        _put(uow, "Lumajang")
    _expect(other, "Lumajang")
    other.dispose()


def _put_and_fail(database: Database) -> None:
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        _put(uow, "Taken back")
        raise ZeroDivisionError


def _put(uow: object, name: str) -> None:
    office.put(uow, office.NAME, name)  # type: ignore[arg-type]


def _expect(database: Database, name: str) -> None:
    for _ in range(2):
        with database.read(SYSTEM) as uow:
            assert office.office_name(uow) == name
