"""The expression language: what it computes, what it refuses, and that it always ends."""

import json
import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.expressions import FUNCTIONS, check, evaluate, names_in, office_functions

THRESHOLDS = [
    (91, True, "Sangat Tinggi"),
    (76, True, "Tinggi"),
    (66, True, "Sedang"),
    (50, False, "Rendah"),
    (0, True, "Sangat Rendah"),
]
CASE = {
    "tahun": 2026,
    "triwulan": "III",
    "nomor_surat": "050/12/2026",
    "sifat": "rahasia",
    "kosong": None,
    "daftar": [3, 1, 2],
    "pilihan": ["a", "b"],
    "pembagian": [{"unit": "kasi_pemerintahan", "tugas": "x"}, {"unit": "lurah_jogoyudan", "tugas": None}],
    "panjang": [0] * 9_000,
    "kunci": {"a": {"b": 5}, "__class__": "hanya data"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'Data Kinerja TW ' + triwulan + ' ' + str(tahun)", "Data Kinerja TW III 2026"),
        ("str(tahun) + '/' + triwulan + '/' + nomor_surat", "2026/III/050/12/2026"),
        ("sifat == 'rahasia'", True),
        ("sifat in ('biasa', 'segera')", False),
        ("[r.unit for r in pembagian]", ["kasi_pemerintahan", "lurah_jogoyudan"]),
        ("[r['unit'] for r in pembagian if r.tugas is not None]", ["kasi_pemerintahan"]),
        ("[a + b for a in daftar for b in daftar if a < b]", [4, 3, 5]),
        ("all(r.tugas == 'x' for r in pembagian)", False),
        ("[[x for x in daftar if x > y] for y in daftar]", [[], [3, 2], [3]]),
        ("'ya' if tahun >= 2026 else 'tidak'", "ya"),
        ("1 < 2 < 3", True),
        ("1 < 2 > 5", False),
        ("7 // 2 + 7 % 2 - 2 ** 3 / 4", 2.0),
        ("-daftar[0] + daftar[-1]", -1),
        ("nomor_surat[:3]", "050"),
        ("daftar[1:]", [1, 2]),
        ("not kosong", True),
        ("kosong or 'cadangan'", "cadangan"),
        ("'a' in pilihan and 'c' not in pilihan", True),
        ("'a' in kosong", False),
        ("'a' in kunci", True),
        ("kunci.a.b", 5),
        ("{'jumlah': len(daftar), 'isi': (1, 2)}", {"jumlah": 3, "isi": [1, 2]}),
        ("daftar == [3, 1, 2]", True),
        ("daftar + [4]", [3, 1, 2, 4]),
        ("min(daftar), max(4, kosong, 9), max([])", [1, 9, None]),
        ("sum([1, kosong, 2.5])", 3.5),
        ("sorted(daftar)", [1, 2, 3]),
        ("upper('camat') + lower('LUMAJANG')", "CAMATlumajang"),
        ("coalesce(kosong, '', 0, 5)", 0),
        ("round(2.5), round(-2.5), round(1.005, 2), round(1234, -2)", [3, -3, 1.01, 1200]),
        ("str(2026.0) + str(1.5) + str(kosong)", "20261.5"),
        ("int('42') + float(' 1.5 ') + int(2.9)", 45.5),
        ("abs(-3) + len('abc')", 6),
        ("any([]), all([])", [False, True]),
        ("  tahun  ", 2026),
    ],
)
def test_an_expression_has_the_value_it_reads_like(text, value):
    assert evaluate(text, CASE) == value


@pytest.mark.parametrize(
    ("realisasi", "target", "arah", "value"),
    [
        (10, 20, "positif", 50.0),
        (57, 100, "positif", 57.0),  # 57 / 100 * 100 would be 56.99999999999999
        (30, 20, "positif", 150.0),
        (8, 10, "negatif", 120.0),
        (25, 10, "negatif", 0.0),  # 2T - R is below zero
        (0, 0, "negatif", 100.0),
        (1, 0, "negatif", None),
        (0, 0, "positif", None),
        (None, 10, "positif", None),  # not filled in is not zero
        (0, 10, "positif", 0.0),
        ("BB", "BB", "positif", None),
        (80, "80-90", "positif", None),
        (10, 20, None, None),
        (10, 20, "Positif", 50.0),
        (True, 20, "positif", None),
        (float("inf"), 20, "positif", None),
    ],
)
def test_capaian_follows_the_direction_and_stays_empty_where_it_is_not_defined(realisasi, target, arah, value):
    names = {"r": realisasi, "t": target, "a": arah}
    assert evaluate("capaian(r, t, a)", names) == value


@pytest.mark.parametrize(
    ("percent", "name"),
    [
        (91, "Sangat Tinggi"),
        (90.99, "Tinggi"),
        (76, "Tinggi"),
        (75.99, "Sedang"),
        (66, "Sedang"),
        (65.9, "Rendah"),
        (50.01, "Rendah"),
        (50, "Sangat Rendah"),
        (-3, "Sangat Rendah"),
        (None, None),
        ("BB", None),
    ],
)
def test_a_category_follows_the_thresholds_of_the_office(percent, name):
    assert evaluate("kategori(p)", {"p": percent}, office_functions(THRESHOLDS)) == name


def test_an_office_may_set_its_own_thresholds_as_json():
    functions = office_functions(json.loads('[[80, false, "Baik"], [0, true, "Kurang"]]'))
    assert evaluate("[kategori(80), kategori(80.1), kategori(-1)]", {}, functions) == ["Kurang", "Baik", "Kurang"]


def test_today_is_known_only_where_a_day_is_given():
    assert evaluate("today() > '2026-01-01'", {}, office_functions(THRESHOLDS, today=date(2026, 3, 13))) is True
    with pytest.raises(ExpressionError, match="no function 'today'"):
        evaluate("today()", {}, office_functions(THRESHOLDS))


ESCAPES = [
    "__import__('os').system('id')",
    "__import__",
    "__builtins__",
    "().__class__",
    "''.__class__.__mro__[1].__subclasses__()",
    "[].__class__.__base__",
    "kunci.__class__",
    "pembagian.__len__",
    "tahun.real",
    "tahun.bit_length()",
    "daftar.append(1)",
    "daftar.pop",
    "daftar.copy()",
    "kunci.keys()",
    "kunci.get('a')",
    "sifat.upper()",
    "'{0.__class__}'.format(sifat)",
    "'{0.__class__.__init__.__globals__}'.format(len)",
    "sifat.format(1)",
    "sifat.format_map(kunci)",
    "str.format('{0.__class__}', 1)",
    "'%s' % sifat",
    "'%999999999d' % 1",
    "f'{sifat}'",
    "f'{sifat.__class__}'",
    "f'{1:>999999999}'",
    "lambda: 1",
    "(lambda: 1)()",
    "(x := 5)",
    "[(y := x) for x in daftar]",
    "len.__self__",
    "len.__globals__",
    "len",
    "[len]",
    "[f for f in [len]][0](daftar)",
    "coalesce(len)",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "compile('1', '', 'eval')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "type(1)",
    "type('X', (), {})",
    "getattr(sifat, 'upper')",
    "setattr(kunci, 'a', 1)",
    "isinstance(1, int)",
    "super()",
    "object()",
    "print(1)",
    "input()",
    "breakpoint()",
    "help()",
    "map(str, daftar)",
    "iter(daftar)",
    "range(10)",
    "zip(daftar)",
    "_rahasia",
    "__name__",
    "[_ for _ in daftar]",
    "[__x for __x in daftar]",
    "kunci._a",
    "import os",
    "x = 1",
    "kunci['a'] = 1",
    "del sifat",
    "1; 2",
    "1\n2",
    "pass",
    "return 1",
    "yield 1",
    "(yield)",
    "await sifat",
    "[x async for x in daftar]",
    "{1, 2}",
    "{x for x in daftar}",
    "{x: x for x in daftar}",
    "{1: 2}",
    "{**kunci}",
    "[*daftar]",
    "max(*daftar)",
    "sorted(daftar, key=len)",
    "max(daftar, default=1)",
    "sorted(daftar, reverse=True)",
    "[x for x.y in daftar]",
    "[x for x, y in daftar]",
    "b'bytes'",
    "1j",
    "...",
    "1 @ 2",
    "1 << 10000000",
    "1 >> 1",
    "~1",
    "1 | 2",
    "1 & 2",
    "1 ^ 2",
    "sifat is 'rahasia'",
    "daftar[::-1]",
    "daftar[0:2:1]",
    "'\\x5f'",
    "'a\\n'",
    "\x00",
    "",
    "   ",
    "(",
    "1 +",
    "sifat = 'rahasia'",
    "sifat === 'rahasia'",
    "${sifat}",
    "ａ．__class__",
    "kunci.ˍ",
    "_＿import_＿('os')",
    "if",
    "[x for x in",
    "1 if 2",
    "#",
    "'unfinished",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_what_is_not_of_the_language_is_refused_with_a_reason(text):
    with pytest.raises(ExpressionError) as refused:
        evaluate(text, CASE, office_functions(THRESHOLDS, today=date(2026, 1, 1)))
    assert refused.value.reason
    assert "Traceback" not in str(refused.value)


BOMBS = [
    "9 ** 9 ** 9",
    "2 ** 100000",
    "10 ** 100 ** 100",
    "(-8) ** 0.5",
    "1e308 * 10",
    "1e999",
    "2.0 ** 5000",
    "0.0 ** -1",
    "9" * 1_500,
    "[0] * 10 ** 9",
    "'a' * 10 ** 9",
    "10 ** 9 * 'a'",
    "daftar * 1000000",
    "[" * 200 + "]" * 200,
    "(" * 150 + "1" + ")" * 150 + "(" * 500,
    "-" * 1_900 + "1",
    "not " * 400 + "1",
    "+".join(["1"] * 900),
    "kunci" + ".a" * 900,
    "a(" * 600 + ")" * 600,
    "x if y else " * 160 + "z",
    "1" + "\n+1" * 900,
    "'" + "a" * 2_001 + "'",
    "[a for a in panjang for b in panjang]",
    "[[b for b in panjang] for a in panjang]",
    "[a for a in panjang for b in panjang for c in panjang for d in panjang]",
    "sum(a for a in panjang for b in panjang)",
    "any(a == 1 for a in panjang for b in panjang)",
    "[panjang for a in panjang]",
    "[panjang == [0 for b in panjang] for a in panjang]",
    "[[panjang, 1] in [[panjang, 2] for b in panjang] for a in panjang]",
    "[1 in panjang for a in panjang]",
    "[sum(panjang) for a in panjang]",
    "[sorted(panjang) for a in panjang]",
    "[len(panjang + panjang) for a in panjang]",
    "[panjang[1:] for a in panjang]",
    "[x + x for x in [y + y for y in [z + z for z in [teks + teks]]]]",
    "[teks + sifat for a in panjang]",
    "[upper(teks) for a in panjang]",
    "len([teks + sifat for a in panjang])",
    "len([teks[1:] for a in panjang])",
    "len([1 for a in panjang if panjang == salinan])",
    "len([1 for a in panjang if [panjang] in [[salinan]]])",
    "[{'a': panjang, 'b': panjang} for a in panjang]",
    "[[[[[[[[panjang]*9]*9]*9]*9]*9]*9]*9]",
    "[[a, a, a, a] for a in [[b, b, b, b] for b in [[c, c, c, c] for c in [[panjang] for d in panjang]]]]",
    "str([panjang])",
    "int('9' + '9' + str(10 ** 60))",
    "int(1e300)",
    "float('nan')",
    "float('inf')",
    "float('1e999')",
    "int('9_9')",
    "int('٣')",
    "round(1, 10 ** 9)",
    "round(1, -400)",
    "round('a')",
    "dalam",
    "dalam == dalam2",
    "lingkar",
    "lingkar == lingkar2",
    "[lingkar] in [[lingkar2]]",
]


def _deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def _endless():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_what_would_take_too_long_or_too_much_room_is_refused_at_once(text):
    names = CASE | {
        "teks": "x" * 5_000,
        "salinan": [0] * 9_000,
        "dalam": _deep(50_000),
        "dalam2": _deep(50_000),
        "lingkar": _endless(),
        "lingkar2": _endless(),
    }
    began = time.process_time()
    with pytest.raises(ExpressionError):
        evaluate(text, names)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tidak_ada + 1", "there is no 'tidak_ada'"),
        ("[r.nama for r in pembagian]", "there is no 'nama' in this record"),
        ("kunci['z']", "there is no 'z' in this record"),
        ("kunci[1]", "there is no 1 in this record"),
        ("daftar[7]", "there is no place 7: only 3 are there"),
        ("daftar['a']", "the place must be a whole number, not the text 'a'"),
        ("daftar[1:'a']", "a slice needs whole numbers"),
        ("kosong.unit", "'.unit' needs a record, not an empty value"),
        ("kosong[0]", "can't pick from an empty value"),
        ("sifat + 1", "'+' joins two numbers, two texts or two lists, not the text 'rahasia' and the number 1"),
        ("kosong * 2", "'*' needs two numbers, not an empty value and the number 2"),
        ("kosong > 5", "'>' compares two numbers or two texts, not an empty value and the number 5"),
        ("daftar < daftar", "'<' compares two numbers or two texts, not a list and a list"),
        ("-sifat", "a sign needs a number, not the text 'rahasia'"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("tidak(1)", "there is no function 'tidak'"),
        ("sifat(1)", "there is no function 'sifat'"),
        ("len", "'len' is a function; write len(...)"),
        ("len()", "len(): wrong number of arguments"),
        ("len(1)", "len(): needs a text or a list, not the number 1"),
        ("sum(['a'])", "sum(): can't count with the text 'a'"),
        ("sorted([1, 'a'])", "sorted(): needs only numbers or only texts"),
        ("sorted([1, kosong])", "sorted(): can't sort empty values"),
        ("max(daftar, 1)", "max(): needs only numbers or only texts"),
        ("upper(1)", "upper(): needs a text, not the number 1"),
        ("lower(kosong)", "lower(): needs a text, not an empty value"),
        ("int('dua')", "int(): the text 'dua' is not a number"),
        ("int([1])", "int(): needs a number or a text, not a list"),
        ("abs('a')", "abs(): needs a number, not the text 'a'"),
        ("any(1)", "any(): needs a list, not the number 1"),
        ("[x for x in sifat]", "'for' needs a list, not the text 'rahasia'"),
        ("1 in 2", "'in' can't look for the number 1 in the number 2"),
        ("sifat.upper()", "there are no methods: '.upper(...)'"),
        ("[a for a in panjang for b in pilihan]", "more than 10000 items drawn"),
        ("panjang + panjang", "longer than 10000 characters or items"),
        ("round(1, 2.5)", "round(): places must be a whole number from -15 to 15"),
    ],
)
def test_a_failure_names_what_was_wrong(text, reason):
    with pytest.raises(ExpressionError) as refused:
        evaluate(text, CASE)
    assert str(refused.value.reason) == reason


@pytest.mark.parametrize("value", [object(), len, date(2026, 1, 1), {1, 2}, b"x", 1j, float("nan"), [object()]])
def test_values_that_are_not_json_never_come_out(value):
    with pytest.raises(ExpressionError):
        evaluate("x", {"x": value})


def test_a_result_is_a_copy_of_the_data_it_was_made_from():
    names = {"rows": [{"unit": "a"}]}
    found = evaluate("rows", names)
    found[0]["unit"] = "b"
    assert names == {"rows": [{"unit": "a"}]}


def test_a_variable_of_a_comprehension_is_forgotten_after_it():
    assert evaluate("[[x for x in daftar], x]", CASE | {"x": "luar"}) == [[3, 1, 2], "luar"]
    with pytest.raises(ExpressionError, match="no 'x'"):
        evaluate("[[x for x in daftar], x]", CASE)


def test_the_untaken_branch_is_not_evaluated():
    assert evaluate("0 if tahun else tidak_ada / 0", CASE) == 0
    assert evaluate("kosong is not None and kosong > 5", CASE) is False


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("semua_lengkap", {"semua_lengkap"}),
        ("[r.unit for r in pembagian if r.hasil == pilihan]", {"pembagian", "pilihan"}),
        ("[x for x in x]", {"x"}),
        ("[y for x in rows for y in x.items if y > x.batas]", {"rows"}),
        ("[x for x in a] + [x]", {"a", "x"}),
        ("len(rows) + max(a, b)", {"rows", "a", "b"}),
        ("unit", {"unit"}),
        ("True and None is None", set()),
        ("{'a': b}", {"b"}),
        ("a[b].c", {"a", "b"}),
    ],
)
def test_names_are_those_an_expression_needs_from_outside(text, names):
    assert names_in(text) == names


def test_check_reads_without_evaluating():
    check("tidak_ada + kategori(capaian(a, b, c)) / 0")
    for text in ("__import__('os')", "sistem('id')", "sifat.upper()", "1 +", "a.b.__class__"):
        with pytest.raises(ExpressionError):
            check(text)
    with pytest.raises(ExpressionError, match="no function 'kategori'"):
        check("kategori(1)", FUNCTIONS)


def test_ten_thousand_rows_are_within_the_budget():
    rows = [{"n": i} for i in range(10_000)]
    assert evaluate("sum(r.n for r in rows if r.n > 5)", {"rows": rows}) == sum(range(6, 10_000))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"abr123 .,()[]{}:'+-*/%<>=!_\n",
                "for ",
                " in ",
                " if ",
                " else ",
                "not ",
                "and ",
                "lambda",
                "str(",
                "r.a",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_text_gives_json_or_an_expression_error(text):
    names = {"a": 1, "b": "x", "r": {"a": [1, None]}}
    with suppress(ExpressionError):
        json.dumps(evaluate(text, names), allow_nan=False)


def test_a_date_reads_as_in_a_letter():
    assert evaluate("'Cuti mulai ' + tanggal(mulai)", {"mulai": "2026-12-04"}) == "Cuti mulai 4 Desember 2026"
    assert evaluate("tanggal(mulai)", {"mulai": None}) == ""
    with pytest.raises(ExpressionError):
        evaluate("tanggal(mulai)", {"mulai": "besok"})
