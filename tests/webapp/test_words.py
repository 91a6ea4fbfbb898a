"""Dates, numbers, lateness and ledgers in words, as an Indonesian office writes them; English beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g, request
from flask_babel import refresh

from engine.worktime import Calendar, DayOff, HoursPeriod, Lateness, due
from tests.conftest import WIB
from webapp import i18n, ledger

WEEK = dict.fromkeys(range(4), ((time(7, 30), time(12)), (time(13), time(16))))
WEEK[4] = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
OFF = {
    date(2026, 3, 18): "joint_leave",
    date(2026, 3, 19): "public",
    date(2026, 3, 20): "joint_leave",
    date(2026, 3, 23): "joint_leave",
    date(2026, 3, 24): "joint_leave",
}
CALENDAR = Calendar(
    "office",
    "Kantor",
    "Asia/Jakarta",
    (HoursPeriod(None, None, WEEK),),
    {day: DayOff(day, "Cuti bersama" if kind == "joint_leave" else "Nyepi", kind) for day, kind in OFF.items()},
)


@pytest.fixture
def speak(app: Flask) -> Iterator[Callable[[str], None]]:
    """A page of Tuesday 10 March 2026, 09.00 WIB; `speak("en")` changes its language."""
    with app.test_request_context("/"):
        g.now = datetime(2026, 3, 10, 9, 0, tzinfo=WIB)

        def change(language: str) -> None:
            request.cookies = {"language": language}  # type: ignore[misc]
            refresh()

        change("id")
        yield change


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("made", "id", "en"),
    [
        (lambda: i18n.day(date(2026, 11, 22)), "22 November 2026", "22 November 2026"),
        (lambda: i18n.day(at(1, 2, month=5)), "1 Mei 2026", "1 May 2026"),
        (lambda: i18n.clock(at(10, 7, 30)), "07.30 WIB", "07:30 WIB"),
        (lambda: i18n.moment(at(10, 7, 30)), "10 Maret 2026 07.30 WIB", "10 March 2026 07:30 WIB"),
        (lambda: i18n.short_moment(at(13, 10, 5)), "Jum 13 Mar 10.05", "Fri 13 Mar 10:05"),
        (lambda: i18n.short_day(date(2027, 1, 7)), "Kam 7 Jan 2027", "Thu 7 Jan 2027"),
        (lambda: i18n.long_day(date(2026, 8, 17)), "Senin, 17 Agustus 2026", "Monday, 17 August 2026"),
        (lambda: i18n.number(1234.56), "1.234,56", "1,234.56"),
        (lambda: i18n.number(1234.5, 2), "1.234,50", "1,234.50"),
        (lambda: i18n.money(1234567), "Rp1.234.567", "Rp1,234,567"),
        (lambda: i18n.money(-1234.5), "-Rp1.234,50", "-Rp1,234.50"),
        (lambda: i18n.percent(97.456), "97,46\u00a0%", "97.46\u00a0%"),
        (lambda: i18n.file_size(812_400), "812\u00a0KB", "812\u00a0KB"),
        (lambda: i18n.file_size(1_400_000), "1,4\u00a0MB", "1.4\u00a0MB"),
        (lambda: i18n.duration_words("P4D"), "4 hari kerja", "4 working days"),
        (lambda: i18n.duration_words("PT15M"), "15 menit", "15 minutes"),
        (lambda: i18n.duration_words("P1DT2H30M"), "1 hari kerja 2 jam 30 menit", "1 working day 2 hours 30 minutes"),
        (lambda: i18n.duration_words("P4D", working=False), "4 hari", "4 days"),
        (lambda: i18n.span_words(12_000), "3 jam 20 menit", "3 hours 20 minutes"),
        (lambda: i18n.span_words(20), "kurang dari satu menit", "less than a minute"),
        (lambda: i18n.nip("198001012005012003"), "19800101 200501 2 003", "19800101 200501 2 003"),
        (lambda: i18n.number(None) + i18n.day(None) + i18n.due_words(None), "", ""),
    ],
)
def test_values_in_both_languages(speak: Callable[[str], None], made: Callable[[], str], id: str, en: str) -> None:
    assert made() == id
    speak("en")
    assert made() == en


@pytest.mark.parametrize(
    ("due_at", "late", "said"),
    [
        (at(10, 10, 5), None, "Hari ini 10.05"),
        (at(11, 10, 5), None, "Besok 10.05"),
        (at(13, 16, 30), None, "Jumat 16.30"),
        (at(26, 10, 5), None, "Kam 26 Mar 10.05"),
        (at(6, 10, 5), Lateness(2, 900), "Terlambat 2 hari kerja"),
        (at(9, 16, 0), Lateness(0, 95), "Terlambat, tenggat hari ini"),
        (at(6, 10, 5), None, "Terlambat sejak Jum 6 Mar 10.05"),
    ],
)
def test_when_something_is_due_is_said_the_way_one_says_it(
    speak: Callable[[str], None], due_at: datetime, late: Lateness | None, said: str
) -> None:
    assert i18n.due_words(due_at, late) == said


@pytest.mark.parametrize(
    ("start", "duration", "said"),
    [
        (
            at(13, 10, 5),
            "P4D",
            "4 hari kerja dari Jum 13 Mar 10.05: lewati Sab 14–Min 15 Mar; Rab 18 Mar cuti bersama; "
            "Kam 19 Mar hari libur nasional (Nyepi); Jum 20 Mar cuti bersama; lewati Sab 21–Min 22 Mar; "
            "Sen 23–Sel 24 Mar cuti bersama = Kam 26 Mar 10.05",
        ),
        (
            at(10, 11, 50),
            "PT15M",
            "15 menit dari Sel 10 Mar 11.50: Sel 10 Mar 12.00–13.00 istirahat = Sel 10 Mar 13.05",
        ),
        (at(13, 16, 25), "PT15M", "15 menit dari Jum 13 Mar 16.25: lewati Sab 14–Min 15 Mar = Sen 16 Mar 07.40"),
        (at(10, 9, 0), "PT5M", "5 menit dari Sel 10 Mar 09.00 = Sel 10 Mar 09.05"),
        (
            at(14, 9, 0),
            "PT5M",
            "5 menit dari Sab 14 Mar 09.00: di luar jam kerja: dihitung mulai Sen 16 Mar 07.30; "
            "lewati Sab 14–Min 15 Mar = Sen 16 Mar 07.35",
        ),
        (
            at(6, 16, 20),
            "P1D",
            "1 hari kerja dari Jum 6 Mar 16.20: lewati Sab 7–Min 8 Mar; "
            "jatuh setelah jam pulang: dimajukan ke jam pulang = Sen 9 Mar 16.00",
        ),
    ],
)
def test_a_due_date_is_explained(speak: Callable[[str], None], start: datetime, duration: str, said: str) -> None:
    assert ledger.ledger_sentence(due(CALENDAR, start, duration).ledger) == said


def test_without_a_calendar_the_explanation_speaks_of_plain_days(speak: Callable[[str], None]) -> None:
    said = ledger.ledger_sentence(due(None, at(13, 10, 5), "P2D").ledger)
    assert said == "2 hari dari Jum 13 Mar 10.05 = Min 15 Mar 10.05"


def test_a_date_from_the_diagram_and_a_second_count_are_told(speak: Callable[[str], None]) -> None:
    assert ledger.explain_ledger({"due": at(13, 10, 5).isoformat(), "entries": []})[-1] == "= Jum 13 Mar 10.05"
    counted: dict[str, Any] = due(CALENDAR, at(10, 9), "P1D").ledger
    counted["recounted"] = {"at": at(10, 12).isoformat(), "before": at(12, 9).isoformat()}
    said = ledger.ledger_sentence(counted)
    assert "dihitung ulang Sel 10 Mar karena kalender berubah; sebelumnya Kam 12 Mar 09.00" in said


def test_the_explanation_is_there_in_english_too(speak: Callable[[str], None]) -> None:
    speak("en")
    text = ledger.ledger_sentence(due(CALENDAR, at(13, 10, 5), "P4D").ledger)
    assert text.startswith("4 working days from Fri 13 Mar 10:05: skip Sat 14–Sun 15 Mar; Wed 18 Mar joint leave")
    assert text.endswith("= Thu 26 Mar 10:05")


def test_times_follow_the_zone_of_the_office(speak: Callable[[str], None]) -> None:
    g.zone = ZoneInfo("Asia/Makassar")
    assert i18n.moment(at(10, 23, 30)) == "11 Maret 2026 00.30 WITA"
