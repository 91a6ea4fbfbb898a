"""Lists of tasks, one task with its form, and sending it: as a browser without scripts meets them."""

from __future__ import annotations

from datetime import timedelta

from engine import documents, instances
from engine import tasks as work
from tests.office import person
from tests.visitor import Visitor
from tests.webapp.conftest import Visit
from tests.webapp.small import GOOD, Shop
from tests.webapp.test_versions import publish

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ANSWERS = {"judul": "ATK", "sifat": "biasa"}


def opened(visit: Visit, task: int, who: str = "kasi_pemerintahan") -> Visitor:
    visitor = visit(who)
    visitor.open(f"/tasks/{task}")
    return visitor


def with_rows(visitor: Visitor, task: int, *rows: dict[str, str]) -> dict[str, str]:
    """Add rows with the page's own button, and the names to fill them in by."""
    for _ in rows:
        visitor.press(f"/tasks/{task}", button=("_add", "baris"))
    return {f"baris-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}


def value(visitor: Visitor, name: str) -> str:
    (found,) = visitor.page.root.xpath(f"//form//*[@name='{name}'][not(ancestor::template)]")
    if found.tag == "textarea":
        return str(found.text or "").strip()
    if found.tag == "select":
        return "".join(found.xpath("./option[@selected]/@value"))
    return str(found.get("value"))


def test_my_tasks_are_counted_in_the_title_and_say_what_by_when(shop: Shop, visit: Visit) -> None:
    shop.start()
    page = visit("kasi_pemerintahan").open("/tasks")
    assert page.root.findtext(".//title").startswith("Tugas Saya (1)")
    assert "Isi rencana" in page.text
    assert "Hari ini 09.15" in page.text


def test_a_returned_task_says_why_it_came_back(shop: Shop, visit: Visit) -> None:
    way_back = """<sequenceFlow id="f3" sourceRef="baca" targetRef="cukup"/><exclusiveGateway id="cukup" default="f5"/>
        <sequenceFlow id="f5" sourceRef="cukup" targetRef="selesai"/>
        <sequenceFlow id="f6" sourceRef="cukup" targetRef="isi">
        <conditionExpression>pesan != ''</conditionExpression></sequenceFlow>"""
    publish(shop.database, ('<sequenceFlow id="f3" sourceRef="baca" targetRef="selesai"/>', way_back))
    _, task = shop.start()
    shop.send(task, GOOD)
    assert "Mengapa dikembalikan" not in visit("camat").open("/tasks/2").text
    shop.send(2, {"pesan": "Harga belum masuk akal."}, by="camat")
    page = visit("kasi_pemerintahan").open("/tasks/3")
    (reason,) = page.root.xpath("//section[@aria-labelledby='sent-back-title']")
    assert "Harga belum masuk akal." in reason.text_content()
    assert page.text.count("Harga belum masuk akal.") == 1


def test_an_empty_list_says_what_will_appear(shop: Shop, visit: Visit) -> None:
    assert "Nikmati kopi Anda" in visit("camat").open("/tasks").text


def test_tasks_are_searched_and_filtered(shop: Shop, visit: Visit) -> None:
    shop.start()
    visitor = visit("kasi_pemerintahan")
    assert "Isi rencana" in visitor.open("/tasks?query=rencana").text
    assert "Tidak ada yang cocok" in visitor.open("/tasks?query=lain").text
    assert "Tidak ada yang cocok" in visitor.open("/tasks?late=1").text
    shop.pass_time(timedelta(minutes=20))
    assert "Isi rencana" in visitor.open("/tasks?late=1").text


def test_the_task_shows_its_form_beside_its_case(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    text = visitor.page.text
    for words in ("Kirim ke Camat", "DPA", "Rencana", "waktu baku 15 menit", "Anda di sini"):
        assert words in text
    assert visitor.page.root.xpath("//strong[text()='dengan teliti']")


def test_a_rejected_form_keeps_everything_and_leads_to_the_first_problem(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    names = with_rows(visitor, task, {"nama": "Kertas", "jumlah": "nol"}, {"nama": "", "jumlah": "3"})
    visitor.press(f"/tasks/{task}", {"judul": "", "sifat": "biasa", **names}, button=("_send", "1"))
    page = visitor.page
    assert page.status == 422
    assert value(visitor, "baris-0-jumlah") == "nol"
    assert value(visitor, "baris-1-jumlah") == "3"
    assert [field.get("name") for field in page.root.xpath("//*[@autofocus]")] == ["judul"]
    links = page.root.xpath("//*[@id='problems']//a/@href")
    assert links == ["#f-judul", "#f-baris-0-jumlah", "#f-baris-1-nama"]
    for link in links:
        (target,) = page.root.xpath(f"//*[@id='{link[1:]}']")
        assert target.get("aria-invalid") == "true"
        assert page.root.xpath(f"//*[@id='{target.get('aria-describedby').split()[-1]}']//text()")


def test_a_condition_is_decided_when_the_form_is_sent(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    hidden = visitor.page.root.xpath("//*[@data-field='alasan']")[0]
    assert "data-hidden" in hidden.attrib
    visitor.press(f"/tasks/{task}", {"judul": "ATK", "sifat": "rahasia"}, button=("_send", "1"))
    assert "data-hidden" not in visitor.page.root.xpath("//*[@data-field='alasan']")[0].attrib
    assert "Alasan" in visitor.page.problems


def test_rows_are_added_copied_and_removed_without_a_script(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    names = with_rows(visitor, task, {"nama": "Kertas", "jumlah": "2"})
    visitor.press(f"/tasks/{task}", names, button=("_copy", "baris:0"))
    visitor.press(f"/tasks/{task}", {"baris-1-nama": "Tinta"}, button=("_add", "baris"))
    assert [value(visitor, f"baris-{n}-nama") for n in range(3)] == ["Kertas", "Tinta", ""]
    visitor.press(f"/tasks/{task}", button=("_remove", "baris:0"))
    assert [value(visitor, f"baris-{n}-nama") for n in range(2)] == ["Tinta", ""]


def test_the_button_that_enter_presses_without_a_script_sends_nothing(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    form = opened(visit, task).page.form(f"/tasks/{task}")
    first = form.xpath(".//button[not(@type) or @type='submit']")[0]
    assert first.get("name") == "_draft"


def test_cells_pasted_from_a_spreadsheet_become_rows(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    with_rows(visitor, task, {})
    sheet = 'Jumlah\tNama barang\tJenis\n2\t"Kertas\nA4"\tAlat\n3\tTinta\tbahan'
    visitor.press(f"/tasks/{task}", {"_tsv-baris": sheet}, button=("_paste", "baris"))
    assert "2 baris terisi" in visitor.page.text
    assert [value(visitor, f"baris-{n}-jumlah") for n in range(2)] == ["2", "3"]
    assert value(visitor, "baris-0-nama").split() == ["Kertas", "A4"]
    assert [value(visitor, f"baris-{n}-jenis") for n in range(2)] == ["alat", "bahan"]


def test_a_draft_is_kept_and_computed_while_somebody_types(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    answers = {"judul": "", "sifat": "rahasia", "baris-0-jumlah": "3", "baris-0-harga": "1.500", "baris-1-nama": "x"}
    token = visitor.page.root.xpath("//meta[@name='csrf-token']/@content")[0]
    client = visitor.transport.client  # type: ignore[attr-defined]
    response = client.post(
        f"/tasks/{task}/draft", data=answers, headers={"X-CSRFToken": token, "Referer": "http://localhost/"}
    )
    assert response.status_code == 200
    saved = response.get_json()
    assert saved["saved_at"] == "09.00"
    assert saved["values"]["baris.0.total"] == "Rp4.500"
    assert saved["values"]["jumlah_total"] == "Rp4.500"
    assert "alasan" not in saved["hidden"]
    visitor.open(f"/tasks/{task}")
    assert "tersimpan 09.00" in visitor.page.text
    assert value(visitor, "baris-0-jumlah") == "3"


def test_a_file_sent_with_a_rejected_form_is_still_there(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    visitor.press(f"/tasks/{task}", {"judul": ""}, files={"surat": ("edaran.pdf", PDF)}, button=("_send", "1"))
    assert visitor.page.status == 422
    (link,) = visitor.page.links(r"/documents/\w+")
    kept = visitor.page.root.xpath("//input[@name='surat'][@type='hidden']/@value")
    assert kept == [link.rsplit("/", 1)[1]]
    visitor.press(f"/tasks/{task}", button=("_remove_file", f"surat:{kept[0]}"))
    assert visitor.page.links(r"/documents/\w+") == []


def test_a_file_of_another_kind_is_refused_at_its_field(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    visitor.press(f"/tasks/{task}", ANSWERS, files={"surat": ("virus.exe", b"MZ\x90")}, button=("_send", "1"))
    assert visitor.page.status == 422
    assert visitor.page.root.xpath("//*[@id='f-surat'][@aria-invalid='true']")
    assert value(visitor, "judul") == "ATK"


def test_a_file_goes_up_at_once_and_says_why_not(shop: Shop, visit: Visit) -> None:
    import io

    _, task = shop.start()
    visitor = opened(visit, task)
    headers = {
        "X-CSRFToken": visitor.page.root.xpath("//meta[@name='csrf-token']/@content")[0],
        "Referer": "http://localhost/",
    }
    client = visitor.transport.client  # type: ignore[attr-defined]

    def send(path: str, name: str, content: bytes) -> tuple[int, dict[str, str]]:
        data = {"path": path, "file": (io.BytesIO(content), name)}
        response = client.post(f"/tasks/{task}/files", data=data, headers=headers)
        return response.status_code, response.get_json(silent=True) or {}

    status, answer = send("baris.0.bukti", "nota.pdf", PDF)
    assert (status, answer["name"]) == (200, "nota.pdf")
    download = client.get(answer["href"])
    assert download.data == PDF
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download.headers["Content-Security-Policy"]
    status, answer = send("baris.0.bukti", "nota.html", b"<script>")
    assert status == 422
    assert "nota.html" in answer["problem"]
    assert send("judul", "nota.pdf", PDF)[0] == 404


def test_a_file_of_an_earlier_step_stands_on_the_next_ones_form_as_a_link(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    with shop.database.begin(person(shop.database, "kasi_pemerintahan")) as uow:
        paper = documents.upload(uow, task, "surat", "permintaan.pdf", PDF)
    sent = shop.send(task, {**GOOD, "surat": [paper.id]})
    page = visit("camat").open(f"/tasks/{sent.next[0].task_id}")
    (shown,) = page.root.xpath("//*[contains(@class, 'is-filepicker')]//a")
    assert shown.text_content() == "permintaan.pdf"
    assert shown.get("href") == f"/documents/{paper.id}"


def test_two_hundred_rows_come_back_with_their_problems(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    answers = {"judul": "Banyak", "sifat": "biasa"}
    for row in range(200):
        answers |= {f"baris-{row}-{key}": f"{key} {row}" for key in ("nama", *(f"ket_{n}" for n in range(1, 9)))}
        answers |= {f"baris-{row}-jumlah": "salah" if row == 150 else "2", f"baris-{row}-harga": "1.000"}
    visitor.press(f"/tasks/{task}", answers, button=("_send", "1"))
    assert visitor.page.status == 422
    assert "Barang 151: Jumlah" in visitor.page.problems
    assert value(visitor, "baris-199-ket_8") == "ket_8 199"
    visitor.press(f"/tasks/{task}", {"baris-150-jumlah": "2"}, button=("_send", "1"))
    assert visitor.page.url == f"/tasks/{task}/sent"


def test_after_sending_one_sees_who_has_it_next(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    visitor.press(f"/tasks/{task}", ANSWERS, button=("_send", "1"))
    text = visitor.page.text
    assert "Camat" in text
    assert "Baca rencana" in text
    assert "Orang Camat" in text


def test_sending_twice_says_it_was_already_sent(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    form = visitor.page
    visitor.press(f"/tasks/{task}", ANSWERS, button=("_send", "1"))
    visitor.back_to(form)
    visitor.press(f"/tasks/{task}", ANSWERS, button=("_send", "1"))
    assert visitor.page.status == 409
    assert "tercatat satu kali" in visitor.page.text


def test_what_was_typed_is_shown_again_when_it_came_too_late(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    visitor = opened(visit, task)
    with shop.database.begin(person(shop.database, "pengelola_sop")) as uow:
        instances.suspend(uow, case, "Anggaran berubah")
    visitor.press(f"/tasks/{task}", {**ANSWERS, "judul": "Alat tulis triwulan"}, button=("_send", "1"))
    assert visitor.page.status == 409
    assert "Alat tulis triwulan" in visitor.page.text
    assert f"/tasks/{task}" not in visitor.page.actions()


def test_a_second_case_of_the_same_key_is_sent_only_when_confirmed(shop: Shop, visit: Visit) -> None:
    _, first = shop.start()
    shop.send(first, GOOD)
    _, task = shop.start()
    visitor = opened(visit, task)
    visitor.press(f"/tasks/{task}", ANSWERS, button=("_send", "1"))
    assert visitor.page.status == 409
    assert value(visitor, "judul") == "ATK"
    assert "Belanja ATK" in visitor.page.problems
    visitor.press(f"/tasks/{task}", button=("_confirm", "1"))
    assert visitor.page.url == f"/tasks/{task}/sent"


def test_who_may_not_work_on_a_task_reads_it(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    page = opened(visit, task, "pengelola_sop").page
    assert page.status == 200
    assert f"/tasks/{task}" not in page.actions()
    assert not page.root.xpath("//*[@name='judul']")
    assert "Nama rencana." not in page.text, "how to fill in is of no use to who only reads"


def test_somebody_outside_the_case_finds_no_task(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    assert opened(visit, task, "lurah_jogoyudan").page.status == 404


def test_a_task_is_reassigned_from_its_page(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    someone = person(shop.database, "kasi_pelayanan_umum").person_id
    visitor = opened(visit, task, "camat")
    visitor.press(f"/tasks/{task}/assign", {"person_id": someone})
    assert "Orang Kasi Pelayanan Umum" in visitor.page.text
    assert visit("kasi_pelayanan_umum").open("/tasks").root.xpath(f"//a[@href='/tasks/{task}']")


def test_taking_a_task_opens_it_and_releasing_puts_it_back(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    with shop.database.begin(person(shop.database, "kasi_pemerintahan")) as uow:
        work.claim(uow, task)
    visitor = opened(visit, task)
    visitor.press(f"/tasks/{task}/unclaim")
    assert visitor.page.url == "/tasks"
    assert "antrean" in visitor.page.text


def test_what_people_type_never_becomes_markup(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = opened(visit, task)
    evil = '"><script>alert(1)</script>'
    visitor.press(f"/tasks/{task}", {"judul": evil, "sifat": "biasa"}, button=("_draft", "1"))
    assert value(visitor, "judul") == evil
    assert not visitor.page.root.xpath("//script[contains(text(), 'alert')]")
