"""The kinds of component a person may add, and how each begins."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from forms import tree
from forms.errors import N_, FormError
from forms.vocabulary import SILENT

_ANYWHERE = (
    "textfield",
    "textarea",
    "number",
    "datetime",
    "checkbox",
    "radio",
    "select",
    "checklist",
    "taglist",
    "filepicker",
    "text",
    "separator",
    "spacer",
    "group",
)
#: where -> the kinds that may be added there: "form" at the top or in a group of it, "row" in a dynamic list
KINDS: dict[str, tuple[str, ...]] = {"form": (*_ANYWHERE, "dynamiclist", "table"), "row": _ANYWHERE}

_OPTIONS = (("pilihan_1", "Pilihan 1", "Option 1"), ("pilihan_2", "Pilihan 2", "Option 2"))


def begin(kind: str, label: str, label_en: str, *, keys: Container[str], ids: Container[str]) -> dict[str, Any]:
    """A new component that can be used at once, with a key and id that are free. Raises FormError for other kinds."""
    if kind not in KINDS["form"]:
        raise FormError("", N_("Fields of the type “%(type)s” are not supported."), {"type": kind[:60]})
    label, label_en = " ".join(label.split()), " ".join(label_en.split())
    spec: dict[str, Any] = {"type": kind}
    key = tree.free(label, keys, otherwise=_STEM.get(kind, "isian"))
    if kind == "dynamiclist":
        spec["path"] = key
    elif kind not in SILENT:
        spec["key"] = key
    if kind == "text":
        spec["text"] = label
    elif kind not in ("separator", "spacer"):
        spec["label"] = label
    spec["id"] = tree.free(label or kind, ids, otherwise=_STEM.get(kind, "isian"))
    if label_en and kind not in ("separator", "spacer"):
        spec["properties"] = {"textEn" if kind == "text" else "labelEn": label_en}
    if kind in ("radio", "select", "checklist", "taglist"):
        spec["values"] = [{"value": value, "label": name, "labelEn": english} for value, name, english in _OPTIONS]
    elif kind == "datetime":
        spec["subtype"] = "date"
    elif kind == "spacer":
        spec["height"] = 24
    elif kind == "group":
        spec["components"] = []
    elif kind == "table":
        spec["dataSource"] = "=[]"
        spec["columns"] = [{"key": "kolom", "label": "Kolom 1", "labelEn": "Column 1"}]
    elif kind == "dynamiclist":
        cell = begin("textfield", "Isian", "Entry", keys=(), ids=(spec["id"],))
        spec |= {"isRepeating": True, "allowAddRemove": True, "defaultRepetitions": 1, "components": [cell]}
    return spec


_STEM = {"group": "bagian", "dynamiclist": "daftar", "table": "tabel", "text": "teks", "filepicker": "berkas"}
