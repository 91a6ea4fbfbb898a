"""Who sees which alerts: the told, whatever their keys look like, and administrators; past ones page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import alerts
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM, HoldingKind
from engine.model import AlertRow
from engine.people import positions
from engine.worker import Worker
from tests import answers
from tests.engine.test_procedure import As, begin, mine, procedure
from tests.engine.test_procedure import tasks as work
from tests.office import hold

__all__ = ["procedure"]


def three_late(database: Database, as_: As, clock: SetClock) -> list[int]:
    cases = [begin(database, as_) for _ in range(3)]
    clock.advance(timedelta(minutes=6))
    while Worker(database).run_once():
        pass
    return cases


@pytest.mark.both_databases
def test_alerts_are_seen_and_counted_by_the_told_and_by_administrators(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    three_late(procedure, as_, clock)
    with procedure.begin(as_("administrator")) as uow:
        for key, name in (("sekretaris", "Sekretaris"), ("sekretarisxkecamatan", "Sekretaris X")):
            alike = positions.create(uow, name=name, key=key)
            hold(uow, alike.id, as_("lurah_kepuharjo").person_id or 0)
    seen = {}
    for key in ("sekretaris_kecamatan", "administrator", "camat", "kasubag_umum", "lurah_kepuharjo"):
        with procedure.read(as_(key)) as uow:
            seen[key] = (alerts.count_open(uow), len(alerts.listing(uow)))
    assert seen == {
        "sekretaris_kecamatan": (3, 3),
        "administrator": (3, 3),
        "camat": (0, 0),
        "kasubag_umum": (0, 0),
        "lurah_kepuharjo": (0, 0),
    }
    with procedure.begin(SYSTEM) as uow:
        assert alerts.count_open(uow) == 3
        uow.session.scalars(select(AlertRow).limit(1)).one().recipients = ["sekretarisxkecamatan", "camat"]
    for key, count in (("sekretaris_kecamatan", 2), ("lurah_kepuharjo", 1), ("camat", 1)):
        with procedure.read(as_(key)) as uow:
            assert alerts.count_open(uow) == count, key


def test_who_stands_in_for_a_supervisor_sees_the_alerts_too(procedure: Database, as_: As, clock: SetClock) -> None:
    three_late(procedure, as_, clock)
    with procedure.begin(as_("administrator")) as uow:
        post = next(p for p in positions.listing(uow) if p.key == "sekretaris_kecamatan")
        positions.assign_holder(
            uow,
            post.id,
            as_("kasi_pemerintahan").person_id or 0,
            kind=HoldingKind.PLH,
            starts_on=clock.now().date(),
            ends_on=clock.now().date() + timedelta(days=3),
            order_number="800/1/2026",
        )
    with procedure.read(as_("kasi_pemerintahan")) as uow:
        assert alerts.count_open(uow) == 3


@pytest.mark.both_databases
def test_closed_alerts_come_page_by_page_the_last_closed_first(procedure: Database, as_: As, clock: SetClock) -> None:
    cases = three_late(procedure, as_, clock)
    for number, task in enumerate(sorted(mine(procedure, as_("kasubag_umum")), key=lambda t: t.instance_id)):
        clock.advance(timedelta(minutes=1))
        with procedure.begin(as_("kasubag_umum")) as uow:
            work.complete(uow, task.id, {**answers.PERMINTAAN, "nomor_surat": f"{number}/2026"})
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        assert alerts.count_open(uow) == 0
        pages = [alerts.closed(uow, page=page, per_page=2) for page in (0, 1, 2, 99)]
        assert [[a.instance_id for a in page.items] for page in pages] == [
            [cases[2], cases[1]],
            [cases[2], cases[1]],
            [cases[0]],
            [cases[0]],
        ]
        assert {(page.total, page.pages) for page in pages} == {(3, 2)}
    with procedure.read(as_("camat")) as uow:
        assert alerts.closed(uow).total == 0
