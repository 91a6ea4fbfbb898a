"""What one step of a case amounts to, in plain values; instances.settle turns it into rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Scope:
    """An open activity around a task: its sub-process, or the multi-instance with timers that it is one item of."""

    activity_id: str
    key: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user or manual task that waits for a person."""

    key: str  #: stable for the life of this activity instance, unique over all cases
    activity_id: str
    item: str | None = None  #: the multi-instance item, as text
    scopes: tuple[Scope, ...] = ()  #: innermost first
    data: Mapping[str, Any] = field(default_factory=dict)  #: the flat names visible here, the item's among them


@dataclass(frozen=True, slots=True)
class OpenActivity:
    """Any other activity or event that holds a token: sub-process, catch event, gateway that waits."""

    key: str
    activity_id: str
    kind: str
    scopes: tuple[Scope, ...] = ()
    items: tuple[str, ...] = ()  #: of an open multi-instance: every item, in order


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    key: str
    event_id: str  #: id of the event in the diagram
    due: datetime
    started: datetime
    text: str  #: the duration or date as the diagram gives it, evaluated
    kind: str  #: duration | date | cycle
    attached_to: str | None = None  #: activity id, for boundary events
    attached_key: str | None = None  #: key of that activity's instance


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """A message or signal that the case waits for."""

    key: str
    event_id: str  #: id of the event or receive task in the diagram
    kind: str  #: message | signal
    name: str  #: of the message or signal
    correlation: str = ""  #: the key a message must carry


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A service task whose connector has to be called."""

    key: str
    activity_id: str
    connector: str


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal that leaves the case."""

    kind: str  #: message | signal
    name: str
    event_id: str
    correlation: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in the diagram, in order."""

    kind: str  #: entered | completed | cancelled | fired | ended
    activity_id: str
    key: str
    item: str | None = None
    attached_key: str | None = None  #: of a fired boundary event


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case after a step. `state` is None once it has ended."""

    state: bytes | None
    tasks: tuple[OpenTask, ...]
    activities: tuple[OpenActivity, ...]
    timers: tuple[WaitingTimer, ...]
    steps: tuple[Step, ...]
    data: Mapping[str, Any]
    events: tuple[WaitingEvent, ...] = ()
    calls: tuple[OpenCall, ...] = ()
    thrown: tuple[Thrown, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state is None
