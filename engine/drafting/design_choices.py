"""What a diagram may refer to: the positions, forms, processes, messages and connectors that there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine import connectors, definitions
from engine.db import UnitOfWork
from engine.diagram.decisions import read_decisions
from engine.model import CalendarRow
from engine.people import positions
from forms import conditions
from forms import definition as form_definition
from forms.errors import FormError
from forms.model import Choice


@dataclass(frozen=True, slots=True)
class FieldChoice:
    key: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class FormChoice:
    name: str
    fields: tuple[FieldChoice, ...]  #: those that hold a value, also inside groups


@dataclass(frozen=True, slots=True)
class DesignChoices:
    positions: tuple[Choice, ...]
    lists: Mapping[str, tuple[Choice, ...]]  #: the office's own lists, as forms name them
    forms: Mapping[str, FormChoice]  #: those of the version in force, by form key
    processes: tuple[Choice, ...]  #: others that can be called
    connectors: tuple[str, ...]
    decisions: tuple[str, ...]
    messages: tuple[str, ...]  #: names that processes in force wait for or throw
    signals: tuple[str, ...]  #: likewise
    calendars: tuple[Choice, ...]


def choices(uow: UnitOfWork, key: str) -> DesignChoices:
    """Everything the panel of the modeler offers for the process `key`. Owners and administrators; NotAllowed."""
    newest = definitions.known(uow, key)
    if newest is not None:
        definitions.require_owner(uow, definitions.diagram_of(uow, newest.id).process, "edit")
    content = definitions.content_of(uow, newest.id) if newest else definitions.Content(b"", {}, ())
    others: list[Choice] = []
    heard: dict[str, set[str]] = {"message": set(), "signal": set()}
    for other, id in definitions.in_force(uow):
        process = definitions.diagram_of(uow, id).process
        if other != key:
            others.append(Choice(other, process.name or other))
        for node in process.nodes.values():
            trigger = "message" if node.kind in ("receiveTask", "sendTask") else node.trigger
            if node.wiring.event and trigger in heard:
                heard[trigger].add(node.wiring.event)
    calendars = uow.session.execute(select(CalendarRow.key, CalendarRow.name).order_by(CalendarRow.id))
    lists = positions.choices(uow)
    return DesignChoices(
        positions=lists["positions"],
        lists=lists,
        forms={form_key: form_choice(form_key, text) for form_key, text in sorted(content.forms.items())},
        processes=tuple(sorted(others, key=lambda choice: choice.label.casefold())),
        connectors=tuple(sorted(connectors.CONNECTORS)),
        decisions=tuple(sorted({name for file in content.decisions for name in read_decisions(file)})),
        messages=tuple(sorted(heard["message"])),
        signals=tuple(sorted(heard["signal"])),
        calendars=tuple(Choice(calendar, name) for calendar, name in calendars),
    )


def form_choice(key: str, text: str) -> FormChoice:
    """The fields of a form as conditions name them; none where the form can't be read."""
    try:
        form = form_definition.parse(text)
    except FormError:
        return FormChoice(key, ())
    fields = (leaf.field for leaf in conditions.leaves(form.fields))
    return FormChoice(form.name or key, tuple(FieldChoice(f.key or "", f.label or f.key or "", f.type) for f in fields))
