"""A diagram with its forms and decision tables judged as a whole, before it is stored or run. Pure: no database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from forms import definition as form_definition
from forms.errors import FormError
from forms.model import Form

from .diagram import lint, read
from .diagram.decisions import Decision, read_decisions
from .diagram.model import Diagram, Process
from .errors import N_, DiagramProblem, InvalidDiagram
from .spiff.spec import compile_spec


@dataclass(frozen=True, slots=True)
class Checked:
    """What a diagram needs of the files beside it, and what was found."""

    diagram: Diagram
    forms: Mapping[str, str]  #: those the diagram names
    decisions: Mapping[str, bytes]  #: the DMN files of the decisions it names, by decision
    problems: tuple[DiagramProblem, ...]

    @property
    def blocked(self) -> bool:
        return any(p.severity == "error" for p in self.problems)

    @property
    def digest(self) -> str:
        """SHA-256 over diagram, forms and decisions."""
        digest = hashlib.sha256(self.diagram.xml)
        for key in sorted(self.forms):
            digest.update(f"\0{key}\0{self.forms[key]}".encode())
        for key in sorted(self.decisions):
            digest.update(f"\0{key}\0".encode() + self.decisions[key])
        return digest.hexdigest()


def check(
    xml: bytes,
    forms: Mapping[str, str],
    decisions: Collection[bytes] = (),
    *,
    positions: Collection[str] | None,
    processes: Collection[str] | None = None,
) -> Checked:
    """Judge a diagram; `forms` by key and `decisions` (DMN files) may hold more than it names.

    Positions and processes are not checked when None. Raises InvalidDiagram only when the file can't be read at all.
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
    problems += lint.lint(diagram, forms=parsed, positions=positions, decisions=tables, processes=processes)
    if not any(p.severity == "error" for p in problems):
        try:
            compile_spec(diagram.xml, tables)
        except InvalidDiagram as error:
            problems += error.problems
    return Checked(diagram, used, files, tuple(problems))


def _form_problem(process: Process, key: str, error: FormError) -> DiagramProblem:
    node = next((n for n in process.nodes.values() if n.form_key == key), None)
    return DiagramProblem(
        rule="form-invalid",
        message=N_("The form %(form)s can't be used: %(reason)s"),
        remedy=N_("Mend the form, or choose another one for this task."),
        element=node.id if node else None,
        name=node.name if node else "",
        params={"form": key, "reason": str(error)},
    )
