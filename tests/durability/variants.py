"""Later versions of the first procedure, each edited in one way that running cases must be able to follow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine import deployment
from engine.db import Database
from engine.definitions import DefinitionView
from tests.durability.furnished import PROCESS
from tests.office import person

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "processes" / f"{PROCESS}.bpmn").read_text("utf-8")
FORMS = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
ACTIVITIES = (
    "terima_permintaan",
    "teruskan_surat",
    "disposisi",
    "siapkan_data",
    "isi_data_unit",
    "gabungkan_draf",
    "periksa_kelengkapan",
    "susun_dokumen",
    "sampaikan_dokumen",
)
LONGER = {"PT5M": "PT20M", "PT10M": "PT25M", "PT15M": "PT40M", "P4D": "P5D", "P7D": "P9D"}


@dataclass(frozen=True, slots=True)
class Variant:
    xml: str = SOURCE
    forms: Mapping[str, str] = field(default_factory=lambda: FORMS)
    mapping: Mapping[str, str] = field(default_factory=dict)

    def publish(self, database: Database) -> DefinitionView:
        """Put it in force as the next version."""
        with database.begin(person(database, "pengelola_sop")) as uow:
            view = deployment.deploy(uow, self.xml.encode(), self.forms, reason="Perubahan SOP.")
        assert view.new
        return view


def changed(*pairs: tuple[str, str], text: str = SOURCE) -> str:
    """The diagram with texts replaced, each of which must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def longer() -> Variant:
    return Variant(re.sub(r">(P[0-9A-Z]+)<", lambda found: f">{LONGER[found[1]]}<", SOURCE))


def renamed() -> Variant:
    """Every activity is called otherwise."""
    xml = SOURCE
    for activity in ACTIVITIES:
        xml = re.sub(rf'(id="{activity}" name=")', r"\1Baru: ", xml)
    return Variant(xml)


def with_other_ids() -> Variant:
    """Every activity and its standard time have another id; forms and papers that name them follow."""
    names = {name: f"{name}_baru" for name in ACTIVITIES}
    borders = {f"batas_{name}": f"tenggat_{name}" for name in ACTIVITIES if f'"batas_{name}"' in SOURCE}
    xml, forms = SOURCE, dict(FORMS)
    for old, new in (names | borders).items():
        xml = re.sub(rf'(["#>]){old}(["<])', rf"\g<1>{new}\2", xml)
    for old, new in names.items():
        xml = re.sub(rf'source="{old}\.', f'source="{new}.', xml)
        forms = {key: re.sub(rf'("activity": ")({old})"', rf'\g<1>{new}"', text) for key, text in forms.items()}
    return Variant(xml, forms, names)


def with_other_lanes() -> Variant:
    """Every lane belongs to the position of the next one."""
    names = ["Kasubag Umum dan Kepegawaian", "Sekretaris Kecamatan", "Camat", "Kasubag Keuangan"]
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    return Variant(re.sub(r'(<bpmn:lane id="\w+" name=")([^"]+)"', lambda m: f'{m[1]}{following[m[2]]}"', SOURCE))


def with_a_step_before_delivery() -> Variant:
    """A check before delivery, with its own form and standard time."""
    step = """<bpmn:userTask id="periksa_akhir" name="Memeriksa dokumen akhir" camunda:formKey="periksa_akhir"/>
    <bpmn:boundaryEvent id="batas_akhir" attachedToRef="periksa_akhir" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="peringatan_akhir"/>
    <bpmn:sequenceFlow id="dari_batas_akhir" sourceRef="batas_akhir" targetRef="peringatan_akhir"/>
    <bpmn:sequenceFlow id="dari_akhir" sourceRef="periksa_akhir" targetRef="sampaikan_dokumen"/>
    <bpmn:endEvent id="selesai" """
    flow = 'sourceRef="susun_dokumen" targetRef='
    xml = changed(
        ('<bpmn:endEvent id="selesai" ', step),
        (f'{flow}"sampaikan_dokumen"', f'{flow}"periksa_akhir"'),
        (">sampaikan_dokumen</bpmn:flowNodeRef>", ">sampaikan_dokumen</bpmn:flowNodeRef>" + LANE),
    )
    note = {"type": "textarea", "key": "catatan_akhir", "label": "Catatan akhir"}
    form = json.dumps({"type": "default", "id": "periksa_akhir", "schemaVersion": 18, "components": [note]})
    return Variant(xml, {**FORMS, "periksa_akhir": form})


LANE = "".join(
    f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in ("periksa_akhir", "batas_akhir", "peringatan_akhir")
)


def removed(*ids: str, text: str = SOURCE) -> str:
    """The diagram without some elements, and without what was drawn or said of them elsewhere."""
    for id in ids:
        text, count = re.subn(rf'\s*<bpmn:(\w+) id="{id}".*?</bpmn:\1>', "", text, count=1, flags=re.DOTALL)
        assert count, id
        text = re.sub(rf"\s*<bpmn:(incoming|outgoing|flowNodeRef)>{id}</bpmn:\1>", "", text)
        text = re.sub(rf'\s*<bpmndi:BPMN(\w+) [^>]*bpmnElement="{id}".*?</bpmndi:BPMN\1>', "", text, flags=re.DOTALL)
    return text


def without_deadline(activity: str, text: str = SOURCE) -> str:
    """The diagram with one standard time less."""
    border, end = f"batas_{activity}", f"peringatan_{activity}"
    return removed(border, end, f"dari_{border}_ke_{end}", text=text)


def without_the_documents() -> Variant:
    """The sixth step is no more."""
    xml = removed("susun_dokumen", "dari_susun_dokumen_ke_sampaikan_dokumen", text=without_deadline("susun_dokumen"))
    into = "<bpmn:incoming>dari_lengkap_ke_susun_dokumen</bpmn:incoming>"
    xml = changed(
        ('sourceRef="lengkap" targetRef="susun_dokumen"', 'sourceRef="lengkap" targetRef="sampaikan_dokumen"'),
        ("<bpmn:outgoing>dari_sampaikan", f"{into}<bpmn:outgoing>dari_sampaikan"),
        text=xml,
    )
    delivery = json.loads(FORMS["penyampaian"])
    shown = ("dokumen_tautan", "dokumen_laporan")
    delivery["components"] = [one for one in delivery["components"] if one.get("key") not in shown]
    return Variant(xml, {**FORMS, "penyampaian": json.dumps(delivery)}, {"susun_dokumen": "sampaikan_dokumen"})


def with_a_new_field() -> Variant:
    """Every form asks one thing more."""
    forms = {}
    for key, text in FORMS.items():
        form = json.loads(text)
        form["components"].append({"type": "textfield", "key": f"tambahan_{key}", "label": "Keterangan tambahan"})
        forms[key] = json.dumps(form)
    return Variant(SOURCE, forms)


def with_the_gateway_later() -> Variant:
    """Whether all is complete is decided only after the documents were prepared."""
    xml = changed(
        ('targetRef="lengkap"', 'targetRef="later"'),
        ('sourceRef="lengkap" targetRef="susun_dokumen"', 'sourceRef="lengkap" targetRef="sampaikan_dokumen"'),
        ('sourceRef="susun_dokumen" targetRef="sampaikan_dokumen"', 'sourceRef="susun_dokumen" targetRef="lengkap"'),
        ('targetRef="later"', 'targetRef="susun_dokumen"'),
    )
    moved = "dari_(periksa_kelengkapan_ke|lengkap|susun_dokumen_ke)"
    return Variant(re.sub(rf"\s*<bpmn:(incoming|outgoing)>{moved}.*?</bpmn:\1>", "", xml))


def with_another_condition() -> Variant:
    """What an earlier form asked, and no expression mentioned so far, decides too."""
    return Variant(changed((">semua_lengkap<", ">semua_lengkap and asal != ''<")))


ACCEPTED = {
    "duration": longer,
    "name": renamed,
    "ids": with_other_ids,
    "lanes": with_other_lanes,
    "added step": with_a_step_before_delivery,
    "removed step": without_the_documents,
    "new field": with_a_new_field,
    "moved gateway": with_the_gateway_later,
    "condition": with_another_condition,
}
