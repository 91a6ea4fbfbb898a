"""What a benchmark has measured and what it had to keep: shown as a table for people, as JSON for programs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured on one database, several times; milliseconds unless the unit says otherwise."""

    database: str
    name: str
    samples: tuple[float, ...]
    unit: str = "ms"

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the samples."""
        if len(self.samples) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.samples, n=4)
        return low, high


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound that a figure has to keep."""

    database: str
    name: str
    value: float
    limit: float
    least: bool = False  #: the value must reach the limit instead of staying below it

    @property
    def kept(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass(slots=True)
class Report:
    figures: list[Figure] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)

    def add(self, database: str, name: str, seconds: Iterable[float]) -> Figure:
        """Keep a figure whose samples are in seconds."""
        figure = Figure(database, name, tuple(s * 1000 for s in seconds))
        self.figures.append(figure)
        return figure

    def state(self, database: str, name: str, value: float, unit: str) -> None:
        """Keep a figure that is no time."""
        self.figures.append(Figure(database, name, (value,), unit))

    def hold(self, database: str, name: str, value: float, limit: float, *, least: bool = False) -> None:
        self.gates.append(Gate(database, name, value, limit, least))

    @property
    def kept(self) -> bool:
        return all(gate.kept for gate in self.gates)

    def table(self) -> str:
        width = max(len(line.name) for line in (*self.figures, *self.gates))
        lines = []
        for figure in self.figures:
            low, high = figure.spread
            spread = f"{low:9.2f} to {high:.2f}" if len(figure.samples) > 1 else ""
            lines.append(f"{figure.database:<11}{figure.name:<{width}} {figure.median:9.2f} {figure.unit:<4} {spread}")
        lines.append("")
        for gate in self.gates:
            bound = "at least" if gate.least else "at most"
            verdict = "pass" if gate.kept else "FAIL"
            lines.append(
                f"{verdict:<5}{gate.database:<11}{gate.name:<{width}} {gate.value:9.2f}, {bound} {gate.limit:g}"
            )
        return "\n".join(lines)

    def as_json(self) -> str:
        figures: Sequence[dict[str, Any]] = [
            {
                "database": f.database,
                "name": f.name,
                "median": f.median,
                "low": f.spread[0],
                "high": f.spread[1],
                "unit": f.unit,
                "samples": len(f.samples),
            }
            for f in self.figures
        ]
        gates = [
            {"database": g.database, "name": g.name, "value": g.value, "limit": g.limit, "kept": g.kept}
            for g in self.gates
        ]
        return json.dumps({"figures": figures, "gates": gates})


def ratio(figures: Figure, floor: Figure) -> float:
    """How many times the floor the figure is: the median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(figures.samples, floor.samples, strict=True))
