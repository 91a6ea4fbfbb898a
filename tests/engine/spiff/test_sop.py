"""The office's first procedure from the letter to the report, saved and loaded between all steps."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.spec import Spec, compile_spec
from tests.engine.spiff.drawing import NOW, Walk, elapsed

ROOT = Path(__file__).resolve().parents[3]
LETTER = {"nomor_surat": "050/12", "tanggal_surat": "2026-03-01", "sifat": "biasa", "tahun": 2026, "triwulan": "I"}
UNITS = ["kasi_pemerintahan", "kasi_pelayanan_umum", "kasubag_umum", "lurah_jogoyudan"]


@pytest.fixture(scope="module")
def sop() -> Spec:
    return compile_spec((ROOT / "processes" / "pengumpulan_data_kinerja.bpmn").read_bytes())


@pytest.fixture
def walk(sop: Spec) -> Walk:
    """A case whose division of tasks names four units."""
    walk = Walk(sop)
    walk.complete("terima_permintaan", **LETTER)
    walk.complete("teruskan_surat")
    walk.complete("disposisi", unit_diminta=UNITS)
    return walk


def collect(walk: Walk) -> None:
    """Every unit sends its data, the draft is put together."""
    for name in walk.open:
        walk.complete(name)
    walk.complete("gabungkan_draf")


def test_the_procedure_runs_from_the_letter_to_the_report(walk: Walk) -> None:
    assert walk.open == sorted(f"isi_data_unit:{unit}" for unit in UNITS)
    collect(walk)
    walk.complete("periksa_kelengkapan", semua_lengkap=True, unit_diminta=[])
    walk.complete("susun_dokumen")
    walk.complete("sampaikan_dokumen")
    assert walk.ended
    assert walk.snapshot.tasks == walk.snapshot.timers == walk.snapshot.activities == ()
    assert [f"{s.kind} {s.activity_id}" for s in walk.history if s.kind in ("completed", "ended")] == [
        "completed terima_permintaan",
        "completed teruskan_surat",
        "completed disposisi",
        *["completed isi_data_unit"] * 5,  # four units, and the whole
        "completed gabungkan_draf",
        "ended selesai_siapkan",
        "completed siapkan_data",
        "completed periksa_kelengkapan",
        "completed susun_dokumen",
        "completed sampaikan_dokumen",
        "ended selesai",
    ]
    assert walk.snapshot.data["nomor_surat"] == "050/12"


def test_each_unit_gets_its_own_task_inside_the_sub_process(walk: Walk) -> None:
    task = walk.task("isi_data_unit:kasubag_umum")
    assert task.data["unit"] == "kasubag_umum"
    assert [scope.activity_id for scope in task.scopes] == ["siapkan_data"]
    inside = {a.activity_id: a for a in walk.snapshot.activities}
    assert task.scopes[0].key == inside["siapkan_data"].key
    assert inside["siapkan_data"].kind == "subProcess"
    assert inside["isi_data_unit"].items == tuple(UNITS)
    assert inside["isi_data_unit"].scopes == task.scopes


def test_the_one_timer_of_the_fan_out_hangs_on_the_sub_process(walk: Walk) -> None:
    (timer,) = walk.snapshot.timers
    assert (timer.event_id, timer.attached_to, timer.text) == ("batas_siapkan_data", "siapkan_data", "P4D")
    assert timer.attached_key == walk.task("isi_data_unit:kasubag_umum").scopes[0].key
    assert timer.due == elapsed(timer.started, "P4D")


def test_a_return_opens_only_the_units_that_were_sent_back(walk: Walk) -> None:
    collect(walk)
    walk.later(days=1)
    walk.complete("periksa_kelengkapan", semua_lengkap=False, unit_diminta=UNITS[1:3])
    assert walk.open == sorted(f"isi_data_unit:{unit}" for unit in UNITS[1:3])
    (timer,) = walk.snapshot.timers
    assert timer.started == walk.now
    collect(walk)
    walk.complete("periksa_kelengkapan", semua_lengkap=False, unit_diminta=UNITS[2:3])
    assert walk.open == [f"isi_data_unit:{UNITS[2]}"]
    collect(walk)
    walk.complete("periksa_kelengkapan", semua_lengkap=True, unit_diminta=[])
    assert walk.open == ["susun_dokumen"]


def test_two_hundred_returns_cost_no_more_than_one(walk: Walk) -> None:
    sizes, times = [], []
    for _ in range(200):
        begun = time.perf_counter()
        collect(walk)
        walk.complete("periksa_kelengkapan", semua_lengkap=False, unit_diminta=UNITS[:2])
        times.append(time.perf_counter() - begun)
        sizes.append(len(walk.state))
    assert max(sizes[1:]) - min(sizes[1:]) < 100
    assert sorted(times[-50:])[25] < 3 * sorted(times[:50])[25]


def test_a_late_completion_still_reports_the_timer_it_passed(walk: Walk) -> None:
    collect(walk)
    walk.later(days=4, minutes=1)
    key = walk.task("periksa_kelengkapan").key
    assert walk.complete("periksa_kelengkapan", semua_lengkap=True)[:3] == (
        "fired batas_periksa_kelengkapan",
        "ended peringatan_periksa_kelengkapan",
        "completed periksa_kelengkapan",
    )
    assert next(s for s in walk.history if s.kind == "fired").attached_key == key


def test_the_sub_process_goes_on_after_its_standard_time(walk: Walk) -> None:
    walk.later(days=4)
    assert walk.fire() == ("fired batas_siapkan_data", "ended peringatan_siapkan_data")
    assert walk.fire() == ()
    assert len(walk.open) == 4
    assert walk.snapshot.timers == ()
    collect(walk)
    assert walk.open == ["periksa_kelengkapan"]


def test_a_task_keeps_its_key_over_saving_and_loading(sop: Spec, walk: Walk) -> None:
    before = walk.snapshot
    after = step.look(sop, walk.state, Around(NOW))
    assert after.tasks == before.tasks
    assert after.activities == before.activities
    assert after.timers == before.timers
    assert after.data == before.data
    assert after.steps == ()
    walk.complete(walk.open[0])
    assert {t.key for t in walk.snapshot.tasks} < {t.key for t in before.tasks}


def test_only_names_that_expressions_mention_are_kept(sop: Spec, walk: Walk) -> None:
    assert sop.names >= {"semua_lengkap", "unit_diminta", "unit", "tahun", "triwulan", "nomor_surat", "sifat"}
    assert "tanggal_surat" not in sop.names
    assert "tanggal_surat" not in walk.snapshot.data


CONTINUE = """
import base64, json, sys
from pathlib import Path
from engine.spiff.spec import compile_spec
from tests.engine.spiff.drawing import Walk
from engine.spiff import step
from engine.spiff.around import Around
given = json.load(sys.stdin)
walk = Walk.__new__(Walk)
walk.spec = compile_spec(Path(given["diagram"]).read_bytes())
walk.history = []
from tests.engine.spiff.drawing import NOW
walk.now = NOW
walk.snapshot = step.look(walk.spec, base64.b64decode(given["state"]), Around(NOW))
for name in walk.open:
    walk.complete(name)
print(json.dumps({"open": walk.open, "state": base64.b64encode(walk.state).decode()}))
"""


def test_another_process_carries_the_case_on(walk: Walk) -> None:
    given: dict[str, Any] = {
        "diagram": str(ROOT / "processes" / "pengumpulan_data_kinerja.bpmn"),
        "state": base64.b64encode(walk.state).decode(),
    }
    done = subprocess.run(
        [sys.executable, "-c", CONTINUE], input=json.dumps(given), capture_output=True, text=True, cwd=ROOT, check=True
    )
    answer = json.loads(done.stdout)
    assert answer["open"] == ["gabungkan_draf"]
    walk.snapshot = step.look(walk.spec, base64.b64decode(answer["state"]), Around(NOW))
    walk.complete("gabungkan_draf")
    assert walk.open == ["periksa_kelengkapan"]
