"""A small process of two steps with forms of every kind, for the pages that show any process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine import deployment, instances
from engine import tasks as work
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.worker import Worker
from tests.office import person

KEY = "belanja"

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:alur="urn:alur:bpmn:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <process id="belanja" name="Rencana Belanja" isExecutable="true" alur:calendar="office" alur:owners="pengelola_sop"
    alur:title="'Belanja ' + judul" alur:caseKey="judul" alur:confidential="sifat == 'rahasia'"
    alur:assumption="Batas waktu disimpulkan.">
    <documentation>Rencana belanja satu unit.</documentation>
    <extensionElements><alur:sopHeader>
      <alur:entry name="legal_basis">Peraturan Contoh</alur:entry><alur:entry name="number"/>
    </alur:sopHeader></extensionElements>
    <startEvent id="mulai" name="Mulai"/>
    <userTask id="isi" name="Isi rencana" camunda:candidateGroups="kasi_pemerintahan" camunda:formKey="isian"
      alur:number="1" alur:action="Kirim ke Camat">
      <documentation>Isi **semua** baris.</documentation>
      <extensionElements><alur:qualityStandard>
        <alur:input>DPA</alur:input><alur:output>Rencana</alur:output>
      </alur:qualityStandard></extensionElements>
    </userTask>
    <boundaryEvent id="batas" name="15 menit" attachedToRef="isi" cancelActivity="false" alur:deadline="true">
      <timerEventDefinition id="t1">
        <timeDuration xsi:type="tFormalExpression">PT15M</timeDuration>
      </timerEventDefinition>
    </boundaryEvent>
    <endEvent id="lapor" name="Peringatan ke atasan"/>
    <userTask id="baca" name="Baca rencana" camunda:candidateGroups="camat" camunda:formKey="bacaan" alur:number="2"/>
    <endEvent id="selesai" name="Selesai"/>
    <sequenceFlow id="f1" sourceRef="mulai" targetRef="isi"/>
    <sequenceFlow id="f2" sourceRef="isi" targetRef="baca"/>
    <sequenceFlow id="f3" sourceRef="baca" targetRef="selesai"/>
    <sequenceFlow id="f4" sourceRef="batas" targetRef="lapor"/>
  </process>
</definitions>"""

REQUIRED = {"required": True}


def field(kind: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": label, **more}


def choice(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "label": value.capitalize()} for value in values]


ROWS = {
    "type": "dynamiclist",
    "path": "baris",
    "label": "Barang",
    "components": [
        field("textfield", "nama", "Nama barang", validate=REQUIRED),
        field("number", "jumlah", "Jumlah", validate={**REQUIRED, "min": 1}),
        field("number", "harga", "Harga", properties={"format": "money"}),
        field("select", "jenis", "Jenis", values=choice("alat", "bahan")),
        *(field("textfield", f"ket_{n}", f"Keterangan {n}") for n in range(1, 9)),
        field("filepicker", "bukti", "Bukti", accept=".pdf", multiple=True),
        field("number", "total", "Total", properties={"compute": "jumlah * harga", "format": "money"}),
    ],
    "properties": {"rowLabel": "nama", "maxRows": 400},
}
ENTRY = {
    "id": "isian",
    "type": "default",
    "name": "Rencana",
    "components": [
        {"type": "text", "id": "petunjuk", "text": "Isi **dengan teliti**.\n\n- satu\n- dua"},
        field("textfield", "judul", "Judul", description="Nama rencana.", validate=REQUIRED),
        field("radio", "sifat", "Sifat", values=choice("biasa", "rahasia"), validate=REQUIRED),
        field("textarea", "alasan", "Alasan", validate=REQUIRED, conditional={"hide": "=sifat != 'rahasia'"}),
        field("datetime", "mulai", "Mulai", subtype="date", dateLabel="Mulai"),
        field("filepicker", "surat", "Surat", accept=".pdf"),
        ROWS,
        field(
            "number",
            "jumlah_total",
            "Jumlah total",
            properties={"compute": "sum([r.total for r in baris])", "format": "money"},
        ),
    ],
}
READING = {
    "id": "bacaan",
    "type": "default",
    "name": "Bacaan",
    "components": [
        {
            "type": "table",
            "id": "rekap",
            "label": "Barang yang diminta",
            "columns": [{"key": "nama", "label": "Nama"}, {"key": "total", "label": "Total", "type": "money"}],
            "properties": {"source": {"activity": "isi", "field": "baris"}},
        },
        field(
            "filepicker",
            "surat_asal",
            "Surat dari unit",
            readonly=True,
            properties={"source": {"activity": "isi", "field": "surat"}},
        ),
        field("textarea", "pesan", "Pesan"),
    ],
    "workbook": {
        "title": "='Rencana ' + judul",
        "source": {"activity": "isi", "field": "baris"},
        "columns": [
            {"label": "No", "type": "counter"},
            {"label": "Nama", "value": "nama"},
            {"label": "='Jumlah ' + sifat", "value": "jumlah", "type": "number"},
            {"label": "Bukti", "value": "bukti", "type": "files"},
        ],
    },
}
#: the least that the first form accepts
GOOD = {"judul": "ATK", "sifat": "biasa", "baris": [{"nama": "Kertas", "jumlah": "2", "harga": "50.000"}]}


@dataclass(slots=True)
class Shop:
    """The small process in a small office."""

    database: Database
    clock: SetClock

    def start(self) -> tuple[int, int]:
        """A new case and its first task."""
        with self.database.begin(person(self.database, "kasi_pemerintahan")) as uow:
            started = instances.start(uow, KEY)
        assert started.task_id is not None
        return started.instance_id, started.task_id

    def send(self, task_id: int, raw: dict[str, Any], *, by: str = "kasi_pemerintahan") -> work.Sent:
        with self.database.begin(person(self.database, by)) as uow:
            return work.complete(uow, task_id, raw)

    def pass_time(self, by: timedelta) -> None:
        """Time passes and the worker does what has fallen due."""
        self.clock.advance(by)
        worker = Worker(self.database)
        while worker.run_once():
            pass


def open_shop(database: Database, clock: SetClock) -> Shop:
    with database.begin(SYSTEM) as uow:
        deployment.deploy(uow, DIAGRAM.encode(), {"isian": json.dumps(ENTRY), "bacaan": json.dumps(READING)})
    return Shop(database, clock)
