"""The small signs inside shapes: task types, triggers, gateway kinds, markers. Each stands round (0, 0)."""

from __future__ import annotations

import math

#: Of tasks, in a square of 16 px.
TASKS = {
    "userTask": (
        '<circle cy="-3.2" r="3.1"/><path d="M-6 7v-1.6C-6 2.4-3.6 1-1.9 .9L0 2.6 1.9 .9C3.6 1 6 2.4 6 5.4V7Z"/>'
    ),
    "manualTask": (
        '<path d="M-6.5 -1.5 L-1 -5.5 C0 -6 1 -5 .2 -4.2 L-1.6 -2.6 H5.6 C7 -2.6 7 -.6 5.6 -.6 H6 '
        'C7 -.6 7 1.4 6 1.4 H5.4 C6.4 1.4 6.4 3.4 5.4 3.4 H4.6 C5.6 3.4 5.4 5.2 4.4 5.2 H-4 L-6.5 3.6 Z"/>'
    ),
    "serviceTask": '<circle r="2.2"/><circle r="5" stroke-width="2.6" stroke-dasharray="2.4 1.53"/>',
    "scriptTask": '<path d="M-3.5 -6H5.5C2.5 -3 7 0 3.5 6H-5.5C-2 0 -6.5 -3 -3.5 -6Z M-3 -3H2M-2 0H3.4M-2 3H3.4"/>',
    "sendTask": '<path class="solid" d="M-6.5 -4.5 H6.5 L0 .4 Z M-6.5 -3 V4.5 H6.5 V-3 L0 2 Z"/>',
    "receiveTask": '<path d="M-6.5 -4.5 H6.5 V4.5 H-6.5 Z L0 .8 L6.5 -4.5"/>',
    "businessRuleTask": '<path d="M-6.5 -5 H6.5 V5 H-6.5 Z M-6.5 -1.6 H6.5 M-6.5 1.7 H6.5 M-2.4 -1.6 V5"/>',
}


def clock(radius: float) -> str:
    """A clock face; `radius` is the event's."""
    r = radius * 0.62
    marks = "".join(
        f"M{r * 0.78 * math.sin(a):.1f} {-r * 0.78 * math.cos(a):.1f}L{r * math.sin(a):.1f} {-r * math.cos(a):.1f}"
        for a in (math.pi * n / 6 for n in range(12))
    )
    hands = f"M0 0L{r * 0.3:.1f} {-r * 0.72:.1f}M0 0H{r * 0.52:.1f}"
    return f'<circle r="{r:.1f}"/><path d="{marks}" stroke-width=".8"/><path d="{hands}"/>'


#: Of events; `timer` is drawn by clock().
EVENTS = {
    "message": '<path d="M-8 -5.5 H8 V5.5 H-8 Z L0 1 L8 -5.5"/>',
    "signal": '<path d="M0 -8 L8 5.5 H-8 Z"/>',
    "error": '<path d="M-7 6.5 L-3 -6 L2.5 1 L7 -7 L3.5 6 L-2 -.5 Z"/>',
    "escalation": '<path d="M0 -8 L6 7 L0 1.5 L-6 7 Z"/>',
    "conditional": '<path d="M-5.5 -7 H5.5 V7 H-5.5 Z M-3.5 -4 H3.5 M-3.5 -1.3 H3.5 M-3.5 1.3 H3.5 M-3.5 4 H3.5"/>',
    "link": '<path d="M-8 -3 H1 V-7 L8 0 L1 7 V3 H-8 Z"/>',
    "compensate": '<path d="M0 -6 V6 L-8 0 Z M8 -6 V6 L0 0 Z"/>',
    "cancel": '<path d="M-6 -6 L6 6 M6 -6 L-6 6" stroke-width="3"/>',
    "terminate": '<circle class="solid" r="10"/>',
}
GATEWAYS = {
    "exclusiveGateway": '<path d="M-7 -8 L7 8 M7 -8 L-7 8" stroke-width="3"/>',
    "parallelGateway": '<path d="M-10 0 H10 M0 -10 V10" stroke-width="3"/>',
    "inclusiveGateway": '<circle r="9.5" stroke-width="2.6"/>',
    "eventBasedGateway": '<circle r="12"/><circle r="9.5"/><path d="M0 -6 L5.7 -1.9 L3.5 4.9 H-3.5 L-5.7 -1.9 Z"/>',
    "complexGateway": '<path d="M-10 0 H10 M0 -10 V10 M-7 -7 L7 7 M7 -7 L-7 7" stroke-width="2.6"/>',
}
#: At the bottom of activities.
MARKERS = {
    "parallel": '<path d="M-4 -5 V5 M0 -5 V5 M4 -5 V5" stroke-width="2"/>',
    "sequential": '<path d="M-5 -4 H5 M-5 0 H5 M-5 4 H5" stroke-width="2"/>',
    "loop": '<path d="M-2.5 4.6 A5 5 0 1 1 2.6 4.5 M-2.5 4.6 H-6 M-2.5 4.6 V1.2"/>',
    "folded": '<path d="M-6 -6 H6 V6 H-6 Z M-3.5 0 H3.5 M0 -3.5 V3.5"/>',
    "adhoc": '<path d="M-6 1.5 C-4 -3.5 -1.5 -2 0 0 S4 3.5 6 -1.5"/>',
}
#: On badges, in a square of 12 px.
BADGES = {
    "person": '<circle cy="-2.4" r="2.3"/><path d="M-4.5 5 C-4.5 -.6 4.5 -.6 4.5 5 Z"/>',
    "late": '<circle r="4.6"/><path d="M0 -2.8 V.4 L2 1.8"/>',
    "done": '<path d="M-4 .2 L-1.2 3 L4.2 -3.2" stroke-width="2"/>',
    "added": '<path d="M-4 0 H4 M0 -4 V4" stroke-width="2"/>',
    "removed": '<path d="M-4 0 H4" stroke-width="2"/>',
    "changed": '<path d="M-4 4.4 L-3.4 1.4 L2.6 -4.6 L4.8 -2.4 L-1.2 3.6 Z"/>',
    "moved": '<path d="M-5 0 H5 M-2.6 -2.4 L-5 0 L-2.6 2.4 M2.6 -2.4 L5 0 L2.6 2.4"/>',
    "here": '<path d="M0 5.4 C-5.4 -.6 -3.6 -5.4 0 -5.4 S5.4 -.6 0 5.4 Z"/><circle cy="-1.6" r="1.2"/>',
}
