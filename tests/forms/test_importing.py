"""Forms from elsewhere taken over: what is kept, what is told, and that nothing can break it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from forms import importing
from forms.definition import parse
from forms.errors import FormError
from tests.forms.building import form_text

ROOT = Path(__file__).resolve().parents[2]
OURS = [path.read_text("utf-8") for path in sorted((ROOT / "forms").glob("*.form"))]
FOREIGN = form_text(
    {"type": "text", "id": "Field_0a", "text": "# Invoice {{ number }}\nPlease check.", "layout": {"row": "Row_1"}},
    {"type": "html", "id": "Field_0b", "content": "<b>Hello</b>"},
    {"type": "image", "id": "Field_0c", "source": "https://example.com/a.png", "alt": "Logo"},
    {"type": "iframe", "id": "Field_0d", "url": "https://example.com", "label": "Map"},
    {"type": "expression", "id": "Field_0e", "key": "total", "expression": "=a + b", "computeOn": "change"},
    {"type": "documentPreview", "id": "Field_0f", "dataSource": "=docs", "label": "Documents"},
    {
        "type": "textfield",
        "id": "Field_1a",
        "key": "creditor.name",
        "label": "Creditor",
        "validate": {"required": True, "minLength": "=1", "validationType": "custom"},
        "properties": {"team": "purchasing"},
        "disabled": True,
    },
    {
        "type": "number",
        "id": "Field_1b",
        "key": "amount",
        "label": "=Amount",
        "conditional": {"hide": '=approved = true and kind != "none"'},
        "serializeToString": True,
        "appearance": {"prefixAdorner": "€", "unknown": 1},
    },
    {"type": "checkbox", "id": "Field_1c", "key": "approved", "label": "Approved", "readonly": "=amount > 5"},
    {"type": "select", "id": "Field_1d", "key": "kind", "label": "Kind", "valuesExpression": "=list"},
    {"type": "radio", "id": "Field_1e", "key": "kind", "label": "Again", "values": [{"value": 1, "label": "One"}]},
    {
        "type": "datetime",
        "id": "Field_1f",
        "key": "when",
        "subtype": "datetime",
        "timeSerializingFormat": "utc_offset",
        "defaultValue": "=now()",
    },
    {
        "type": "group",
        "id": "Field_2a",
        "path": "address",
        "label": "Address",
        "components": [
            {"type": "textfield", "id": "Field_2b", "key": "street", "label": "Street"},
            {
                "type": "dynamiclist",
                "id": "Field_2c",
                "path": "phones",
                "label": "Phones",
                "components": [
                    {"type": "textfield", "id": "Field_2d", "key": "phone", "label": "Phone"},
                    {"type": "dynamiclist", "id": "Field_2e", "path": "inner", "components": []},
                ],
            },
        ],
    },
    {"type": "filepicker", "id": "Field_3a", "key": "files", "label": "Files", "accept": ".pdf,image/*"},
    {"type": "button", "id": "Field_3b", "label": "Submit", "action": "submit"},
    type="default",
    schemaVersion=16,
    exporter={"name": "Camunda Modeler", "version": "5.20.0"},
    executionPlatform="Camunda Cloud",
    executionPlatformVersion="8.4.0",
    versionTag="1",
)


@pytest.mark.parametrize("text", OURS)
def test_our_own_forms_come_back_as_they_went(text: str) -> None:
    assert importing.inspect(text) == importing.Imported(text, ())
    assert importing.inspect(text.encode()).text == text


def test_a_form_of_another_editor_gives_the_nearest_one_and_says_what_is_missing() -> None:
    taken = importing.inspect(FOREIGN)
    form = parse(taken.text)
    fields = {field.key: field for field in form.fields if field.key}
    assert list(fields) == ["creditor_name", "amount", "approved", "kind", "kind_2", "when", "files"]
    assert form.fields[0].text == "# Invoice [number]\nPlease check."
    assert fields["creditor_name"].required
    assert fields["creditor_name"].readonly
    assert fields["amount"].hide == 'approved == True and kind != "none"'
    assert fields["amount"].prefix == "€"
    assert fields["kind"].type == "textfield"
    assert fields["kind_2"].choices[0].value == "1"
    assert fields["files"].accept == (".pdf",)
    assert [field.key for field in form.fields[7].fields] == ["street", "phones"]
    told = {(one.path, one.message % one.params) for one in taken.left_out}
    assert ("Field_0b", "This was left out: HTML is not shown. Write what it says as a text.") in told
    paths = {one.path for one in taken.left_out}
    for path in ("Field_0a", "Field_0c", "Field_0d", "total", "Field_0f", "creditor.name", "amount", "approved"):
        assert path in paths
    for path in ("kind", "when", "Field_2a", "inner", "files", "Field_3b"):
        assert path in paths
    assert importing.inspect(taken.text) == importing.Imported(taken.text, ()), "taken over once, it is one of ours"


_NO_FORMS = [
    "",
    "[]",
    "{}",
    "null",
    '{"components": 3}',
    "[" * 100_000,
    "\ud800",
    '{"components": [], "components": []}',
]


@pytest.mark.parametrize("text", _NO_FORMS)
def test_what_is_no_form_at_all_is_refused(text: str) -> None:
    with pytest.raises(FormError):
        importing.inspect(text)


def test_a_large_hostile_file_takes_no_longer_than_a_page_may() -> None:
    deep: dict[str, Any] = {"type": "textfield", "key": "a"}
    for _ in range(15):
        deep = {"type": "group", "components": [deep] * (2 if len(json.dumps(deep)) < 8_000 else 1)}
    validate = {f"v{number}": 1 for number in range(40)}
    many = ({"type": "select", "key": "k", "zzz": number, "validate": validate} for number in range(490))
    for text in (form_text(deep), form_text(*many)):
        began = time.perf_counter()
        with suppress(FormError):
            parse(importing.inspect(text).text)
        assert time.perf_counter() - began < 10


_WORDS = ["=a = b", "=not(a)", "= ", "{{x}}", "a.b", "item", "button", "html", "group", "dynamiclist", "table"]
_NAMES = st.sampled_from(["key", "type", "hide", "source", "label", "required"])
_ODD = st.one_of(
    *(st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=12)),
    *(st.just([]), st.just({}), st.sampled_from(_WORDS)),
    st.dictionaries(_NAMES, st.text(max_size=5), max_size=3),
)


@pytest.mark.parametrize("rules", [{"maxLength": -1}, {"required": "=x"}, {}])
def test_what_was_emptied_is_gone_at_the_first_import(rules: dict[str, Any]) -> None:
    note = {"type": "textarea", "key": "catatan", "label": "Catatan", "validate": rules}
    taken = importing.inspect(json.dumps({"id": "lembar", "type": "default", "components": [note]})).text
    assert "validate" not in json.loads(taken)["components"][0]
    assert importing.inspect(taken).text == taken


@given(st.data())
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_any_mutation_is_taken_over_or_refused(data: st.DataObject) -> None:
    form = json.loads(data.draw(st.sampled_from([*OURS, FOREIGN])))
    for _ in range(data.draw(st.integers(1, 4))):
        holder: Any = form
        while True:
            inside = [
                one
                for one in (holder.values() if isinstance(holder, dict) else holder)
                if isinstance(one, dict | list) and one
            ]
            if not inside or data.draw(st.booleans()):
                break
            holder = data.draw(st.sampled_from(inside))
        value = data.draw(_ODD)
        if isinstance(holder, dict):
            holder[data.draw(st.sampled_from([*holder, "path", "key", "zzz", "conditional", "values"]))] = value
        else:
            holder.insert(data.draw(st.integers(0, len(holder))), value)
    text = json.dumps(form)
    try:
        taken = importing.inspect(text)
    except FormError:
        return
    parse(taken.text)
    assert importing.inspect(taken.text).text == taken.text
    for one in taken.left_out:
        assert one.message % one.params
