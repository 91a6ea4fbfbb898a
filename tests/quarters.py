"""The first procedure quarter by quarter, for what one quarter takes over from those before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine import instances, seeds, tasks
from engine.db import Database
from engine.identity import SYSTEM
from engine.inbox import inbox
from tests import answers
from tests.office import person

ROOT = Path(__file__).resolve().parents[1]
PROCESS = "pengumpulan_data_kinerja"
Rows = Mapping[str, Sequence[dict[str, Any]]]  #: by unit


def deploy(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        assert not seeds.deploy(uow, ROOT / "processes", ROOT / "forms")


def indicator(name: str, result: str, **cells: str) -> dict[str, Any]:
    row = answers.unit_data("x")["indikator"][0]
    return {**row, "indikator": name, "realisasi_triwulan": result, "agregasi": "kumulatif", **cells}


def send(database: Database, position: str, case: int, activity: str, raw: dict[str, Any]) -> None:
    """Complete the one open task of an activity that the position has in a case."""
    actor = person(database, position)
    with database.read(actor) as uow:
        (task,) = [t for t in inbox(uow).items if t.activity_id == activity and t.instance_id == case]
    with database.begin(actor) as uow:
        tasks.complete(uow, task.id, raw)


def merged(database: Database, quarter: str, rows: Rows, *, year: str = "2026", **letter: str) -> int:
    """A case of a quarter whose units have sent their rows: the draft waits to be merged."""
    with database.begin(person(database, "kasubag_umum")) as uow:
        case = instances.start(uow, PROCESS).instance_id
    asked = {**answers.PERMINTAAN, "tahun": year, "triwulan": quarter, "nomor_surat": f"{case}/{year}", **letter}
    send(database, "kasubag_umum", case, "terima_permintaan", asked)
    send(database, "sekretaris_kecamatan", case, "teruskan_surat", answers.PENERUSAN)
    tasks_of = [{"unit": unit, "tugas": "Mengisi data."} for unit in rows]
    send(database, "camat", case, "disposisi", {**answers.DISPOSISI, "pembagian": tasks_of})
    for unit, listed in rows.items():
        send(database, unit, case, "isi_data_unit", {"indikator": list(listed)})
    return case


def check(database: Database, case: int, rows: Rows, *, returned: Sequence[str] = ()) -> None:
    send(database, "kasubag_keuangan", case, "gabungkan_draf", answers.DRAF)
    results = {unit: "Perbaiki realisasinya." if unit in returned else None for unit in rows}
    raw = answers.checked(results, order=list(rows))
    send(database, "sekretaris_kecamatan", case, "periksa_kelengkapan", raw)


def deliver(database: Database, quarter: str, rows: Rows, *, first: Rows | None = None, **more: str) -> int:
    """A case from its letter to its delivery; units in `first` send that at first, and are returned."""
    case = merged(database, quarter, {**rows, **(first or {})}, **more)
    if first:
        check(database, case, rows, returned=list(first))
        for unit in first:
            send(database, unit, case, "isi_data_unit", {"indikator": list(rows[unit])})
    check(database, case, rows)
    send(database, "kasubag_keuangan", case, "susun_dokumen", answers.DOKUMEN)
    send(database, "kasubag_keuangan", case, "sampaikan_dokumen", answers.PENYAMPAIAN)
    return case
