"""One tree of errors. They carry facts; sentences in a language are made where they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from forms.errors import N_ as N_
from forms.errors import Said as Said

if TYPE_CHECKING:
    from forms.model import Problem as FieldProblem


@dataclass(frozen=True, slots=True)
class DiagramProblem:
    """One finding about a diagram or its forms: where, what is wrong, how to mend it.

    `message` and `remedy` are English templates over `params` (`%(name)s`); webapp translates them. A param that is
    a sentence itself is a Said.
    """

    rule: str
    message: str
    remedy: str
    element: str | None = None
    name: str = ""
    severity: Literal["error", "warning"] = "error"
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> Said:
        """The finding as one line: where, what, how to mend it."""
        where = f"{self.element} ({self.name})" if self.name and self.element else self.element or self.name
        told = {"message": Said(self.message, self.params), "remedy": Said(self.remedy, self.params)}
        return Said("%(where)s: %(message)s %(remedy)s", {"where": where or Said(N_("diagram")), **told})

    def text(self) -> str:
        """The finding as one English line."""
        return str(self.said)


class AlurError(Exception):
    """Base of everything the engine raises on purpose."""


class NotFound(AlurError):
    """There is no such thing, or this person may not know of it."""

    def __init__(self, kind: str, id: object) -> None:
        super().__init__(f"no {kind} {id}")
        self.kind, self.id = kind, id


class ProcessRetired(NotFound):
    """The process was retired: no new case of it can begin."""

    def __init__(self, key: str) -> None:
        super().__init__("process", key)
        self.key = key


class NotAllowed(AlurError):
    """The actor holds no position that entitles them to this action."""

    def __init__(self, actor: str, action: str) -> None:
        super().__init__(f"{actor} may not {action}")
        self.actor, self.action = actor, action


class Conflict(AlurError):
    """The thing has changed since it was shown."""


class Busy(Conflict):
    """Too many at once: nothing was changed, and the same again will do."""

    def __init__(self) -> None:
        super().__init__("the database is busy")


class TaskAlreadyClaimed(Conflict):
    """Somebody else has taken the task."""

    def __init__(self, task_id: int, by: str) -> None:
        super().__init__(f"task {task_id} is taken by {by}")
        self.task_id, self.by = task_id, by


class TaskNotOpen(Conflict):
    """The task was completed or cancelled before."""

    def __init__(self, task_id: int, state: str, by: str = "", *, by_actor: bool = False) -> None:
        super().__init__(f"task {task_id} is {state}" + (f" by {by}" if by else ""))
        self.task_id, self.state, self.by, self.by_actor = task_id, state, by, by_actor


class DraftNewer(Conflict):
    """Another window has saved a newer draft of the task than the one this window began with."""

    def __init__(self, task_id: int, at: datetime, by: str) -> None:
        super().__init__(f"task {task_id} has a draft of {at} by {by}")
        self.task_id, self.at, self.by = task_id, at, by


class DesignChanged(Conflict):
    """Another window of the same person has saved a newer draft of the diagram (`revision`; 0: it was discarded)."""

    def __init__(self, key: str, revision: int, at: datetime | None = None) -> None:
        super().__init__(f"the draft of {key} is now at revision {revision}")
        self.key, self.revision, self.at = key, revision, at


class VersionChanged(Conflict):
    """Somebody has published a version of the process meanwhile; may be confirmed with its number."""

    def __init__(self, key: str, newest: int, by: str, at: datetime | None, reason: str) -> None:
        super().__init__(f"version {newest} of {key} was published meanwhile" + (f" by {by}" if by else ""))
        self.key, self.newest, self.by, self.at, self.reason = key, newest, by, at, reason


class CaseNotActive(Conflict):
    """The case is suspended, completed or cancelled."""

    def __init__(self, instance_id: int, state: str) -> None:
        super().__init__(f"case {instance_id} is {state}")
        self.instance_id, self.state = instance_id, state


class CannotMove(Conflict):
    """A running case does not fit another version of its process; nothing was changed."""

    def __init__(self, problems: Iterable[DiagramProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.text() for p in self.problems))


class CaseMovedOn(Conflict):
    """The case has gone on since it was moved: the move can't be undone any more."""

    def __init__(self, instance_id: int) -> None:
        super().__init__(f"case {instance_id} has gone on since it was moved")
        self.instance_id = instance_id


class SameCaseExists(Conflict):
    """Another case has the same case key; may be confirmed. `title` is "" where the actor may not know of it."""

    def __init__(self, instance_id: int, title: str, case_key: str, *, may_open: bool = True) -> None:
        super().__init__(f"case {instance_id} ({title}) already has the key {case_key}")
        self.instance_id, self.title, self.case_key, self.may_open = instance_id, title, case_key, may_open


class InvalidInput(AlurError):
    """A plain value given to a verb is wrong. `field` names it; `message` is a template over `params`."""

    def __init__(self, field: str, message: str, **params: Any) -> None:
        super().__init__(f"{field}: {message % params}")
        self.field, self.message, self.params = field, message, params


class InvalidDiagram(AlurError):
    """The diagram or its forms can't be deployed."""

    def __init__(self, problems: Iterable[DiagramProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.text() for p in self.problems) or "invalid diagram")


class InvalidVariables(AlurError):
    """Answers were refused. `raw` is what was typed, so that it can be shown again."""

    def __init__(self, problems: Iterable[FieldProblem], raw: Mapping[str, Any]) -> None:
        self.problems, self.raw = tuple(problems), raw
        super().__init__("; ".join(f"{p.path}: {p.message % dict(p.params)}" for p in self.problems))


class ExpressionError(AlurError):
    """An expression is not of the language, too large, or failed; `reason` may be a template over `params`."""

    def __init__(self, text: str, reason: str | Said, /, **params: Any) -> None:
        self.text, self.reason = text, _said(reason, params)
        super().__init__(f"{text!r}: {self.reason}")

    @property
    def said(self) -> Said:
        """The expression, and what is wrong with it."""
        return Said("“%(text)s”: %(reason)s", {"text": self.text, "reason": self.reason})


class DurationError(AlurError):
    """A duration is not ISO 8601 or has units that working time can't count; `reason` as above."""

    def __init__(self, text: str, reason: str | Said, /, **params: Any) -> None:
        self.text, self.reason = text, _said(reason, params)
        super().__init__(f"{text!r}: {self.reason}")


class ActivityFailed(AlurError):
    """Automatic work in a case could not be done; becomes an incident. `reason` as above."""

    def __init__(self, activity_id: str, reason: str | Said, /, **params: Any) -> None:
        self.activity_id, self.reason = activity_id, _said(reason, params)
        super().__init__(f"{activity_id}: {self.reason}")


def _said(reason: str | Said, params: Mapping[str, Any]) -> Said:
    return reason if isinstance(reason, Said) else Said(reason, params)


class DatabaseUnusable(AlurError):
    """The database can't be reached, or it lacks the tables of this version."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database can't be used: {reason}. Check ALUR_DATABASE_URL and that the server runs, "
            "then bring it up to date with: python -m engine migrate"
        )
        self.reason = reason
