"""Spreadsheet cells into rows, and the small Markdown, without a browser."""

from __future__ import annotations

import json

import pytest

from forms import definition
from forms.model import Field
from tests.webapp.small import ENTRY
from webapp.answers import Reader
from webapp.paste import paste
from webapp.prose import prose


@pytest.fixture(scope="module")
def rows() -> Field:
    found = definition.at(definition.parse(json.dumps(ENTRY)), "baris")
    assert found is not None
    return found


def test_empty_rows_are_filled_before_new_ones_are_added(rows: Field) -> None:
    filled, taken = paste(rows, [{"nama": "Ada"}, {"nama": ""}], "A\t1\nB\t2", Reader())
    assert taken == 2
    assert [row["nama"] for row in filled] == ["Ada", "A", "B"]


def test_computed_and_file_columns_are_skipped(rows: Field) -> None:
    filled, _ = paste(rows, [], "\t".join(["A", "1", "2", "alat", *"abcdefgh", "zu viel"]), Reader())
    assert filled[0]["ket_8"] == "h"
    assert not filled[0]["bukti"]


def test_a_list_never_grows_past_its_limit(rows: Field) -> None:
    filled, taken = paste(rows, [], "\n".join(f"Barang {n}" for n in range(500)), Reader())
    assert (len(filled), taken) == (400, 400)


@pytest.mark.parametrize("text", ["", "\n\n", "\t\t\n", '"never closed\tx'])
def test_odd_text_breaks_nothing(rows: Field, text: str) -> None:
    filled, taken = paste(rows, [{"nama": "Ada"}], text, Reader())
    assert filled[0] == {"nama": "Ada"}
    assert taken in (0, 1)


def test_markdown_knows_paragraphs_lists_and_bold_and_no_html() -> None:
    assert prose("Halo **dunia**\n\n- satu\n- dua\n\n1. a") == (
        "<p>Halo <strong>dunia</strong></p><ul><li>satu</li><li>dua</li></ul><ol><li>a</li></ol>"
    )
    assert prose("<script>**x**</script>") == "<p>&lt;script&gt;<strong>x</strong>&lt;/script&gt;</p>"
