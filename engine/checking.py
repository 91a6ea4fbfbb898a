"""A diagram with its forms and decision tables judged as a whole, before it is stored or run. Pure: no database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from forms import definition as form_definition
from forms.errors import FormError
from forms.model import Form

from .diagram import link, lint, read
from .diagram.called import Called, Find
from .diagram.decisions import Decision, read_decisions
from .diagram.model import Diagram, Process
from .errors import N_, DiagramProblem, InvalidDiagram
from .spiff.spec import compile_spec

LONGEST_NAME = 160  #: characters of an id inside of calls; keys of rows hold it with some more


@dataclass(frozen=True, slots=True)
class Checked:
    """What a diagram needs of the files beside it, and what was found."""

    diagram: Diagram
    forms: Mapping[str, str]  #: those the diagram names, and those of the processes it calls
    decisions: Mapping[str, bytes]  #: the DMN files of the decisions it names, by decision; likewise
    problems: tuple[DiagramProblem, ...]
    calls: Mapping[str, Called] = field(default_factory=dict)  #: by call activity
    linked: bytes = b""  #: the diagram with what it calls inside; empty where that could not be made

    @property
    def blocked(self) -> bool:
        return any(p.severity == "error" for p in self.problems)

    @property
    def digest(self) -> str:
        """SHA-256 over diagram, forms, decisions and what is called."""
        digest = hashlib.sha256(self.diagram.xml)
        for key in sorted(self.forms):
            digest.update(f"\0{key}\0{self.forms[key]}".encode())
        for key in sorted(self.decisions):
            digest.update(f"\0{key}\0".encode() + self.decisions[key])
        for id in sorted(self.calls):
            digest.update(f"\0{id}\0{self.calls[id].digest}".encode())
        return digest.hexdigest()

    def callable(self) -> Called:
        """The process as those take it in that call it."""
        further = dict.fromkeys(key for called in self.calls.values() for key in called.chain)
        process = self.diagram.process
        return Called(process, self.linked, self.forms, self.decisions, self.digest, (process.key, *further))


def check(
    xml: bytes,
    forms: Mapping[str, str],
    decisions: Collection[bytes] = (),
    *,
    positions: Collection[str] | None,
    processes: Find | None = None,
) -> Checked:
    """Judge a diagram; `forms` by key and `decisions` (DMN files) may hold more than it names.

    `processes` finds what is called. Positions and processes are not checked when None. Raises InvalidDiagram only
    when the file can't be read at all.
    """
    diagram = read.read(xml)
    problems: list[DiagramProblem] = []
    wanted = {node.form_key for node in diagram.process.nodes.values() if node.form_key}
    used = {key: content for key, content in forms.items() if key in wanted}
    parsed: dict[str, Form] = {}
    for key, content in used.items():
        try:
            parsed[key] = form_definition.parse(content)
        except FormError as error:
            problems.append(_form_problem(diagram.process, key, error))
            parsed[key] = Form(key=key, name=key, fields=())
    named = {node.wiring.decision for node in diagram.process.nodes.values() if node.wiring.decision}
    tables: dict[str, Decision] = {}
    files: dict[str, bytes] = {}
    for file in decisions if named else ():
        try:
            found = read_decisions(file)
        except InvalidDiagram as error:
            problems += error.problems
            continue
        tables |= {key: table for key, table in found.items() if key in named}
        files |= {key: file for key in found if key in named}
    nodes = diagram.process.nodes.values()
    found_calls = {n.id: processes(n.wiring.call) if processes and n.wiring.call else None for n in nodes}
    problems += lint.lint(diagram, forms=parsed, positions=positions, decisions=tables, called=found_calls)
    calls = {id: called for id, called in found_calls.items() if isinstance(called, Called)}
    linked = b""
    if not any(p.severity == "error" for p in problems):
        try:
            linked = _linked(diagram, calls)
            if calls:
                problems += _inside(diagram, linked, parsed, tables, calls)
            else:
                compile_spec(linked, tables)
        except InvalidDiagram as error:
            problems += error.problems
    for id, called in calls.items():
        used |= {f"{id}/{key}": content for key, content in called.forms.items()}
        files |= {f"{id}/{key}": file for key, file in called.decisions.items()}
    return Checked(diagram, used, files, tuple(problems), calls, linked)


def _linked(diagram: Diagram, calls: Mapping[str, Called]) -> bytes:
    if not any(node.kind == "callActivity" for node in diagram.process.nodes.values()):
        return diagram.xml
    return link.link(diagram.xml, {id: called.xml for id, called in calls.items()})


def _inside(
    diagram: Diagram,
    linked: bytes,
    forms: Mapping[str, Form],
    tables: Mapping[str, Decision],
    calls: Mapping[str, Called],
) -> Iterator[DiagramProblem]:
    """What is wrong only with the whole: caller and called are sound by themselves."""
    forms, tables = dict(forms), dict(tables)
    for id, called in calls.items():
        for key, content in called.forms.items():
            name = f"{id}/{key}"
            forms[name] = link.relocated(form_definition.parse(content), link.within(name))
        tables |= tables_in({f"{id}/{key}": file for key, file in called.decisions.items()})
    whole = replace(link.linked(diagram, linked), xml=linked)
    problems = lint.lint(whole, forms=forms, positions=None, decisions=tables)
    blocking = [p for p in problems if p.severity == "error" and p.rule != "bad-id"]
    blocking += [_too_long(name) for name in (*whole.process.nodes, *forms, *tables) if len(name) > LONGEST_NAME]
    for problem in blocking:
        yield replace(problem, element=link.drawn(problem.element) if problem.element else None)
    if not blocking:
        compile_spec(linked, tables)


def _too_long(name: str) -> DiagramProblem:
    return DiagramProblem(
        "name-too-long",
        N_("Called from here, “%(name)s” has too long a name."),
        N_("Give the calls and the steps of what they call shorter ids."),
        element=name,
        params={"name": name[:80]},
    )


def tables_in(files: Mapping[str, bytes]) -> dict[str, Decision]:
    """The decision tables of DMN files, each by the key that its file is given under. Raises InvalidDiagram."""
    return {key: read_decisions(file)[key.rpartition(link.BETWEEN)[2]] for key, file in files.items()}


def _form_problem(process: Process, key: str, error: FormError) -> DiagramProblem:
    node = next((n for n in process.nodes.values() if n.form_key == key), None)
    return DiagramProblem(
        rule="form-invalid",
        message=N_("The form %(form)s can't be used: %(reason)s"),
        remedy=N_("Mend the form, or choose another one for this task."),
        element=node.id if node else None,
        name=node.name if node else "",
        params={"form": key, "reason": error.reason},
    )
