"""Settings put into a component's JSON; what a person typed gets the shape that JSON wants.

Nothing is judged here but whether a setting exists and can be held: reading the form does that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forms import notation, setting_names, tree
from forms.errors import N_, FormError
from forms.vocabulary import CHOOSING

Spec = dict[str, Any]


def put(spec: Spec, given: Mapping[str, Any]) -> None:
    """Set some settings of a component, in place; None, "" and False take an entry away. Raises FormError."""
    kind = tree.text_in(spec, "type")
    where = tree.key_of(spec) or tree.text_in(spec, "id")
    for name in given:
        if name not in setting_names.SETTINGS.get(kind, ()):
            raise FormError(where, N_("“%(name)s” is not supported here."), {"name": name[:60]}, setting=name)
    given = _agreeing(kind, given)
    sourced = setting_names.held(spec, "source") is not None
    for name, value in given.items():
        try:
            _WRITTEN.get(name, _write)(spec, name, value)
        except (TypeError, ValueError, notation.Refused):
            counted = name in setting_names.NUMBERS or (name == "default" and kind == "number")
            message = N_("“%(name)s” must be a number.") if counted else N_("“%(name)s” can't be set to this.")
            raise FormError(where, message, {"name": name}, setting=name) from None
    now = setting_names.held(spec, "source") is not None
    if now != sourced and "readonly" in setting_names.SETTINGS[kind] and "readonly" not in given:
        _set(spec, "readonly", now or None)


def _agreeing(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with what can only be there instead of it taken away."""
    made = dict(given)
    if made.get("choices_from") and "choices" in made:
        del made["choices"]
    elif "choices" in made:
        made.pop("choices_from", None)
    if kind == "table":
        for one, other in (("source", "compute"), ("compute", "source")):
            if made.get(one) and other not in made:
                made[other] = None
    return made


def _set(spec: Spec, name: str, value: Any) -> None:
    """Put a value where the setting stands; None takes it away, with the object that held nothing else."""
    where, entry = setting_names.standing(spec, name)
    inside = spec
    if where:
        if not isinstance(spec.get(where), dict):
            if value is None:
                return
            spec[where] = {}
        inside = spec[where]
    if value is not None:
        inside[entry] = value
        return
    inside.pop(entry, None)
    if where and not inside:
        del spec[where]


def _write(spec: Spec, name: str, value: Any) -> None:
    if name in setting_names.FLAGS:
        _set(spec, name, flag(value) or None)
    elif name in setting_names.NUMBERS:
        _set(spec, name, number(value))
    elif value is None or value == "":
        _set(spec, name, None)
    elif name in setting_names.EXPRESSIONS:
        _set(spec, name, f"={text(value).strip().removeprefix('=').strip()}")
    else:
        _set(spec, name, text(value))


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def flag(value: Any) -> bool:
    if value not in (True, False, None, "", "true", "false", "on", "1", "0"):
        raise TypeError
    return value in (True, "true", "on", "1")


def number(value: Any) -> int | float | None:
    """A number as JSON holds it, or as Indonesians type it; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return notation.number(value) if isinstance(value, str) else notation.bounded(value)


def _write_key(spec: Spec, name: str, value: Any) -> None:
    _set(spec, name, text(value).strip())


def _write_label(spec: Spec, name: str, value: Any) -> None:
    # An empty label stays an entry: a form-js editor expects one.
    _set(spec, name, text(value or "").strip())


def _write_default(spec: Spec, name: str, value: Any) -> None:
    kind = spec.get("type")
    if value in (None, "", []):
        _set(spec, name, None)
    elif isinstance(value, str) and value.lstrip().startswith("="):
        written = value.strip().removeprefix("=").strip()
        _set(spec, name, f"={written}" if written else None)
    elif kind == "number":
        _set(spec, name, number(value))
    elif kind == "checkbox":
        _set(spec, name, flag(value) or None)
    elif kind in ("checklist", "taglist"):
        _set(spec, name, [text(one) for one in (value if isinstance(value, list | tuple) else [value]) if one != ""])
    else:
        _set(spec, name, text(value))


def _write_choices(spec: Spec, name: str, value: Any) -> None:
    _set(spec, name, values(value, setting_names.held(spec, name)))
    _set(spec, "choices_from", None)


def values(listed: Any, before: Any) -> list[Spec]:
    """form-js `values` from choices; one without a value gets one made from its label."""
    given = [{"label": one} if isinstance(one, str) else dict(one) for one in listed or ()]
    known = {one.get("value"): one for one in before if isinstance(one, dict)} if isinstance(before, list) else {}
    taken = {text(one.get("value") or "") for one in given}
    found = []
    for one in given:
        label, english = text(one.get("label") or "").strip(), text(one.get("label_en") or "").strip()
        value = text(one.get("value") or "").strip()
        if not value:
            if not label:
                continue
            value = tree.free(label, taken, otherwise="pilihan")
            taken.add(value)
        choice: Spec = {**known.get(value, {}), "value": value, "label": label or value}
        choice.pop("labelEn", None)
        found.append({**choice, **({"labelEn": english} if english else {})})
    return found


def _write_choices_from(spec: Spec, name: str, value: Any) -> None:
    named = text(value or "").strip()
    _set(spec, name, named or None)
    if named and spec.get("type") in CHOOSING:
        _set(spec, "choices", None)


def _write_columns(spec: Spec, name: str, value: Any) -> None:
    before = setting_names.held(spec, name)
    known = {one.get("key"): one for one in before if isinstance(one, dict)} if isinstance(before, list) else {}
    taken = {text(one.get("key") or "") for one in value}
    found = []
    for one in value:
        if set(one) - set(setting_names.COLUMN_NAMES):
            raise ValueError
        label = text(one.get("label") or "").strip()
        key = text(one.get("key") or "").strip()
        if not key:
            if not label:
                continue
            key = tree.free(label, taken, otherwise="kolom")
            taken.add(key)
        column: Spec = {**known.get(key, {}), "key": key}
        for setting in setting_names.COLUMN_NAMES[1:]:
            if setting not in one:
                continue
            entry, new = setting_names.COLUMN.get(setting, setting), one[setting]
            if setting == "choices":
                new = values(new, column.get(entry))
            elif setting in ("compute", "note", "note_en"):
                written = text(new or "").strip().removeprefix("=").strip()
                new = f"={written}" if written else ""
            else:
                new = text(new or "").strip()
            column.pop(entry, None)
            if new and not (setting == "type" and new == "text"):
                column[entry] = new
        found.append(column)
    _set(spec, name, found)


def _write_source(spec: Spec, name: str, value: Any) -> None:
    if not value:
        _set(spec, name, None)
        return
    if isinstance(value, str):
        value = {"activity": value.partition(".")[0], "field": value.partition(".")[2]}
    made = {part: one for part, one in dict(value).items() if one not in (None, "", (), [])}
    if "earlier" in made:
        made["earlier"] = [text(one) for one in made["earlier"]]
    _set(spec, name, made or None)


def _write_accept(spec: Spec, name: str, value: Any) -> None:
    several = value.split(",") if isinstance(value, str) else [text(one) for one in value or ()]
    suffixes = [one.strip().lower() for one in several if one.strip()]
    _set(spec, name, ",".join(one if one.startswith(".") else f".{one}" for one in suffixes) or None)


def _write_fixed(spec: Spec, name: str, value: Any) -> None:
    fixed = flag(value)
    _set(spec, name, fixed or None)
    if "allowAddRemove" in spec:
        spec["allowAddRemove"] = not fixed


def _write_subtype(spec: Spec, name: str, value: Any) -> None:
    _set(spec, name, text(value))
    if value != "date" and spec.get("timeSerializingFormat", "no_timezone") != "no_timezone":
        spec["timeSerializingFormat"] = "no_timezone"


def _write_width(spec: Spec, name: str, value: Any) -> None:
    width = number(value)
    _set(spec, name, None if width is None or width == 16 else width)


_WRITTEN: dict[str, Callable[[Spec, str, Any], None]] = {
    "key": _write_key,
    "label": _write_label,
    "default": _write_default,
    "choices": _write_choices,
    "choices_from": _write_choices_from,
    "rows_from": _write_choices_from,
    "columns": _write_columns,
    "source": _write_source,
    "accept": _write_accept,
    "fixed_rows": _write_fixed,
    "subtype": _write_subtype,
    "width": _write_width,
}
