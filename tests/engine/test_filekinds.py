"""Which files are taken: looked at from the inside, not by their names."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine import filekinds
from engine.errors import InvalidInput

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive(*names: str, stored: tuple[str, str] | None = None) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        if stored:
            file.writestr(zipfile.ZipInfo(stored[0]), stored[1])
        for name in names:
            file.writestr(name, "x")
    return content.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
ODT = archive("content.xml", stored=("mimetype", "application/vnd.oasis.opendocument.text"))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Surat Edaran.pdf", PDF, "application/pdf"),
        ("SURAT.PDF", PDF, "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("laporan.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("rekap.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("surat.odt", ODT, "application/vnd.oasis.opendocument.text"),
        ("lama.xls", OLE, "application/vnd.ms-excel"),
        ("rekap.csv", "Unit;Nilai\nKelurahan é;7\n".encode(), "text/csv"),
        ("utf16.txt", "Kecamatan".encode("utf-16"), "text/plain"),
        ("bukti.zip", archive("foto.jpg"), "application/zip"),
    ],
)
def test_what_an_office_sends_is_taken(name: str, content: bytes, media_type: str) -> None:
    assert filekinds.checked(name, content) == (name, media_type)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.exe", b"MZ" + bytes(100)),
        ("page.html", b"<html></html>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("macro.docm", DOCX),
        ("surat", PDF),
        ("surat.pdf", b""),
        ("surat.pdf", b"<html><script>alert(1)</script></html>"),
        ("surat.pdf", b"MZ" + bytes(100)),
        ("foto.png", PDF),
        ("foto.jpg", PNG),
        ("surat.docx", XLSX),
        ("surat.docx", archive("anything.txt")),
        ("surat.docx", archive("word/document.xml", "word/vbaProject.bin")),
        ("surat.docx", OLE),
        ("surat.docx", b"PK\x03\x04 and then nothing of use"),
        ("rekap.csv", b"<!DOCTYPE html><script>"),
        ("rekap.csv", b"  \n<svg onload=alert(1)>"),
        ("catatan.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("catatan.txt", bytes(range(256))),
        ("bukti.zip", archive("foto.jpg", "setup.EXE")),
        ("bukti.zip", b"Rar!\x1a\x07\x00"),
    ],
)
def test_what_a_browser_or_system_could_run_or_what_lies_about_itself_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        filekinds.checked(name, content)
    assert refused.value.field == "file"


def test_a_field_may_take_fewer_kinds() -> None:
    assert filekinds.checked("a.pdf", PDF, (".pdf", ".docx"))
    with pytest.raises(InvalidInput) as refused:
        filekinds.checked("a.png", PNG, (".pdf", ".docx"))
    assert refused.value.params["kinds"] == "PDF, DOCX"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\Users\sari\Surat.pdf", "Surat.pdf"),
        ("surat\r\nSet-Cookie: x.pdf", "suratSet-Cookie_ x.pdf"),
        ("surat\u202egnp.pdf", "suratgnp.pdf"),
        (".htaccess", "htaccess"),
        ("  Surat   Edaran .pdf", "Surat Edaran .pdf"),
        ('a<b>"c|d?.pdf', "a_b__c_d_.pdf"),
        ("", "file"),
    ],
)
def test_names_are_safe_on_every_system(name: str, clean: str) -> None:
    assert filekinds.clean_name(name) == clean


def test_a_long_name_keeps_its_suffix() -> None:
    name = filekinds.clean_name("x" * 400 + ".pdf")
    assert len(name) == 200
    assert name.endswith("x.pdf")
