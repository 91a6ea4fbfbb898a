"""The first procedure as a part of another one: every page and every step works as it does by itself."""

from __future__ import annotations

from engine import cases, deployment, instances
from engine.db import Database
from engine.identity import SYSTEM
from tests import answers
from tests.engine.diagram.building import around
from tests.engine.test_calls import call, deployed, drawn, step
from tests.office import person
from tests.quarters import PROCESS, deploy, indicator, send
from tests.webapp.conftest import Visit


def test_the_whole_procedure_runs_inside_of_another(office: Database, visit: Visit) -> None:
    deploy(office)
    body = around(call(PROCESS, attributes='alur:number="2"'), step("after"), ids="k after")
    with office.begin(SYSTEM) as uow:
        made = deployment.deploy(uow, drawn("whole", body, 'alur:calendar="office" alur:starters="kasubag_umum"'), {})
        assert [w.rule for w in made.warnings if w.rule == "other-calendar"] == []
    with office.begin(person(office, "kasubag_umum")) as uow:
        case = instances.start(uow, "whole").instance_id

    def done(position: str, activity: str, raw: dict[str, object]) -> None:
        with office.read(SYSTEM) as uow:
            waiting = [t for t in cases.get(uow, case).tasks if t.state == "open" and t.activity_id == f"k/{activity}"]
        page = visit(position).open(f"/tasks/{waiting[0].id}")
        assert page.status == 200
        assert visit(position).open(f"/cases/{case}").status == 200
        send(office, position, case, f"k/{activity}", raw)

    rows = [indicator("Surat", "10")]
    done("kasubag_umum", "terima_permintaan", answers.PERMINTAAN)
    done("sekretaris_kecamatan", "teruskan_surat", answers.PENERUSAN)
    units = {"pembagian": [{"unit": "kasi_pemerintahan", "tugas": "Mengisi data."}]}
    done("camat", "disposisi", {**answers.DISPOSISI, **units})
    done("kasi_pemerintahan", "isi_data_unit", {"indikator": rows})
    done("kasubag_keuangan", "gabungkan_draf", answers.DRAF)
    returned = answers.checked({"kasi_pemerintahan": "Perbaiki."}, order=["kasi_pemerintahan"])
    done("sekretaris_kecamatan", "periksa_kelengkapan", returned)
    with office.read(SYSTEM) as uow:
        page = cases.get(uow, case)
    (again,) = [t for t in page.tasks if t.state == "open"]
    assert (again.activity_id, again.round, again.number) == ("k/isi_data_unit", 2, None)
    done("kasi_pemerintahan", "isi_data_unit", {"indikator": rows})
    done("kasubag_keuangan", "gabungkan_draf", answers.DRAF)
    whole = answers.checked({"kasi_pemerintahan": None}, order=["kasi_pemerintahan"])
    done("sekretaris_kecamatan", "periksa_kelengkapan", whole)
    visitor = visit("kasubag_keuangan")
    shown = visitor.open(f"/cases/{case}")
    (address,) = shown.links(r".*/workbook/.*")
    assert visitor.open(address).status == 200
    done("kasubag_keuangan", "susun_dokumen", answers.DOKUMEN)
    done("kasubag_keuangan", "sampaikan_dokumen", answers.PENYAMPAIAN)
    with office.read(SYSTEM) as uow:
        page = cases.get(uow, case)
    assert {t.activity_id for t in page.tasks if t.state == "open"} <= {"k/arsipkan", "after"}
    assert [d.activity_id for d in page.deadlines if d.number]
    assert visit("pengelola_sop").open("/processes/whole").status == 200


def test_a_version_that_only_follows_says_what_it_follows_and_what_that_changes(office: Database, visit: Visit) -> None:
    deployed(office, "called", around(step("a"), ids="a"))
    deployed(office, "caller", around(call("called"), ids="k"))
    deployed(office, "called", around(step("a"), step("n"), ids="n a"))
    told = visit("pengelola_sop").open("/processes/caller/versions").text
    assert "Mengikuti “Process called”, yang dipanggilnya, ke versi 2." in told
    page = visit("pengelola_sop").open("/processes/caller/compare?from=1&to=2")
    assert "versi proses yang dipanggil sebelumnya: 1 → sekarang: 2" in page.text
    page = visit("pengelola_sop").open("/processes/caller/compare?from=2&to=2")
    assert "versi proses yang dipanggil" not in page.text
