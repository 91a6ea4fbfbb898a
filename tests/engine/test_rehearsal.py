"""A draft tried out: the SOP against a trace worked out by hand, and diagrams that get stuck."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.__main__ import main
from engine.errors import InvalidDiagram, InvalidInput
from engine.rehearsal import coverage, files
from engine.rehearsal.run import Manner, rehearse
from engine.rehearsal.stage import Draft
from tests.engine.diagram.building import END, START, bpmn, chain, flow, task

ROOT = Path(__file__).resolve().parents[2]
SOP = ROOT / "processes" / "pengumpulan_data_kinerja.bpmn"
LEAVE = ROOT / "processes" / "permohonan_cuti.bpmn"
DIAGRAMS = ROOT / "tests" / "diagrams"
OFFICE = json.loads((ROOT / "engine" / "demo_data" / "office.json").read_text("utf-8"))
WIB = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2026, 3, 13, 9, 0, tzinfo=WIB)

#: Two units, one of them returned once. The minutes and days are those of the SOP's standard times, or past them.
ANSWERS: dict[str, Any] = {
    "terima_permintaan": {"after": "PT6M", "tahun": 2026, "triwulan": "I"},
    "teruskan_surat": {"after": "PT9M"},
    "disposisi": {"after": "PT20M", "pembagian": [{"unit": "kasi_pemerintahan"}, {"unit": "lurah_jogoyudan"}]},
    "isi_data_unit/kasi_pemerintahan": {"after": "P1D"},
    "isi_data_unit/lurah_jogoyudan": [{"after": "P2D"}, {"after": "P1D"}],
    "gabungkan_draf": {"after": "PT30M"},
    "periksa_kelengkapan": [
        {
            "after": "P5D",
            "pemeriksaan": [
                {"item": "kasi_pemerintahan", "item_label": "Kasi Pemerintahan", "hasil": "lengkap"},
                {
                    "item": "lurah_jogoyudan",
                    "item_label": "Lurah Jogoyudan",
                    "hasil": "kembalikan",
                    "catatan": "Lengkapi anggaran.",
                },
            ],
        },
        {"after": "P1D", "hasil": "lengkap"},
    ],
    "susun_dokumen": {"after": "P8D"},
    "sampaikan_dokumen": {"after": "PT10M"},
}

#: step, item, round, who, entered, due, left, alert, to whom: worked out with a calendar of 2026 in the hand.
#: 18-20 and 23-24 March are Nyepi, Idul Fitri and their joint leave, 3 April is Good Friday.
KASUBAG_UMUM, KEUANGAN = "Kasubag Umum dan Kepegawaian", "Kasubag Keuangan"
SEKRETARIS, CAMAT, OWNER = "Sekretaris Kecamatan", "Camat", "Pengelola SOP"
KASI, LURAH = "Kasi Pemerintahan", "Lurah Jogoyudan"
EXPECTED: list[tuple[str, str, int, str, str, str, str, str, tuple[str, ...]]] = [
    ("1", "", 1, KASUBAG_UMUM, "13-03 09.00", "13-03 09.05", "13-03 09.06", "13-03 09.05", (SEKRETARIS,)),
    ("2", "", 1, SEKRETARIS, "13-03 09.06", "13-03 09.16", "13-03 09.15", "", ()),
    ("3", "", 1, CAMAT, "13-03 09.15", "13-03 09.30", "13-03 09.35", "13-03 09.30", ("Administrator", OWNER)),
    ("4", "", 1, KEUANGAN, "13-03 09.35", "26-03 09.35", "17-03 10.05", "", ()),
    ("", KASI, 1, KASI, "13-03 09.35", "", "16-03 09.35", "", ()),
    ("", LURAH, 1, LURAH, "13-03 09.35", "", "17-03 09.35", "", ()),
    ("", "", 1, KEUANGAN, "17-03 09.35", "", "17-03 10.05", "", ()),
    ("5", "", 1, SEKRETARIS, "17-03 10.05", "30-03 10.05", "31-03 10.05", "30-03 10.05", (CAMAT,)),
    ("4", "", 2, KEUANGAN, "31-03 10.05", "07-04 10.05", "01-04 10.35", "", ()),
    ("", LURAH, 2, LURAH, "31-03 10.05", "", "01-04 10.05", "", ()),
    ("", "", 2, KEUANGAN, "01-04 10.05", "", "01-04 10.35", "", ()),
    ("5", "", 2, SEKRETARIS, "01-04 10.35", "08-04 10.35", "02-04 10.35", "", ()),
    ("6", "", 1, KEUANGAN, "02-04 10.35", "14-04 10.35", "15-04 10.35", "14-04 10.35", (SEKRETARIS,)),
    ("6", "", 1, KEUANGAN, "15-04 10.35", "15-04 10.50", "15-04 10.45", "", ()),
]


def local(instant: str | None) -> str:
    return datetime.fromisoformat(instant).astimezone(WIB).strftime("%d-%m %H.%M") if instant else ""


def test_the_sop_runs_as_worked_out_by_hand() -> None:
    told = files.told(SOP, answers=ANSWERS, at=FRIDAY, like=OFFICE)
    assert told["good"], told["reason"]
    (run,) = told["runs"]
    assert run["ended"]
    assert [
        (
            step["number"] or "",
            step["item"] or "",
            step["round"],
            step["performer"],
            local(step["entered"]),
            local(step["due"]),
            local(step["left"]),
            local(step["alerts"][0]["at"]) if step["alerts"] else "",
            tuple(sorted(step["alerts"][0]["to"])) if step["alerts"] else (),
        )
        for step in run["trace"]
    ] == EXPECTED


def test_without_answers_every_flow_of_both_procedures_is_taken() -> None:
    for path in (SOP, LEAVE):
        draft = files.draft_of(path)
        covered = coverage.cover(draft, at=FRIDAY)
        assert covered.untaken == ()
        assert not any(one.forced for one in covered.runs)
        assert [one.run.stuck for one in covered.runs] == [None] * len(covered.runs)
        assert all(one.run.ended for one in covered.runs)


def test_a_late_run_raises_one_alert_for_each_standard_time() -> None:
    draft = files.draft_of(LEAVE)
    run = rehearse(draft, at=FRIDAY, manner=Manner(late=True))
    assert [(entry.number, len(entry.alerts)) for entry in run.entries] == [("1", 1), ("2", 1), ("3", 1), ("4", 1)]
    assert all(entry.left is not None and entry.left >= entry.alerts[0].at for entry in run.entries)


def test_what_happens_at_one_instant_is_told_along_the_flow() -> None:
    run = rehearse(files.draft_of(SOP), at=FRIDAY, manner=Manner(pause="PT0M"))
    assert len({entry.entered for entry in run.entries}) == 1
    assert [entry.number for entry in run.entries if entry.number] == ["1", "2", "3", "4", "5", "6", "6"]
    assert [entry.activity_id for entry in run.entries][3:5] == ["siapkan_data", "isi_data_unit"]


def test_a_rehearsal_tells_where_a_diagram_gets_stuck() -> None:
    told = files.told(DIAGRAMS / "multi_instance_parallel.bpmn", answers={}, at=FRIDAY, like=None)
    assert not told["good"]
    assert told["runs"][0]["stuck"]["element"] == "a"
    assert "people" in told["reason"]


def test_a_flow_no_answer_leads_to_is_forced_and_marked() -> None:
    told = files.told(DIAGRAMS / "exclusive_gateway.bpmn", answers=None, at=FRIDAY, like=None)
    forced = [run for run in told["runs"] if run["forced"]]
    assert {run["forced"] for run in forced} == {"g_b", "g_e"}
    (through_b,) = (run for run in forced if run["forced"] == "g_b")
    assert [(step["activity"], step["forced"]) for step in through_b["trace"]] == [("a", False), ("b", True)]
    assert told["untaken"] == []


def test_messages_that_interrupt_or_not_arrive_once() -> None:
    covered = coverage.cover(files.draft_of(DIAGRAMS / "boundary_message_non_interrupting.bpmn"), at=FRIDAY)
    assert covered.untaken == ()
    assert [one.about for one in covered.runs] == ["plain", "hasty"]


@pytest.mark.parametrize(
    ("field", "again"),
    [
        ({"type": "radio", "values": [{"value": "ready"}, {"value": "mend"}]}, "answer == 'mend'"),
        ({"type": "radio", "values": [{"value": "mend"}, {"value": "ready"}]}, "answer == 'mend'"),
        ({"type": "checkbox"}, "not answer"),
        ({"type": "number"}, "answer &lt; 60"),
    ],
)
def test_a_way_back_is_taken_and_left_again(field: dict[str, Any], again: str) -> None:
    body = (
        START
        + task("check")
        + '<exclusiveGateway id="fit" default="fit_end"/>'
        + END
        + chain("start", "check", "fit", "end")
        + flow("fit", "check", again)
    )
    choices = [{**choice, "label": choice["value"]} for choice in field.get("values", ())]
    asked = {**field, **({"values": choices} if choices else {}), "key": "answer", "label": "Answer", "id": "answer"}
    if field["type"] != "checkbox":
        asked["validate"] = {"required": True}
    form = json.dumps({"type": "default", "id": "ask", "components": [asked]})
    covered = coverage.cover(Draft(bpmn(body), {"ask": form}), at=FRIDAY)
    assert covered.untaken == ()
    assert [one.run.stuck for one in covered.runs] == [None] * len(covered.runs)
    assert all(one.run.ended and one.forced is None for one in covered.runs)


def test_a_diagram_that_may_not_be_deployed_is_refused_with_its_problems() -> None:
    draft = files.draft_of(SOP)
    with pytest.raises(InvalidDiagram) as caught:
        rehearse(replace(draft, forms={}), at=FRIDAY)
    assert {problem.element for problem in caught.value.problems} >= {"terima_permintaan", "disposisi"}


@pytest.mark.parametrize("answers", [[], {"nowhere": {}}, {"disposisi": 3}, {"disposisi": [3]}])
def test_answers_of_another_shape_are_refused(answers: Any) -> None:
    with pytest.raises(InvalidInput):
        files.told(SOP, answers=answers, at=FRIDAY, like=None)


def test_times_are_told_in_utc() -> None:
    told = files.told(LEAVE, answers={}, at=FRIDAY, like=None)
    entered = datetime.fromisoformat(told["runs"][0]["trace"][0]["entered"])
    assert entered == FRIDAY
    assert entered.tzinfo == UTC


def test_the_command_prints_the_trace_and_says_by_its_exit_code_whether_a_path_gets_stuck(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "answers.json"
    given.write_text(json.dumps({"putuskan_cuti": {"keputusan": "ditangguhkan"}}), "utf-8")
    assert main(["rehearse", str(LEAVE), "--answers", str(given), "--at", "2026-03-13T09:00", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["activity"] for step in told["runs"][0]["trace"]] == [
        "catat_permohonan",
        "beri_pertimbangan",
        "putuskan_cuti",
    ]
    assert main(["rehearse", str(DIAGRAMS / "multi_instance_parallel.bpmn"), "--at", "2026-03-13T09:00"]) == 1
    assert "there is no 'people'" in capsys.readouterr().out
    assert main(["rehearse", str(LEAVE), "--at", "tomorrow"]) == 1
    assert main(["rehearse", str(tmp_path / "nowhere.bpmn")]) == 1


def test_what_a_diagram_calls_is_rehearsed_with_it(tmp_path: Path) -> None:
    for path in (DIAGRAMS / "call_activity.bpmn", DIAGRAMS / "called" / "called_step.bpmn"):
        shutil.copy(path, tmp_path)
    told = files.told(tmp_path / "call_activity.bpmn", answers={}, at=FRIDAY, like=None)
    assert told["good"], told["reason"]
    assert told["runs"][0]["ended"]
    assert [step["activity"] for step in told["runs"][0]["trace"]] == ["k/a", "b"]
