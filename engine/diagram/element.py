"""What one element of a BPMN file says of itself: expressions, repetition, timers, papers, head of the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from engine.diagram.model import Paper, Timer
from engine.diagram.xml import ALUR, camunda, child, children, local, ours, plain, reference, text_of, yes

TIMES = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}


def expression(text: str | None) -> str | None:
    """What stands inside `${...}`, or the whole text when it is written bare."""
    text = (text or "").strip()
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1].strip()
    return text or None


def embedded(text: str | None) -> str | None:
    """What stands inside `${...}`; None for a literal."""
    text = (text or "").strip()
    return expression(text) if text.startswith("${") and text.endswith("}") else None


def condition_of(flow: etree._Element) -> str | None:
    return expression(text_of(child(flow, "conditionExpression")))


def form_key(element: etree._Element) -> str | None:
    key = camunda(element, "formKey") or camunda(element, "formRef")
    return key.removeprefix("camunda-forms:").rpartition("/")[2].removesuffix(".form") if key else None


def priority(text: str | None) -> int:
    return min(int(text), 100) if text and text.isdecimal() and len(text) < 4 else 50


def loop_of(element: etree._Element) -> tuple[str | None, str | None]:
    """Of a standard loop: the condition under which it goes on, and how often at most."""
    loop = child(element, "standardLoopCharacteristics")
    return (
        (None, None) if loop is None else (expression(text_of(child(loop, "loopCondition"))), loop.get("loopMaximum"))
    )


class Instances(NamedTuple):
    """How an activity is repeated over a list, or so many times; all empty where it is not."""

    collection: str | None = None
    cardinality: str | None = None
    item: str | None = None  #: what each instance calls its entry
    sequential: bool = False
    completes: str | None = None  #: the condition that ends it early


def instances(element: etree._Element) -> Instances:
    loop = child(element, "multiInstanceLoopCharacteristics")
    if loop is None:
        return Instances()
    data = child(loop, "inputDataItem")
    item = camunda(loop, "elementVariable")
    if data is not None and not item:
        item = plain(data, "name") or plain(data, "id")
    return Instances(
        collection=expression(camunda(loop, "collection")) or expression(text_of(child(loop, "loopDataInputRef"))),
        cardinality=expression(text_of(child(loop, "loopCardinality"))),
        item=item,
        sequential=yes(loop.get("isSequential")),
        completes=expression(text_of(child(loop, "completionCondition"))),
    )


def given(element: etree._Element) -> tuple[str | None, str | None]:
    """Of a multi-instance: the variable that each instance gives, and the one that takes them all."""
    loop = child(element, "multiInstanceLoopCharacteristics")
    if loop is None:
        return None, None
    item, collection = child(loop, "outputDataItem"), child(loop, "loopDataOutputRef")
    name = plain(item, "name") or plain(item, "id") if item is not None else None
    return name, expression(text_of(collection)) if collection is not None else None


def timer_of(element: etree._Element) -> Timer | None:
    definition = child(element, "timerEventDefinition")
    if definition is None:
        return None
    time = child(definition, *TIMES)
    return Timer(
        id=plain(element, "id") or "",
        name=plain(element, "name") or "",
        kind=TIMES[local(time)] if time is not None else "duration",
        text=text_of(time),
        attached_to=reference(element.get("attachedToRef")) or None,
        interrupting=interrupting(element),
        deadline=yes(ours(element, "deadline")),
    )


def trigger(element: etree._Element) -> str | None:
    """What an event waits for or throws: timer, message, terminate ...; None for a plain one."""
    kinds = (local(c) for c in children(element))
    return next((kind.removesuffix("EventDefinition") for kind in kinds if kind.endswith("EventDefinition")), None)


def interrupting(element: etree._Element) -> bool:
    given = element.get("cancelActivity") or element.get("isInterrupting") or "true"
    return given.strip() not in ("false", "0")


def documentation(element: etree._Element) -> str:
    return "\n\n".join(filter(None, (text_of(d) for d in children(element, "documentation"))))


def listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def papers(element: etree._Element, kind: str) -> Iterator[Paper]:
    for extensions in children(element, "extensionElements"):
        for standard in extensions.iterchildren(f"{{{ALUR}}}qualityStandard"):
            for paper in standard.iterchildren(f"{{{ALUR}}}{kind}"):
                yield Paper(text=text_of(paper), source=plain(paper, "source"))


def header(element: etree._Element) -> dict[str, tuple[str, ...]]:
    header: dict[str, tuple[str, ...]] = {}
    for extensions in children(element, "extensionElements"):
        for block in extensions.iterchildren(f"{{{ALUR}}}sopHeader"):
            for entry in block.iterchildren(f"{{{ALUR}}}entry"):
                name, line = plain(entry, "name") or "", text_of(entry)
                header[name] = header.get(name, ()) + ((line,) if line else ())
    return header
