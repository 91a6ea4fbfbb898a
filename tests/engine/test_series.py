"""What a quarter takes over from those before: which cases count, of whom, and for whose eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine import definitions, form_context, instances
from engine.clock import SetClock
from engine.db import Database
from engine.errors import NotFound
from engine.identity import SYSTEM
from engine.model import InstanceRow
from forms.model import Context, Form
from tests.office import person
from tests.quarters import check, deliver, deploy, indicator, merged, send

UNIT = "kasi_pemerintahan"


@pytest.fixture
def quarters(office: Database) -> Database:
    deploy(office)
    return office


def looked_at(database: Database, case: int, by: str = "kasubag_keuangan", form: Form | None = None) -> Context:
    with database.read(person(database, by)) as uow:
        definition = uow.session.get_one(InstanceRow, case).definition_id
        return form_context.of_case(uow, case, form or definitions.form_of(uow, definition, "draf_data_kinerja"))


def results(context: Context) -> dict[str, list[Any] | None]:
    """By period: the results in the earlier case that counts; None where none does."""
    assert context.earlier is not None
    assert context.earlier.periods is not None
    return {
        one.period: None
        if one.sources is None
        else [row["realisasi_triwulan"] for item in one.sources["isi_data_unit"] for row in item.values["indikator"]]  # type: ignore[index]
        for one in context.earlier.periods
    }


def of(result: str) -> dict[str, list[dict[str, Any]]]:
    return {UNIT: [indicator("Surat selesai", result)]}


@pytest.mark.both_databases
def test_only_delivered_cases_of_the_same_year_before_this_quarter_count(quarters: Database) -> None:
    deliver(quarters, "I", of("10"))
    deliver(quarters, "I", of("99"), year="2025")
    deliver(quarters, "IV", of("77"))
    running = merged(quarters, "II", of("20"))
    third = merged(quarters, "III", of("30"))
    assert results(looked_at(quarters, third)) == {"I": [10], "II": None}
    with quarters.begin(person(quarters, "pengelola_sop")) as uow:
        instances.cancel(uow, running, "Salah surat.")
    assert results(looked_at(quarters, third)) == {"I": [10], "II": None}
    assert results(looked_at(quarters, deliver(quarters, "I", of("11")))) == {}


def test_what_was_returned_counts_as_it_was_sent_in_the_end(quarters: Database) -> None:
    deliver(quarters, "I", of("15"), first=of("1"))
    assert results(looked_at(quarters, merged(quarters, "II", of("5")))) == {"I": [15]}


def test_of_several_cases_for_one_quarter_the_one_delivered_last_counts(quarters: Database, clock: SetClock) -> None:
    deliver(quarters, "I", of("10"))
    clock.advance(timedelta(days=1))
    deliver(quarters, "I", of("12"))
    second = merged(quarters, "II", of("5"))
    assert results(looked_at(quarters, second)) == {"I": [12]}


def test_a_confidential_quarter_is_missing_for_who_may_not_know_of_it(quarters: Database, clock: SetClock) -> None:
    deliver(quarters, "I", of("10"))
    clock.advance(timedelta(days=1))
    deliver(quarters, "I", of("12"), sifat="rahasia")
    others = {"lurah_jogoyudan": [indicator("Surat selesai", "1")]}
    second = merged(quarters, "II", {**of("5"), **others})
    assert results(looked_at(quarters, second, UNIT)) == {"I": [12]}
    assert results(looked_at(quarters, second, "camat")) == {"I": [12]}
    # Neither its numbers nor, silently, the ones it replaced.
    assert results(looked_at(quarters, second, "lurah_jogoyudan")) == {"I": None}
    with pytest.raises(NotFound):
        looked_at(quarters, second, "lurah_kepuharjo")


def test_a_running_case_may_count_once_a_declared_step_was_sent(quarters: Database) -> None:
    first = merged(quarters, "I", of("10"))
    second = merged(quarters, "II", of("5"))
    with quarters.read(SYSTEM) as uow:
        definition = uow.session.get_one(InstanceRow, second).definition_id
        form = definitions.form_of(uow, definition, "draf_data_kinerja")
    assert form.series is not None
    early = declared_once(form, "gabungkan_draf")
    assert results(looked_at(quarters, second, form=early)) == {"I": None}
    check(quarters, first, of("10"), returned=[UNIT])
    assert results(looked_at(quarters, second, form=early)) == {"I": [10]}
    send(quarters, UNIT, first, "isi_data_unit", {"indikator": [indicator("Surat selesai", "11")]})
    assert results(looked_at(quarters, second, form=early)) == {"I": None}, "it is being worked on again"


def declared_once(form: Form, activity: str) -> Form:
    assert form.series is not None
    return replace(form, series=replace(form.series, once=activity))


def test_however_many_quarters_it_is_one_query(quarters: Database) -> None:
    for quarter in ("I", "II", "III"):
        deliver(quarters, quarter, of("10"))
    fourth = merged(quarters, "IV", of("5"))
    asked: list[str] = []
    event.listen(quarters.engine, "before_cursor_execute", lambda c, cursor, text, *rest: asked.append(text))
    assert results(looked_at(quarters, fourth)) == {"I": [10], "II": [10], "III": [10]}
    assert sum("JOIN submissions" in text for text in asked) == 1
