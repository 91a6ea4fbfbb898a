"""What elements and the triggers of events are called where a finding names them."""

from __future__ import annotations

from engine.errors import N_, Said

KINDS = {
    "process": N_("process"),
    "sequenceFlow": N_("flow"),
    "task": N_("task"),
    "userTask": N_("user task"),
    "manualTask": N_("manual task"),
    "scriptTask": N_("script task"),
    "serviceTask": N_("service task"),
    "sendTask": N_("send task"),
    "receiveTask": N_("receive task"),
    "businessRuleTask": N_("business rule task"),
    "callActivity": N_("call activity"),
    "subProcess": N_("sub-process"),
    "adHocSubProcess": N_("ad-hoc sub-process"),
    "transaction": N_("transaction"),
    "startEvent": N_("start event"),
    "endEvent": N_("end event"),
    "boundaryEvent": N_("boundary event"),
    "intermediateCatchEvent": N_("waiting event"),
    "intermediateThrowEvent": N_("throwing event"),
    "implicitThrowEvent": N_("throwing event"),
    "exclusiveGateway": N_("exclusive gateway"),
    "parallelGateway": N_("parallel gateway"),
    "inclusiveGateway": N_("inclusive gateway"),
    "eventBasedGateway": N_("event-based gateway"),
    "complexGateway": N_("complex gateway"),
}
TRIGGERS = {
    "message": N_("message"),
    "signal": N_("signal"),
    "timer": N_("timer"),
    "conditional": N_("condition"),
    "link": N_("link"),
    "error": N_("error"),
    "escalation": N_("escalation"),
    "compensate": N_("compensation"),
    "cancel": N_("cancellation"),
    "terminate": N_("termination"),
}


def kind(name: str) -> Said | str:
    """An element by its tag; the tag itself where it is a foreign one."""
    return Said(KINDS[name]) if name in KINDS else name


def trigger(name: str) -> Said | str:
    return Said(TRIGGERS[name]) if name in TRIGGERS else name


def listed(names: list[Said | str]) -> Said | str:
    """Several with commas between them."""
    if len(names) < 2:
        return names[0] if names else ""
    return Said("%(one)s, %(others)s", {"one": names[0], "others": listed(names[1:])})
