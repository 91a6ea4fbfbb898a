"""What the call activities of a version call, and the version as it runs: with all of that put in.

A version calls what was there when it was deployed: the newest version of each process stored before itself, or the one
it names. So nothing about it is kept, and a version means the same for ever; that callers follow newer versions is
`deployment.deploy`'s business.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from threading import Lock

from sqlalchemy import Select, select

from .db import UnitOfWork
from .diagram import link, read
from .diagram.called import Called, Find, Unavailable
from .diagram.model import Diagram, Process
from .diagram.wiring import Call
from .diagram.xml import refuse
from .errors import N_, InvalidDiagram
from .model import DecisionRow, DefinitionRow, FormRow

MOST_KEPT = 128
#: the versions that call others, as they run, by digest: it covers what they call
_kept: OrderedDict[str, tuple[bytes, Diagram]] = OrderedDict()
_lock = Lock()


def diagram(uow: UnitOfWork, row: DefinitionRow) -> Diagram:
    """The picture of a version with all it runs, what it calls among it; read once for each content."""
    return _joined(uow, row)[1]


def runs(uow: UnitOfWork, row: DefinitionRow) -> bytes:
    """The file of a version with what it calls inside."""
    return _joined(uow, row)[0]


def _joined(uow: UnitOfWork, row: DefinitionRow) -> tuple[bytes, Diagram]:
    own, calls = _read(row.digest, row.xml)
    if not calls:
        return row.xml, own
    with _lock:
        known = _kept.get(row.digest)
    if known is None:
        xml = link.link(row.xml, {id: runs(uow, _called(uow, row, call)) for id, call in calls.items()})
        known = xml, link.linked(own, xml)
        with _lock:
            _kept[row.digest] = known
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return known


def calls_of(process: Process) -> dict[str, Call]:
    """The calls of a process by their activities; not those inside of what it calls."""
    nodes = process.nodes.values()
    return {n.id: n.wiring.call for n in nodes if n.wiring.call is not None and link.BETWEEN not in n.id}


def own_calls(row: DefinitionRow) -> tuple[Call, ...]:
    """What a version's own diagram calls, each once."""
    _, calls = _read(row.digest, row.xml)
    return tuple({(call.key, call.binding, call.version): call for call in calls.values()}.values())


def versions(uow: UnitOfWork, process: Process, row: DefinitionRow | None) -> dict[str, int]:
    """By activity the version of what each calls: of a stored version, or (None) of one that were stored now."""
    found = {}
    for id, call in calls_of(process).items():
        query = _newest(call.key) if row is None else _newest(call.key).where(DefinitionRow.id < row.id)
        called = uow.session.scalar(_numbered(call) if call.binding == "version" else query)
        if called is not None:
            found[id] = called.version
    return found


def find(uow: UnitOfWork) -> Find:
    """How a diagram that is deployed now finds what it calls."""

    def found(call: Call) -> Called | Unavailable:
        newest = uow.session.scalar(_newest(call.key))
        if newest is None:
            return Unavailable.MISSING
        if newest.retired_at is not None:
            return Unavailable.RETIRED
        if call.binding == "version":
            named = uow.session.scalar(_numbered(call))
            return _callable(uow, named) if named is not None else Unavailable.NO_VERSION
        return _callable(uow, newest)

    return found


def _called(uow: UnitOfWork, row: DefinitionRow, call: Call) -> DefinitionRow:
    """What a stored version calls."""
    if call.binding == "version":
        return uow.session.scalars(_numbered(call)).one()
    return uow.session.scalars(_newest(call.key).where(DefinitionRow.id < row.id)).one()


def _callable(uow: UnitOfWork, row: DefinitionRow) -> Called:
    forms = uow.session.execute(select(FormRow.key, FormRow.content).where(FormRow.definition_id == row.id))
    files = uow.session.execute(select(DecisionRow.key, DecisionRow.content).where(DecisionRow.definition_id == row.id))
    return Called(
        process=_read(row.digest, row.xml)[0].process,
        xml=runs(uow, row),
        forms={form.key: form.content for form in forms},
        decisions={file.key: file.content for file in files},
        digest=row.digest,
        chain=_chain(uow, row),
    )


def _chain(uow: UnitOfWork, row: DefinitionRow) -> tuple[str, ...]:
    further = (key for call in own_calls(row) for key in _chain(uow, _called(uow, row, call)))
    return tuple(dict.fromkeys((row.key, *further)))


def _newest(key: str) -> Select[DefinitionRow]:
    return select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)


def _numbered(call: Call) -> Select[DefinitionRow]:
    text = call.version or ""
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    return select(DefinitionRow).where(DefinitionRow.key == call.key, DefinitionRow.version == number)


def callers(newest: Mapping[str, DefinitionRow], changed: Collection[str]) -> list[tuple[str, set[str]]]:
    """The processes that call the latest of others, directly or not, each behind those it calls, with what it calls."""
    wants = {key: {c.key for c in own_calls(row) if c.binding == "latest"} for key, row in newest.items()}
    found, moved = [], set(changed)
    for key in TopologicalSorter(wants).static_order():
        if key in wants and key not in changed and wants[key] & moved:
            moved.add(key)
            found.append((key, wants[key]))
    return found


def in_order(files: Sequence[bytes]) -> list[int]:
    """The places of diagrams, each behind those it calls. Raises InvalidDiagram where they call each other in a ring.

    A file that can't be read is not judged here.
    """
    processes: dict[str, Process] = {}
    places: dict[str, list[int]] = {}
    unread = []
    for place, xml in enumerate(files):
        try:
            process = read.read(xml).process
        except InvalidDiagram:
            unread.append(place)
            continue
        processes.setdefault(process.key, process)
        places.setdefault(process.key, []).append(place)
    called = {key: {c.key for c in calls_of(p).values()} & (places.keys() - {key}) for key, p in processes.items()}
    try:
        keys = list(TopologicalSorter(called).static_order())
    except CycleError as error:
        raise refuse(
            "calls-itself",
            N_("“%(caller)s” calls itself by way of “%(process)s”, without end."),
            N_("Draw the repetition as a loop."),
            caller=error.args[1][-1],
            process=" → ".join(reversed(error.args[1][:-1])),
        ) from None
    return [place for key in keys for place in places[key]] + unread


@lru_cache(maxsize=128)
def _read(digest: str, xml: bytes) -> tuple[Diagram, dict[str, Call]]:
    own = read.read(xml)
    return own, calls_of(own.process)
