"""A field followed through a draft: everything that mentions it, and all of that under a new key. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.diagram import rewriting
from forms import files

from .diagram_mentions import DiagramMentions
from .form_mentions import FormMentions
from .mention import Draft, Mention, Target


def found(
    xml: bytes, forms: Mapping[str, str], target: Target, decisions: Collection[bytes] = ()
) -> tuple[Mention, ...]:
    """Every mention, those in the diagram first; of files that can't be read just now, none."""
    draft = Draft(xml, forms, target, decisions)
    return (*DiagramMentions(draft).walk(None), *FormMentions(draft).walk(None))


def rewritten(
    xml: bytes, forms: Mapping[str, str], target: Target, new: str, decisions: Collection[bytes] = ()
) -> tuple[bytes, dict[str, str], tuple[Mention, ...]]:
    """The diagram and forms with every sure mention outside the field's own form under its new key, and what is left.

    What is left is mentioned where it can't be told what is meant, or in a file that is not part of the draft.
    """
    draft = Draft(xml, forms, target, decisions)
    diagram, texts = DiagramMentions(draft), FormMentions(draft)
    told = (*diagram.walk(new), *texts.walk(new))
    left = tuple(m for m in told if m.form_key != target.form_key and not m.sure)
    made = {key: files.write(draft.specs[key]) if key in texts.changed else text for key, text in forms.items()}
    return rewriting.closed(draft.root) if draft.root is not None and diagram.redrawn else xml, made, left
