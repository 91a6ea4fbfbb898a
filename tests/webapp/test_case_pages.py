"""Cases, processes and what is late, as people see them; the workbook of a case."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from engine import history, notes
from tests.office import person
from tests.webapp.conftest import Visit
from tests.webapp.small import GOOD, KEY, Shop
from tests.webapp.test_versions import publish


def test_a_case_is_started_from_its_process(shop: Shop, visit: Visit) -> None:
    visitor = visit("kasi_pemerintahan")
    visitor.open(f"/processes/{KEY}")
    visitor.press(f"/processes/{KEY}/start")
    assert visitor.page.url == "/tasks/1"


def test_who_may_not_start_a_process_sees_who_may(shop: Shop, visit: Visit) -> None:
    page = visit("camat").open(f"/processes/{KEY}")
    assert page.actions().count(f"/processes/{KEY}/start") == 0
    assert "Kasi Pemerintahan" in page.text


def test_the_process_page_shows_diagram_header_and_what_is_assumed(shop: Shop, visit: Visit) -> None:
    page = visit("camat").open(f"/processes/{KEY}")
    assert page.root.xpath("//*[local-name()='svg'][contains(@class, 'diagram')]")
    for words in ("Peraturan Contoh", "Nomor SOP", "dikosongkan", "Batas waktu disimpulkan.", "15 menit", "DPA"):
        assert words in page.text


def test_a_step_without_a_number_stands_among_the_steps_with_who_performs_it(shop: Shop, visit: Visit) -> None:
    publish(shop.database, (' camunda:formKey="bacaan" alur:number="2"/>', ' camunda:formKey="bacaan"/>'))
    visitor = visit("kasi_pemerintahan")
    step = visitor.open(f"/processes/{KEY}").root.xpath("//tr[th[normalize-space()='Baca rencana']]")[0]
    assert [cell.text for cell in step.findall("td")[:2]] == ["–", "Camat"]
    visitor.press(f"/processes/{KEY}/start")
    assert "Baca rencana" in str(visitor.open("/cases/1").root.xpath("//table[contains(@class, 'steps')]//th/text()"))


def test_the_list_shows_progress_and_is_searched(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    shop.send(task, GOOD)
    visitor = visit("camat")
    page = visitor.open("/cases")
    assert page.root.findtext(".//title").startswith("Berkas (1)")
    assert "1 dari 2 langkah" in page.text
    assert "Belanja ATK" in visitor.open("/cases?query=atk").text
    assert "Tidak ada yang cocok" in visitor.open("/cases?state=completed").text


def test_a_confidential_case_is_not_even_listed_for_others(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    shop.send(task, {**GOOD, "sifat": "rahasia", "alasan": "Belum diumumkan"})
    stranger = visit("lurah_jogoyudan")
    assert "Belanja ATK" not in stranger.open("/cases").text
    assert "Belanja ATK" not in stranger.open("/cases?query=belanja").text
    assert stranger.open(f"/cases/{case}").status == 404
    assert stranger.open(f"/cases/{case}/workbook/bacaan.xlsx").status == 404


def test_the_case_tells_where_it_is_what_happened_and_why_it_is_due(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    shop.pass_time(timedelta(minutes=20))
    shop.send(task, GOOD)
    page = visit("camat").open(f"/cases/{case}")
    for words in ("Baca rencana", "Dikirim: Isi rencana", "Tenggat lewat, atasan diberi peringatan", "Berkas dimulai"):
        assert words in page.text
    assert "= Sel 10 Mar 09.15" in page.text
    assert "Rp50.000" in page.text, "the answers of the first step are shown"


def test_a_long_history_is_turned_back_from_its_newest_events(shop: Shop, visit: Visit) -> None:
    case, _ = shop.start()
    with shop.database.begin(person(shop.database, "camat")) as uow:
        for number in range(230):
            history.record(uow, "timer.fired", instance_id=case)  # nobody is told of it: it takes no room
            notes.add(uow, case, f"Catatan {number}")
    visitor = visit("camat")
    page = visitor.open(f"/cases/{case}")
    assert page.root.xpath("//a[.='Peristiwa terbaru']") == []
    told, newest = [], page.url
    while True:
        told.append(len(page.root.xpath("//ol[@class='timeline']/li")))
        links = page.root.xpath("//a[contains(., 'Peristiwa sebelumnya')]/@href")
        if not links:
            break
        page = visitor.open(links[0])
    assert told == [100, 100, 31]
    assert "Berkas dimulai" in page.root.xpath("string(//ol[@class='timeline']/li[last()])")
    (back,) = page.root.xpath("//a[contains(., 'Peristiwa terbaru')]/@href")
    assert visitor.open(back).url.partition("#")[0] == newest
    for odd in ("0", "-1", "x", "9" * 30, "1.5", ""):
        assert visitor.open(f"/cases/{case}?before={odd}").status == 200


def test_a_note_is_written_and_an_empty_one_refused(shop: Shop, visit: Visit) -> None:
    case, _ = shop.start()
    visitor = visit("kasi_pemerintahan")
    visitor.open(f"/cases/{case}")
    visitor.press(f"/cases/{case}/notes", {"text": " "})
    assert visitor.page.status == 422
    visitor.press(f"/cases/{case}/notes", {"text": "Menunggu DPA."})
    assert "Menunggu DPA." in visitor.page.text


def test_the_owner_suspends_activates_and_cancels_with_a_reason(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    owner = visit("pengelola_sop")
    owner.open(f"/cases/{case}")
    owner.press(f"/cases/{case}/suspend", {"reason": ""})
    assert owner.page.status == 422
    owner.press(f"/cases/{case}/suspend", {"reason": "Anggaran berubah"})
    assert "Anggaran berubah" in owner.page.text
    assert f"/tasks/{task}" not in visit("kasi_pemerintahan").open(f"/tasks/{task}").actions()
    owner.press(f"/cases/{case}/activate", {"reason": "Sudah jelas"})
    owner.press(f"/cases/{case}/cancel", {"reason": "Salah surat"})
    assert "Salah surat" in owner.page.text
    assert "ditarik" in visit("kasi_pemerintahan").open(f"/tasks/{task}").text


def test_who_does_not_own_the_process_can_not_steer_its_cases(shop: Shop, visit: Visit) -> None:
    case, _ = shop.start()
    page = visit("kasi_pemerintahan").open(f"/cases/{case}")
    assert f"/cases/{case}/cancel" not in page.actions()


def test_what_is_late_is_shown_to_the_supervisor_and_stays_after_it_is_done(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    shop.pass_time(timedelta(days=2))
    supervisor = visit("camat")
    page = supervisor.open("/overdue")
    assert page.root.findtext(".//title").startswith("Terlambat (1)")
    assert "Terlambat dua sampai empat hari kerja" in page.text
    assert "Isi rencana" not in visit("lurah_jogoyudan").open("/overdue").text
    supervisor.press("/overdue/1/acknowledge", {"note": "Sudah saya telepon."})
    assert "Sudah saya telepon." in supervisor.page.text
    shop.send(task, GOOD)
    assert "Tidak ada yang terlambat" in supervisor.open("/overdue").text
    closed = supervisor.open("/overdue?state=closed").text
    assert "Isi rencana" in closed
    assert "Sudah saya telepon." in closed


def test_closed_alerts_are_turned_over_page_by_page(shop: Shop, visit: Visit) -> None:
    started = [shop.start() for _ in range(26)]
    shop.pass_time(timedelta(minutes=30))
    for number, (_, task) in enumerate(started):
        shop.send(task, {**GOOD, "judul": f"ATK {number}"})
    supervisor = visit("camat")
    page = supervisor.open("/overdue?state=closed")
    assert "Halaman 1 dari 2" in page.text
    assert len(page.root.xpath("//article")) == 25
    assert page.root.xpath("//nav[@class='tabs']//a[@aria-current]/@href") == ["/overdue?state=closed"]
    (link,) = page.root.xpath("//a[@rel='next']/@href")
    assert len(supervisor.open(link).root.xpath("//article")) == 1


def test_late_work_is_reassigned_from_its_alert(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    shop.pass_time(timedelta(minutes=30))
    supervisor = visit("camat")
    supervisor.open("/overdue")
    someone = person(shop.database, "kasi_pelayanan_umum").person_id
    supervisor.press(f"/tasks/{task}/assign", {"person_id": someone})
    assert supervisor.page.url == "/overdue"
    assert "pada Orang Kasi Pelayanan Umum" in supervisor.page.text


def test_the_workbook_has_the_declared_headings_and_no_formula(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    visitor = visit("kasi_pemerintahan")
    assert visitor.open(f"/cases/{case}").links(".*xlsx") == []
    rows = [{"nama": "=1+1", "jumlah": "2"}, {"nama": "Tinta", "jumlah": "3,5"}]
    shop.send(task, {**GOOD, "baris": rows})
    (link,) = visitor.open(f"/cases/{case}").links(".*xlsx")
    response = visitor.transport.client.get(link)  # type: ignore[attr-defined]
    assert "Rencana ATK.xlsx" in response.headers["Content-Disposition"]
    sheet = load_workbook(BytesIO(response.data)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "Rencana ATK"
    start = cells.index(["No", "Nama", "Jumlah biasa", "Bukti"])
    assert cells[start + 1 :] == [[1, "=1+1", 2, None], [2, "Tinta", 3.5, None]]
    formula = sheet.cell(start + 2, 2)
    assert formula.data_type == "s"
    assert formula.quotePrefix


def test_a_form_without_a_workbook_offers_none(shop: Shop, visit: Visit) -> None:
    case, _ = shop.start()
    assert visit("kasi_pemerintahan").open(f"/cases/{case}/workbook/isian.xlsx").status == 404
