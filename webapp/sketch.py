"""The drawing of a case: its diagram with who holds it, as inline SVG."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from markupsafe import Markup

from engine import cases
from engine.cases import CasePage
from engine.db import UnitOfWork
from engine.diagram.draw import draw
from engine.diagram.ink import Labels
from engine.diagram.model import Diagram
from engine.task_page import TaskPage


def of_case(case: CasePage, *, here: str | None = None, mini: bool = False) -> Markup:
    """The diagram of a case with its tokens; `here` is marked as the place of the task one looks at."""
    svg = draw(
        case.diagram,
        tokens=_holders(case),
        done=case.done,
        late=case.late,
        here=here,
        title=_("Diagram of %(title)s", title=case.title),
        labels=_labels(),
        mini=mini,
    )
    return _safe(svg)


def _holders(case: CasePage) -> dict[str, tuple[str, ...]]:
    """Who holds each token; a sub-process is held by the lane that leads it."""
    nodes = case.process.nodes
    return {
        element: who or tuple(lane for lane in [nodes[element].lane] if lane) if element in nodes else who
        for element, who in case.tokens.items()
    }


def around(uow: UnitOfWork, page: TaskPage) -> Markup:
    """The small diagram of a task's case with the task's place marked."""
    return of_case(cases.get(uow, page.task.instance_id), here=page.node.id, mini=True)


def of_process(diagram: Diagram) -> Markup:
    """The bare diagram."""
    return _safe(draw(diagram, title=_("Diagram of %(title)s", title=diagram.process.name), labels=_labels()))


def of_comparison(diagram: Diagram, marks: Mapping[str, str], quiet: Collection[str], *, part: str) -> Markup:
    """One of two versions with what differs marked; a mark's address on the page is "PART-ELEMENT"."""
    title = _("Diagram of %(title)s", title=diagram.process.name)
    return _safe(draw(diagram, title=title, labels=_labels(), marks=marks, quiet=quiet, part=part))


def standalone(diagram: Diagram) -> str:
    """The bare diagram as a file of its own."""
    return draw(diagram, title=diagram.process.name, labels=_labels())


def _labels() -> Labels:
    return Labels(
        here=_("You are here"),
        late=_("Late"),
        done=_("Done"),
        waiting=_("At %(step)s: %(who)s", step="%(step)s", who="%(who)s"),
        nobody=_("nobody"),
        more=_("+%(count)s", count="%(count)s"),
        no_picture=_("This diagram has no picture."),
        added=_("Added"),
        removed=_("Removed"),
        changed=_("Changed"),
        moved=_("Moved"),
    )


def _safe(svg: str) -> Markup:
    # Drawn by us from escaped text: nothing that anybody typed stands in it as markup.
    return Markup(svg)  # noqa: S704
