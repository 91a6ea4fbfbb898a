"""What stands around an input stays with its value where it can only be read; limits stand on the input."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from engine import deployment, instances
from engine.db import Database
from engine.identity import SYSTEM
from tests.office import person
from tests.webapp.conftest import Visit
from tests.webapp.small import DIAGRAM, KEY

DAYS: dict[str, Any] = {"type": "number", "label": "Lama", "appearance": {"suffixAdorner": "hari kerja"}}
ENTRY = {
    "id": "isian",
    "components": [
        {"type": "textfield", "key": "judul", "label": "Judul", "validate": {"required": True}},
        {**DAYS, "key": "lama"},
        {**DAYS, "key": "sisa", "properties": {"compute": "12 - lama"}},
        {"type": "datetime", "key": "mulai", "label": "Mulai", "subtype": "date", "disallowPassedDates": True},
        {"type": "datetime", "key": "jam", "label": "Jam", "subtype": "datetime", "disallowPassedDates": True},
        {"type": "dynamiclist", "path": "baris", "label": "Baris", "components": [{**DAYS, "key": "hari"}]},
    ],
}
READING = {
    "id": "bacaan",
    "components": [{**DAYS, "key": "diminta", "properties": {"source": {"activity": "isi", "field": "lama"}}}],
}


def test_units_are_read_with_their_numbers(office: Database, app: Flask, visit: Visit) -> None:
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, DIAGRAM.encode(), {"isian": json.dumps(ENTRY), "bacaan": json.dumps(READING)})
    with office.begin(person(office, "kasi_pemerintahan")) as uow:
        started = instances.start(uow, KEY)
    visitor = visit("kasi_pemerintahan")
    page = visitor.open(f"/tasks/{started.task_id}")
    assert page.root.xpath("//input[@name='mulai']/@min") == ["2026-03-10"]
    assert page.root.xpath("//input[@name='jam']/@min") == ["2026-03-10T00:00"]
    answers = {"judul": "Cuti", "lama": "3", "mulai": "2026-03-09", "baris-0-hari": "2"}
    refused = visitor.press(f"/tasks/{started.task_id}", answers)
    assert refused.status == 422
    assert "Isi tanggal hari ini atau sesudahnya." in refused.text
    assert refused.root.xpath("string(//output[@data-computed='sisa'])") == "9 hari kerja"
    visitor.press(f"/tasks/{started.task_id}", {"mulai": "2026-03-10"})
    sent = " ".join(visitor.open(f"/cases/{started.instance_id}").text.split())
    assert "Lama 3 hari kerja" in sent
    assert "2 hari kerja" in sent

    camat = visit("camat")
    (task,) = set(camat.open("/tasks").links(r"/tasks/\d+"))
    assert camat.open(task).root.xpath("string(//*[@id='f-diminta'])").strip() == "3 hari kerja"
