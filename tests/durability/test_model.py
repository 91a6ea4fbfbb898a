"""The engine against a small model of it: random acts of people, the clock and the worker, compared after each."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from engine import instances, seeds, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import AlurError, CaseNotActive, NotAllowed, NotFound, TaskAlreadyClaimed, TaskNotOpen
from engine.identity import SYSTEM, Actor
from engine.model import AlertRow, DeadlineRow, HistoryRow, InstanceRow, TaskRow, TaskState
from engine.worker import Worker
from tests import answers
from tests.durability.furnished import PROCESS, ROOT, STEPS
from tests.durability.invariants import broken_rules
from tests.office import ADMINISTRATOR, open_office, person

#: activity -> whose it is, what is sent
WORK = {activity: (by, raw) for activity, by, raw in STEPS if activity != "isi_data_unit"}
FOLLOWS = {
    "terima_permintaan": "teruskan_surat",
    "teruskan_surat": "disposisi",
    "gabungkan_draf": "periksa_kelengkapan",
    "susun_dokumen": "sampaikan_dokumen",
}
#: the activity whose standard time counts while this one is open
TIMED = {"isi_data_unit": "siapkan_data", "gabungkan_draf": "siapkan_data"}
COLLEAGUES = ("kasubag_umum", "kasubag_keuangan", "camat", "lurah_jogoyudan")


@dataclass(slots=True)
class Case:
    """What the model knows of a case: whose work is open, and when which standard time passes."""

    last: datetime  #: of its newest fact
    state: str = "active"
    work: dict[tuple[str, str], str | None] = field(default_factory=dict)  #: (activity, position) -> who has it
    due: dict[str, datetime] = field(default_factory=dict)  #: counting now, by activity
    alerts: int = 0
    completed: int = 0


class Office(RuleBasedStateMachine):
    """Three cases at most; every rule does one act on the engine and the same on the model."""

    template: Path
    folder: Path
    numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        path = self.folder / f"{next(self.numbers)}.db"
        shutil.copyfile(self.template, path)
        self.clock = SetClock(datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta")))
        self.database = Database(f"sqlite:///{path}", self.clock)
        self.people: dict[str, Actor] = {}
        self.cases: dict[int, Case] = {}
        self.past: list[tuple[int, ...]] = []

    def teardown(self) -> None:
        self.database.dispose()

    # -- the model --------------------------------------------------------------------------------------------------

    def _open(self, id: int, activity: str, *positions: str) -> None:
        """Work begins; its standard time is what the engine says, which other tests check against the calendar."""
        case = self.cases[id]
        for position in positions:
            case.work[activity, position] = None
        timed = TIMED.get(activity, activity)
        if timed not in case.due:
            with self.database.read(SYSTEM) as uow:
                newest = select(DeadlineRow.due_at).where(
                    DeadlineRow.instance_id == id, DeadlineRow.activity_id == timed
                )
                case.due[timed] = uow.session.scalars(newest.order_by(DeadlineRow.id.desc())).first() or case.last

    def _pass(self, case: Case, now: datetime) -> None:
        """Standard times that have passed by `now` are told of, once."""
        for activity, due in case.due.items():
            if due <= now:
                case.alerts += 1
                case.due[activity] = datetime.max.replace(tzinfo=ZoneInfo("UTC"))

    def _now(self, case: Case) -> datetime:
        case.last = max(case.last, self.clock.at)
        return case.last

    def _completed(self, id: int, activity: str, position: str, returned: list[str]) -> None:
        case = self.cases[id]
        self._pass(case, self._now(case))
        del case.work[activity, position]
        case.completed += 1
        if activity == "isi_data_unit" and any(a == activity for a, _ in case.work):
            return
        if activity != "isi_data_unit":
            del case.due[TIMED.get(activity, activity)]
        if activity in FOLLOWS:
            following = FOLLOWS[activity]
            self._open(id, following, WORK[following][0])
        elif activity == "disposisi":
            self._open(id, "isi_data_unit", *answers.UNITS)
        elif activity == "isi_data_unit":
            self._open(id, "gabungkan_draf", WORK["gabungkan_draf"][0])
        elif activity == "periksa_kelengkapan" and returned:
            self._open(id, "isi_data_unit", *returned)
        elif activity == "periksa_kelengkapan":
            self._open(id, "susun_dokumen", WORK["susun_dokumen"][0])
        else:
            case.state = "completed"

    # -- acts -------------------------------------------------------------------------------------------------------

    @initialize()
    def know_the_people(self) -> None:
        names = {ADMINISTRATOR, "pengelola_sop", *COLLEAGUES, *answers.UNITS, *(by for by, _ in WORK.values())}
        self.people = {name: person(self.database, name) for name in sorted(names)}

    def _do(self, by: str, act: Callable[..., object], expected: type[AlurError] | None) -> None:
        refused: AlurError | None = None
        try:
            with self.database.begin(self.people[by]) as uow:
                act(uow)
        except AlurError as error:
            refused = error
        told = type(refused) if refused else None
        # Whoever may not even read the case is told that there is none.
        stranger = told is NotFound and expected in (NotAllowed, CaseNotActive) and by in COLLEAGUES
        assert told is expected or stranger, f"{refused!r} instead of {expected}"

    def _pick(self, data: st.DataObject) -> tuple[int, str, str, int]:
        """Some open work of some case, with its task's id."""
        choices = sorted((id, *key) for id, case in self.cases.items() for key in case.work)
        id, activity, position = data.draw(st.sampled_from(choices), label="work")
        with self.database.read(SYSTEM) as uow:
            found = select(TaskRow.id).where(
                TaskRow.instance_id == id, TaskRow.activity_id == activity, TaskRow.state == TaskState.OPEN,
                TaskRow.candidate_group == position,
            )  # fmt: skip
            return id, activity, position, uow.session.scalars(found).one()

    def _expected(self, id: int, activity: str, position: str, by: str) -> type[AlurError] | None:
        """What somebody who wants to work on a task is told."""
        case = self.cases[id]
        if case.state == "suspended":
            return CaseNotActive
        holder = case.work[activity, position]
        if holder in (None, by):
            return None if holder or by == position else NotAllowed
        return TaskAlreadyClaimed if by == position else NotAllowed

    has_work = precondition(lambda self: any(case.work for case in self.cases.values()))

    @precondition(lambda self: len(self.cases) < 3)
    @rule()
    def start(self) -> None:
        with self.database.begin(self.people["kasubag_umum"]) as uow:
            id = instances.start(uow, PROCESS).instance_id
        self.cases[id] = Case(self.clock.at)
        self._open(id, "terima_permintaan", "kasubag_umum")

    @has_work
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        id, activity, position, task = self._pick(data)
        by = data.draw(st.sampled_from([position, *COLLEAGUES]), label="by")
        expected = self._expected(id, activity, position, by)
        self._do(by, lambda uow: tasks.claim(uow, task), expected)
        if expected is None:
            self._take(id, (activity, position), by)

    def _take(self, id: int, work: tuple[str, str], by: str | None) -> None:
        case = self.cases[id]
        if case.work[work] != by:
            case.work[work] = by
            self._now(case)

    @has_work
    @rule(data=st.data())
    def unclaim(self, data: st.DataObject) -> None:
        id, activity, position, task = self._pick(data)
        case, by = self.cases[id], data.draw(st.sampled_from([position, *COLLEAGUES]), label="by")
        mine = case.work[activity, position] == by
        expected = CaseNotActive if case.state == "suspended" else None if mine else NotAllowed
        self._do(by, lambda uow: tasks.unclaim(uow, task), expected)
        if expected is None:
            self._take(id, (activity, position), None)

    @has_work
    @rule(data=st.data(), to=st.sampled_from(COLLEAGUES))
    def assign(self, data: st.DataObject, to: str) -> None:
        id, activity, position, task = self._pick(data)
        expected = CaseNotActive if self.cases[id].state == "suspended" else None
        self._do("pengelola_sop", lambda uow: tasks.assign(uow, task, self.people[to].person_id or 0), expected)
        if expected is None:
            self.cases[id].work[activity, position] = to
            self._now(self.cases[id])

    @has_work
    @rule(data=st.data(), words=st.text(max_size=5))
    def save_draft(self, data: st.DataObject, words: str) -> None:
        id, activity, position, task = self._pick(data)
        by = self.cases[id].work[activity, position] or position
        expected = self._expected(id, activity, position, by)
        self._do(by, lambda uow: tasks.save_draft(uow, task, {"catatan": words}), expected)
        if expected is None:
            self._take(id, (activity, position), by)

    @has_work
    @rule(data=st.data(), returned=st.lists(st.sampled_from(answers.UNITS), unique=True))
    def send(self, data: st.DataObject, returned: list[str]) -> None:
        self._send(data, returned)

    def _send(self, data: st.DataObject, returned: list[str]) -> None:
        id, activity, position, task = self._pick(data)
        if data.draw(st.integers(0, 9), label="by whom") == 0:
            by = data.draw(st.sampled_from(COLLEAGUES), label="by")
        else:
            by = self.cases[id].work[activity, position] or position
        expected = self._expected(id, activity, position, by)
        self._do(
            by,
            lambda uow: tasks.complete(uow, task, self._answers(activity, returned), confirm_same_case=True),
            expected,
        )
        if expected is None:
            self._completed(id, activity, position, [unit for unit in answers.UNITS if unit in returned])
            again = TaskNotOpen
            self._do(by, lambda uow: tasks.complete(uow, task, {}, confirm_same_case=True), again)

    def _answers(self, activity: str, returned: list[str]) -> dict[str, object]:
        if activity == "isi_data_unit":
            return answers.unit_data("x")
        if activity == "periksa_kelengkapan":
            verdicts = {unit: "Lengkapi." if unit in returned else None for unit in answers.UNITS}
            return answers.checked(verdicts, order=list(answers.UNITS))
        return dict(WORK[activity][1])

    @has_work
    @rule(data=st.data(), sends=st.integers(2, 9))
    def hurry(self, data: st.DataObject, sends: int) -> None:
        """Several steps at once, so that the later ones are reached often enough."""
        for _ in range(sends):
            if any(case.work for case in self.cases.values()):
                self._send(data, [])

    @rule(by=st.sampled_from([timedelta(minutes=m) for m in (1, 6, 20, 300)] + [timedelta(days=d) for d in (1, 5, 12)]))
    def time_passes(self, by: timedelta) -> None:
        self.clock.advance(by)

    @rule(by=st.sampled_from([timedelta(seconds=2), timedelta(minutes=7), timedelta(hours=30)]))
    def clock_is_set_back(self, by: timedelta) -> None:
        self.clock.advance(-by)

    @rule()
    def worker_runs(self) -> None:
        Worker(self.database).run_once()
        for case in self.cases.values():
            if case.state == "active" and any(due <= self.clock.at for due in case.due.values()):
                self._pass(case, self._now(case))

    def _case(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.cases)), label="case")

    has_cases = precondition(lambda self: self.cases)

    @has_cases
    @rule(data=st.data())
    def suspend(self, data: st.DataObject) -> None:
        id = self._case(data)
        case = self.cases[id]
        expected = None if case.state == "active" else CaseNotActive
        self._do("pengelola_sop", lambda uow: instances.suspend(uow, id, "Menunggu."), expected)
        if expected is None:
            case.state = "suspended"
            self._now(case)

    @has_cases
    @rule(data=st.data())
    def activate(self, data: st.DataObject) -> None:
        id = self._case(data)
        case = self.cases[id]
        expected = None if case.state == "suspended" else CaseNotActive
        self._do("pengelola_sop", lambda uow: instances.activate(uow, id), expected)
        if expected is None:
            case.state = "active"
            self._pass(case, self._now(case))

    @precondition(lambda self: len(self.cases) > 1)
    @rule(data=st.data(), really=st.integers(0, 3))
    def cancel(self, data: st.DataObject, really: int) -> None:
        id = self._case(data)
        case = self.cases[id]
        if really and case.state != "completed":
            return
        expected = None if case.state in ("active", "suspended") else CaseNotActive
        self._do("pengelola_sop", lambda uow: instances.cancel(uow, id, "Ditarik."), expected)
        if expected is None:
            self._now(case)
            case.state, case.work, case.due = "cancelled", {}, {}

    # -- comparing --------------------------------------------------------------------------------------------------

    @invariant()
    def the_engine_is_where_the_model_is(self) -> None:
        names = {actor.person_id: name for name, actor in self.people.items()}
        with self.database.read(SYSTEM) as uow:
            states = dict(uow.session.execute(select(InstanceRow.id, InstanceRow.state)).all())
            work: dict[int, dict[tuple[str, str], str | None]] = {id: {} for id in self.cases}
            for task in uow.session.scalars(select(TaskRow).where(TaskRow.state == TaskState.OPEN)):
                key = (task.activity_id, task.candidate_group or "")
                work[task.instance_id][key] = names.get(task.assignee_id) if task.assignee_id else None
            alerts = dict(
                uow.session.execute(select(AlertRow.instance_id, func.count()).group_by(AlertRow.instance_id)).all()
            )
            completed = dict(
                uow.session.execute(
                    select(HistoryRow.instance_id, func.count())
                    .where(HistoryRow.kind == "task.completed")
                    .group_by(HistoryRow.instance_id)
                ).all()
            )
            facts = [tuple(row) for row in uow.session.execute(select(HistoryRow.id, HistoryRow.at, HistoryRow.kind))]
        for id, case in self.cases.items():
            found = (states[id], work[id], alerts.get(id, 0), completed.get(id, 0))
            assert found == (case.state, case.work, case.alerts, case.completed), f"case {id}: {found} but {case}"
        assert facts[: len(self.past)] == self.past, "history was changed"
        self.past = facts
        assert not (broken := broken_rules(self.database)), broken


@pytest.fixture(scope="module")
def small_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office and its procedure, without any case."""
    path = tmp_path_factory.mktemp("small") / "office.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}", SetClock(datetime(2026, 3, 10, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta"))))
    open_office(database)
    with database.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    database.dispose()
    return path


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 30), pytest.param(600, 60, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_random_acts_leave_the_engine_where_the_model_is(
    small_office: Path, tmp_path: Path, examples: int, steps: int
) -> None:
    Office.template, Office.folder = small_office, tmp_path
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=examples < 100,
            phases=[Phase.generate],  # shrinking would take minutes: the whole story is printed instead
            suppress_health_check=list(HealthCheck),
        ),
    )
