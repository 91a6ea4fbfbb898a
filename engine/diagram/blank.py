"""A new diagram to begin drawing from: one pool, one lane, and a single task that can be run."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from engine.diagram.xml import ALUR, BPMN, BPMNDI, CAMUNDA, DC, DI

_TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:bpmndi="{BPMNDI}" xmlns:dc="{DC}" xmlns:di="{DI}" \
xmlns:camunda="{CAMUNDA}" xmlns:alur="{ALUR}" id="definitions" targetNamespace="urn:alur:processes">
  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" name={name} processRef={key} />
  </bpmn:collaboration>
  <bpmn:process id={key} name={name} isExecutable="true" alur:calendar="office" alur:owners={owner}>
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane" name={lane}>
        <bpmn:flowNodeRef>start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>task</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>end</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="start">
      <bpmn:outgoing>start_task</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="task" name={task} alur:number="1">
      <bpmn:incoming>start_task</bpmn:incoming>
      <bpmn:outgoing>task_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end">
      <bpmn:incoming>task_end</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="start_task" sourceRef="start" targetRef="task" />
    <bpmn:sequenceFlow id="task_end" sourceRef="task" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="drawing">
    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">
      <bpmndi:BPMNShape id="pool_shape" bpmnElement="pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="660" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lane_shape" bpmnElement="lane" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="630" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start">
        <dc:Bounds x="252" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="task_shape" bpmnElement="task">
        <dc:Bounds x="370" y="140" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_shape" bpmnElement="end">
        <dc:Bounds x="562" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="start_task_edge" bpmnElement="start_task">
        <di:waypoint x="288" y="180" />
        <di:waypoint x="370" y="180" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="task_end_edge" bpmnElement="task_end">
        <di:waypoint x="470" y="180" />
        <di:waypoint x="562" y="180" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank(key: str, name: str, *, owner: str, lane: str, task: str) -> bytes:
    """The XML of a process with one user task in one lane, owned by `owner` (a position's key)."""
    values = {"key": key, "name": name, "owner": owner, "lane": lane, "task": task}
    quoted = {part: quoteattr(text) for part, text in values.items()}
    spaces = {"BPMN": BPMN, "BPMNDI": BPMNDI, "DC": DC, "DI": DI, "CAMUNDA": CAMUNDA, "ALUR": ALUR}
    return _TEMPLATE.format(**spaces, **quoted).encode()
