"""Random diagrams of nested blocks: made by chance, drawn in the words of `drawing.draw`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

FLAGS = ("f0", "f1", "f2")
LISTS = ("l0", "l1")
BOTTOM = ("task", "wait", "hear", "each", "again", "receive", "effect")
NESTING = ("seq", "xor", "and", "or", "loop", "twice", "sub", "either")
#: what an effect may be, by the kinds of a set
EFFECTS = {"signal": "signals", "message": "messages", "escalate": "codes", "fail": "codes", "stop": "stops"}
TRIGGERS = {"timer": "timer", "cycle": "timer", "message": "messages", "signal": "signals", "condition": "conditions"}


@dataclass(frozen=True, slots=True)
class Block:
    """Something with one way in and one way out."""

    kind: str
    id: str
    inner: tuple[Block, ...] = ()
    flags: tuple[str, ...] = ()  #: what decides: which branch, whether again, whether enough
    over: str = ""  #: the list of a multi-instance
    ordered: bool = False  #: one by one; of a loop: tested before
    most: int | None = None  #: rounds of a standard loop
    collects: str = ""  #: variable that takes what the items gave
    event: Event | None = None  #: what it waits for or throws
    border: tuple[Event, ...] = ()
    beside: tuple[Event, ...] = ()  #: of a sub-process or the process: its event sub-processes

    def __deepcopy__(self, _memo: Any) -> Block:
        return self


@dataclass(frozen=True, slots=True)
class Event:
    """What comes, and what then follows."""

    id: str
    trigger: str
    value: str  #: a duration, repetition, name, code or flag
    stops: bool = True
    then: Block | None = None
    keyed: bool = False  #: the message carries the case's key

    def __deepcopy__(self, _memo: Any) -> Event:
        return self

    @property
    def text(self) -> str:
        option = {"timer": "after", "cycle": "every", "condition": "when"}.get(self.trigger, self.trigger)
        return (f"{option}={self.value}" if self.value else option) + (" key=who" if self.keyed else "")


def diagram(chance: random.Random, kinds: str) -> Block:
    """A whole process; rounds go over nearly all of it."""
    maker = Maker(chance, kinds.split())
    beside = tuple(maker.aside(2)) if "beside" in kinds else ()
    codes = frozenset(e.value for e in beside if e.trigger == "error")
    inner = maker.block(3, codes)
    if "loop" in maker.kinds:
        inner = Block("loop", "round", (Block("seq", "rounds", (inner, Block("task", "check"))),), FLAGS[:1])
    return Block("seq", "top", (Block("task", "first"), inner, Block("task", "last")), beside=beside)


class Maker:
    """Makes blocks of the kinds given, a task or a wait at the bottom."""

    def __init__(self, chance: random.Random, kinds: list[str]) -> None:
        self.chance, self.kinds, self.count = chance, kinds, count()
        self.blocks = [
            k for k in kinds if k in BOTTOM or k in ("seq", "xor", "and", "or", "loop", "twice", "sub", "either")
        ]
        self.bottom = [k for k in self.blocks if k in BOTTOM]
        self.triggers = [t for t, kind in TRIGGERS.items() if kind in kinds and not (t == "cycle" and "once" in kinds)]

    def name(self) -> str:
        return f"n{next(self.count)}"

    def block(self, depth: int, codes: frozenset[str]) -> Block:
        """`codes`: the errors that something around catches; an empty one catches all."""
        chance, id = self.chance, self.name()
        kind = chance.choice(self.blocks if depth else self.bottom)

        def some(number: int) -> tuple[Block, ...]:
            return tuple(self.block(depth - 1, codes) for _ in range(number))

        if kind in ("seq", "and"):
            return Block(kind, id, some(chance.choice((2, 2, 3))))
        if kind == "xor":
            number = chance.choice((2, 2, 3))
            return Block(kind, id, some(number), tuple(chance.choice(FLAGS) for _ in range(number - 1)))
        if kind == "or":
            return Block(kind, id, some(2), tuple(chance.sample(FLAGS, 2)))
        if kind == "loop":  # a person stands in every round
            round = Block("seq", f"{id}s", (Block("task", f"{id}t"), *some(1)))
            return Block(kind, id, (round,), (chance.choice(FLAGS),))
        if kind == "twice":  # round by itself, at most once between two exits: a script turns what decides
            flag = f"{id}f"  # of its own: two that turn the same one would go round for ever
            turn = Block("script", f"{id}t", flags=(flag, flag))
            return Block("loop", id, (Block("seq", f"{id}s", (*some(1), turn)),), (flag,))
        if kind == "either":
            events = [self.event(t) for t in self.several()]
            return Block(kind, id, border=tuple(replace(e, stops=True, then=some(1)[0]) for e in events))
        if kind == "sub":
            return self.sub(id, depth, codes)
        return self.leaf(kind, id, codes)

    def several(self) -> list[str]:
        once = [t for t in self.triggers if t != "cycle"]
        return [self.chance.choice(once) for _ in range(self.chance.choice((2, 3)))]

    def leaf(self, kind: str, id: str, codes: frozenset[str]) -> Block:
        chance = self.chance
        if kind == "each":
            return self.multiple(Block("task", id, border=self.borders()))
        if kind == "again":
            return self.again(Block("task", id, border=self.borders()))
        if kind == "wait":
            return Block("hear", id, event=Event(id, "timer", f"PT{chance.randint(1, 40)}M"))
        if kind == "hear":
            return Block("hear", id, event=self.plain(chance.choice(self.several()), id))
        if kind == "receive":
            return Block(kind, id, event=self.plain("message", id), border=self.borders())
        if kind == "effect":
            return Block("seq", id, (Block("task", f"{id}t"), self.effect(f"{id}x", codes)))
        return Block("task", id, border=self.borders())

    def multiple(self, one: Block) -> Block:
        enough = (self.chance.choice(FLAGS),) if self.chance.random() < 0.3 else ()
        collects = self.chance.choice(LISTS) if "collects" in self.kinds and self.chance.random() < 0.5 else ""
        over, ordered = self.chance.choice(LISTS), self.chance.random() < 0.5
        return replace(one, over=over, ordered=ordered, flags=enough, collects=collects)

    def again(self, one: Block) -> Block:
        most = self.chance.choice((None, 2, 3))
        return replace(one, most=most, flags=(self.chance.choice(FLAGS),), ordered=self.chance.random() < 0.5)

    def sub(self, id: str, depth: int, codes: frozenset[str]) -> Block:
        chance = self.chance
        border = [*self.borders()]
        if "codes" in self.kinds and chance.random() < 0.7:
            border.append(self.coded(f"{id}c", chance.choice(("error", "escalation"))))
        beside = self.aside(depth - 1) if "beside" in self.kinds and chance.random() < 0.5 else []
        codes |= {e.value for e in (*border, *beside) if e.trigger == "error"}
        one = Block("sub", id, (self.block(depth - 1, codes),), border=tuple(border), beside=tuple(beside))
        if "each" in self.kinds and chance.random() < 0.4:
            return self.multiple(one)
        if "again" in self.kinds and chance.random() < 0.2:  # a person stands in every round
            return self.again(replace(one, inner=(Block("seq", f"{id}s", (Block("task", f"{id}t"), *one.inner)),)))
        return one

    def aside(self, depth: int) -> list[Event]:
        """Event sub-processes: a body follows each event."""
        made = []
        for _ in range(self.chance.choice((1, 1, 2))):
            coded = ["error", "escalation"] if "codes" in self.kinds else []
            trigger = self.chance.choice([*(t for t in self.triggers if t != "cycle"), *coded])
            event = self.coded(self.name(), trigger) if trigger in coded else self.event(trigger)
            made.append(replace(event, then=self.block(min(depth, 1), frozenset())))
        return made

    def borders(self) -> tuple[Event, ...]:
        chance = self.chance
        number = chance.choice((0, 0, 1, 1, 2)) if self.triggers and "borders" in self.kinds else 0
        return tuple(self.event(chance.choice(self.triggers)) for _ in range(number))

    def event(self, trigger: str) -> Event:
        chance, id = self.chance, self.name()
        stops = trigger != "cycle" and chance.random() < 0.5
        value = {
            "timer": lambda: f"PT{chance.randint(1, 60)}M",
            "cycle": lambda: f"R{chance.choice(('', '2', '3'))}/PT{chance.randint(5, 30)}M",
            "message": lambda: f"m{chance.randint(0, 1)}",
            "signal": lambda: f"s{chance.randint(0, 1)}",
            "condition": lambda: chance.choice(FLAGS),
        }[trigger]()
        then = Block("task", f"{id}t") if chance.random() < 0.5 else None
        return Event(id, trigger, value, stops, then, keyed=trigger == "message" and chance.random() < 0.5)

    def plain(self, trigger: str, id: str) -> Event:
        """An event in the flow: nothing but the flow follows it."""
        return replace(self.event(trigger), id=id, stops=True, then=None)

    def coded(self, id: str, trigger: str) -> Event:
        """An error or escalation that is caught."""
        chance = self.chance
        value = chance.choice(("", "c0", "c1"))
        stops = trigger == "error" or chance.random() < 0.5
        return Event(id, trigger, value, stops, Block("task", f"{id}t") if chance.random() < 0.5 else None)

    def effect(self, id: str, codes: frozenset[str]) -> Block:
        chance = self.chance
        known = [e for e, kind in EFFECTS.items() if kind in self.kinds and (e != "fail" or codes)]
        kind = chance.choice(["script", *known])
        if kind == "script":
            return Block("script", id, flags=tuple(chance.sample(FLAGS, 2)))
        flags = (chance.choice(FLAGS),)
        if kind == "stop":
            return Block("raise", id, flags=flags, event=Event(f"{id}_e", "terminate", ""))
        code = chance.choice(("c0", "c1"))
        if kind == "fail":
            code = chance.choice(sorted(c or code for c in codes))
            return Block("raise", id, flags=flags, event=Event(f"{id}_e", "error", code))
        if kind == "escalate":
            return Block("throw", id, event=Event(id, "escalation", code))
        return Block("throw", id, event=self.plain(kind, id))


def text(whole: Block) -> str:
    """The diagram in the words of `drawing.draw`."""
    return "\n".join(_level(whole, "", whole.beside))


def _level(content: Block, id: str, beside: tuple[Event, ...]) -> list[str]:
    lines: list[str] = []
    first, last = _draw(content, lines)
    begin, finish = f"{id}begin", f"{id}finish"
    lines = [f"start {begin}", *lines, f"end {finish}", f"{begin} > {first}", f"{last} > {finish}"]
    for event in beside:
        assert event.then is not None
        first, last = _draw(event.then, inside := [])
        stops = " interrupting" if event.stops else ""
        lines += [f"sub {event.id}_sub beside {{", f"start {event.id} {event.text}{stops}", *inside]
        lines += [f"end {event.id}_end", f"{event.id} > {first}", f"{last} > {event.id}_end", "}"]
    return lines


def _draw(one: Block, lines: list[str]) -> tuple[str, str]:
    a, b, x = f"{one.id}_a", f"{one.id}_b", f"{one.id}_x"
    if one.kind == "seq":
        ends = [_draw(inner, lines) for inner in one.inner]
        lines += [f"{before[1]} > {after[0]}" for before, after in pairwise(ends)]
        return ends[0][0], ends[-1][1]
    if one.kind in ("xor", "and", "or"):
        lines += [f"{one.kind} {a}", f"{one.kind} {b}"]
        for flag, inner in zip((*one.flags, None, None, None), one.inner, strict=False):
            first, last = _draw(inner, lines)
            way = f" if {flag}" if flag else " else" if one.kind == "xor" else ""
            lines += [f"{a} > {first}{way}", f"{last} > {b}"]
        lines += [f"{a} > {b} else"] if one.kind == "or" else []
        return a, b
    if one.kind == "loop":
        first, last = _draw(one.inner[0], lines)
        lines += [f"xor {a}", f"xor {b}", f"xor {x}"]
        lines += [f"{a} > {first}", f"{last} > {b}", f"{b} > {x} if {one.flags[0]}", f"{b} > {a} else"]
        return a, x
    if one.kind == "either":
        lines += [f"either {a}", f"xor {b}"]
        for event in one.border:
            assert event.then is not None
            first, last = _draw(event.then, lines)
            lines += [f"catch {event.id} {event.text}", f"{a} > {event.id}", f"{event.id} > {first}", f"{last} > {b}"]
        return a, b
    if one.kind == "raise":
        assert one.event is not None
        lines += [f"xor {a}", f"xor {b}", f"end {one.event.id} {one.event.text}"]
        lines += [f"{a} > {one.event.id} if {one.flags[0]}", f"{a} > {b} else"]
        return a, b
    return _draw_single(one, lines)


def _draw_single(one: Block, lines: list[str]) -> tuple[str, str]:
    id, event = one.id, one.event.text if one.event else ""
    loop = ""
    if one.over:
        loop = f" each={one.over} as={item(one)}" + (" one-by-one" if one.ordered else "")
        loop += f" until={one.flags[0]}" if one.flags else ""
        loop += f" collects={one.collects} from=got" if one.collects else ""
    elif one.flags and one.kind in ("task", "sub"):
        loop = f" while={one.flags[0]}" + (f" most={one.most}" if one.most else "") + (" before" if one.ordered else "")
    if one.kind == "script":
        lines.append(f"script {id} do={one.flags[0]}=not_{one.flags[1]}")
    elif one.kind in ("hear", "throw", "receive"):
        shape = {"hear": "catch", "throw": "throw", "receive": "receive"}[one.kind]
        lines.append(f"{shape} {id} {event}")
    elif one.kind == "task":
        lines.append(f"user {id}{loop}")
    else:
        lines += [f"sub {id}{loop} {{", *_level(one.inner[0], f"{id}_", one.beside), "}"]
    if not one.border:
        return id, id
    lines += [f"xor {id}_x", f"{id} > {id}_x"]
    for on in one.border:
        lines.append(f"boundary {on.id} at={id} {on.text}" + (" interrupting" if on.stops else ""))
        last = on.id
        if on.then is not None:
            first, last = _draw(on.then, lines)
            lines.append(f"{on.id} > {first}")
        lines += [f"{last} > {id}_x"] if on.stops else [f"end {on.id}_over", f"{last} > {on.id}_over"]
    return id, f"{id}_x"


def item(one: Block) -> str:
    return "unit" if one.kind == "sub" else "item"


def blocks(one: Block) -> Iterator[Block]:
    yield one
    for inner in (*one.inner, *(e.then for e in (*one.border, *one.beside) if e.then is not None)):
        yield from blocks(inner)


def beginning(whole: Block) -> dict[str, Any]:
    """The variables that a case begins with: nothing decided, two items in each list."""
    flags = {flag: False for one in blocks(whole) for flag in (*FLAGS, *one.flags)}
    return {**flags, **{name: ["x", "y"] for name in LISTS}, "who": "k1"}
