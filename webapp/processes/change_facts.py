"""What may differ between two versions, each by the name an office has for it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from engine.diagram.changes import Change
from engine.errors import N_
from webapp.design.form_words import SETTINGS
from webapp.words import SHEET

FACTS: Mapping[str, str] = {
    "key": N_("key"),
    "name": N_("name"),
    "number": N_("printed number"),
    "kind": N_("kind of element"),
    "documentation": N_("explanation"),
    "lane": N_("performer (lane)"),
    "performers": N_("performers"),
    "people": N_("people who may take it"),
    "assignee": N_("assigned person"),
    "priority": N_("priority"),
    "form": N_("form"),
    "action": N_("caption of the button"),
    "assumption": N_("assumption"),
    "inputs": N_("inputs"),
    "input_sources": N_("where the inputs lie in the case"),
    "outputs": N_("output"),
    "output_sources": N_("where the output lies in the case"),
    "duration": N_("standard time"),
    "timer": N_("timer"),
    "repetition": N_("repetition"),
    "item": N_("name of the item at hand"),
    "gives": N_("what the repetitions give"),
    "completes": N_("the rest is dropped once"),
    "again": N_("done again as long as"),
    "most": N_("how often at most"),
    "place": N_("lies in"),
    "host": N_("sits on"),
    "interrupting": N_("interrupts the step"),
    "beside": N_("may begin at any time"),
    "trigger": N_("what it waits for or sends"),
    "condition": N_("condition"),
    "correlation": N_("key of the message"),
    "carries": N_("what the message takes along"),
    "connector": N_("connector"),
    "parameters": N_("what the connector is given"),
    "results": N_("what becomes of its answer"),
    "decision": N_("decision table"),
    "answer": N_("where the answer is kept"),
    "called": N_("called process"),
    "called_version": N_("version of the called process"),
    "passed": N_("what the called process is given and gives back"),
    "script": N_("what is worked out"),
    "route": N_("route"),
    "default": N_("taken when no condition holds"),
    "executable": N_("can be run"),
    "owners": N_("process owners"),
    "starters": N_("who may start"),
    "calendar": N_("calendar"),
    "title": N_("case title"),
    "case_key": N_("case key"),
    "confidential": N_("confidential when"),
    "example": N_("marked as an example"),
    "only_called": N_("only called by other processes"),
    "other": N_("other properties"),
    "content": N_("other contents"),
    "order": N_("order of the fields"),
    "form-name": N_("name"),
    "form-name_en": N_("name in English"),
    "form-description": N_("explanation"),
    "form-description_en": N_("explanation in English"),
    "form-series": N_("how it follows earlier cases"),
    "form-workbook": N_("its spreadsheet"),
    "policy": N_("which rows count"),
    "table_inputs": N_("what is looked at"),
    "table_outputs": N_("what is answered"),
    "table_rows": N_("rows"),
}
#: of fields of a form; what is not here is called as in the form builder
OF_FIELDS: Mapping[str, str] = {
    "label": N_("label"),
    "hint": N_("hint"),
    "hint_en": N_("hint in English"),
    "text": N_("text"),
    "type": N_("kind"),
    "required": N_("required"),
    "readonly": N_("read-only"),
    "choices": N_("choices"),
    "hide": N_("shown if"),
    "compute": N_("how it is computed"),
    "source": N_("where its value comes from"),
    "default": N_("default"),
}


def fact_words(change: Change, field: str) -> str:
    """What about an element changed; "" where all of it came, went or moved. `field` is what a field is called."""
    if change.fact in ("", "position"):
        return ""
    if change.fact == "header":
        entry = _(SHEET[change.field]) if change.field in SHEET else change.field
        return _("SOP header, %(field)s", field=entry)
    if change.fact == "field":
        return _("field “%(field)s”", field=field)
    if change.fact.startswith("field-"):
        name = change.fact.removeprefix("field-")
        known = OF_FIELDS.get(name) or (SETTINGS[name].label if name in SETTINGS else "")
        return _("field “%(field)s”: %(what)s", field=field, what=_(known) if known else name)
    return _(FACTS.get(change.fact, change.fact))
