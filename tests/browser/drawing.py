"""What an owner does in the modeler: open a process, click an element, see that it is kept."""

from __future__ import annotations

import re

from lxml import etree
from playwright.sync_api import Locator, Page, expect

from engine.db import Database
from engine.diagram import read
from engine.diagram.model import Process
from engine.drafting import designs
from tests.office import person

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SAVED = re.compile("^Tersimpan")

Shape = tuple[str, tuple[tuple[str, str], ...], str, tuple["Shape", ...]]


def open_modeler(page: Page, key: str) -> None:
    page.goto(f"/design/{key}")
    ready(page)


def ready(page: Page) -> None:
    """The diagram is drawn and has been checked once."""
    page.locator("[data-part=status][data-state]").wait_for()
    page.locator("[data-part=summary][data-state]").wait_for(state="attached")


def click(page: Page, element: str) -> None:
    """Select an element with the mouse, on its edge, where no other lies over it."""
    page.locator(f'[data-element-id="{element}"] > .djs-hit').first.click(position={"x": 6, "y": 6}, force=True)


def shape(page: Page, element: str) -> Locator:
    """An element as it is drawn, without what is not seen of it."""
    return page.locator(f'[data-element-id="{element}"] > .djs-visual').first


def find(page: Page, words: str) -> None:
    """Select an element by searching for its name, as the keyboard does."""
    page.get_by_role("button", name="Cari di diagram").press("Enter")
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Sifat")


def kept(page: Page) -> None:
    """Save without waiting until the page does by itself, and see that it is saved."""
    page.evaluate("() => void window.alurModeler?.draft.save()")
    expect(page.locator("[data-part=status]")).to_have_text(SAVED)


def summary(page: Page) -> Locator:
    return page.locator("[data-part=summary]")


def group(page: Page, name: str) -> Locator:
    """A part of the panel, unfolded."""
    title = page.locator(".bio-properties-panel-group-header-title", has_text=re.compile(f"^{name}$"))
    found = panel(page).locator(".bio-properties-panel-group").filter(has=title)
    folded = found.locator(".bio-properties-panel-group-header:not(.open)")
    expect(title).to_be_visible()
    if folded.count():
        folded.click()
    return found


def show(page: Page, xml: str) -> None:
    """Put another diagram in the place of the one that is drawn."""
    page.evaluate("async (xml) => { await window.alurModeler.show(xml); window.alurModeler.draft.touch(); }", xml)


def standard_time(page: Page, number: int) -> None:
    field = panel(page).get_by_label("Jumlah", exact=True)
    field.fill(str(number))
    field.press("Enter")


def publish(page: Page, reason: str) -> None:
    page.get_by_role("button", name="Terbitkan", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Alasan").fill(reason)
    dialog.get_by_role("button", name="Terbitkan", exact=True).click()


def draft(database: Database, key: str, *, by: str = "pengelola_sop") -> Process:
    """The process as the person's draft on the server has it."""
    with database.read(person(database, by)) as uow:
        return read.read(designs.open_design(uow, key).xml).process


def essence(xml: bytes) -> Shape:
    """What a file says apart from its layout, the order of attributes and the space between elements."""
    root = etree.fromstring(xml)
    for drawing in root.findall(f"{DI}BPMNDiagram"):
        root.remove(drawing)
    return _shape(root)


def colours(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Which elements of the picture have colours of their own."""
    shapes = [
        shape for shape in etree.fromstring(xml).iter() if isinstance(shape.tag, str) and shape.get("bpmnElement")
    ]
    painted = [(str(one.get("bpmnElement")), {str(k): str(v) for k, v in one.attrib.items()}) for one in shapes]
    return [(id, {k: v for k, v in found.items() if "olor" in k}) for id, found in painted if "olor" in str(found)]


def _shape(element: etree._Element) -> Shape:
    children = tuple(_shape(child) for child in element if isinstance(child.tag, str))
    attributes = tuple(sorted((str(name), str(value)) for name, value in element.attrib.items()))
    return str(element.tag), attributes, (element.text or "").strip(), children
