"""What the modeler asks for in JSON: the draft, its problems, what may be chosen, publishing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, current_app, jsonify, request, url_for

from engine import procedures
from engine.db import UnitOfWork
from engine.drafting import designs
from engine.drafting.designs import DesignView
from engine.errors import N_, AlurError, DesignChanged, DiagramProblem, InvalidDiagram, InvalidInput, VersionChanged
from engine.people import entries, positions
from webapp import context, i18n, troubles
from webapp.design import design, pages

Answer = Response | tuple[Response, int]
FORM_PAGE = "/design/<key>/forms/<form_key>"


def in_json(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Tell errors in JSON, with what the page needs to ask the person."""

    @wraps(view)
    def answered(*args: Any, **given: Any) -> Answer:
        try:
            return view(*args, **given)
        except AlurError as error:
            status = troubles.status_of(error)
            if status >= 500:
                raise
            trouble = troubles.trouble_of(error)
            facts: dict[str, Any] = {"message": f"{trouble.what} {trouble.next}"}
            if isinstance(error, DesignChanged):
                facts |= {"revision": error.revision, "at": when(error.at)}
            elif isinstance(error, VersionChanged):
                facts |= {"newest": error.newest}
            elif isinstance(error, InvalidDiagram):
                facts |= {"problems": [told(problem) for problem in error.problems]}
            return jsonify(facts), status

    return answered


@design.get("/<key>/draft")
@in_json
def draft(key: str) -> Answer:
    """The person's draft, else what is in force; `?brief=1`: only how it stands."""
    with context.reading() as uow:
        found = designs.open_design(uow, key)
    if request.args.get("brief"):
        return jsonify(state(found))
    return jsonify(xml=as_text(found.xml), forms=dict(found.forms), **state(found))


@design.put("/<key>/draft")
@in_json
def save(key: str) -> Answer:
    """Keep the draft as it is now; 409 when another window has saved meanwhile."""
    xml, forms, body = content(key)
    with context.writing() as uow:
        found = designs.save(uow, key, xml, forms, revision=number(body, "revision") or 0)
    return jsonify(state(found))


@design.delete("/<key>/draft")
@in_json
def discard(key: str) -> Answer:
    """Throw the person's own draft away."""
    with context.writing() as uow:
        require_editor(uow, key)
        designs.discard(uow, key)
    return jsonify(discarded=True)


@design.post("/<key>/problems")
@in_json
def problems(key: str) -> Answer:
    """What is wrong or missing in the diagram as it is drawn just now; nothing is kept."""
    xml, forms, _body = content(key)
    with context.reading() as uow:
        found = designs.problems(uow, key, xml, forms)
    return jsonify(problems=[told(problem) for problem in found])


@design.get("/<key>/choices")
@in_json
def choices(key: str) -> Answer:
    """What the panel offers to choose from."""
    with context.reading() as uow:
        return jsonify(offered(uow, key))


@design.post("/<key>/positions")
@in_json
def create_position(key: str) -> Answer:
    """Create a position that a lane names and the office lacks; administrators only."""
    with context.writing() as uow:
        require_editor(uow, key)
        name = str(read_json().get("name", ""))
        plain = entries.KEY.fullmatch(name) is not None
        positions.create(uow, name=name.replace("_", " ").capitalize() if plain else name, key=name if plain else None)
        return jsonify(choices=offered(uow, key))


@design.post("/<key>/publish")
@in_json
def publish(key: str) -> Answer:
    """Put the draft in force; 409 with the number when somebody else has published meanwhile."""
    with context.writing() as uow:
        require_editor(uow, key)
        body = read_json()
        made = designs.publish(
            uow,
            key,
            revision=number(body, "revision") or 0,
            reason=str(body.get("reason") or ""),
            expected_newest=number(body, "expected_newest"),
        )
        running = procedures.get(uow, key).active
    pages.announce(key, made.name, made.version, running)
    return jsonify(version=made.version, next=url_for("processes.show", key=key))


# -- parts -----------------------------------------------------------------------------------------------------------


def require_editor(uow: UnitOfWork, key: str) -> None:
    """Raise NotFound or NotAllowed unless the person may edit the process, before anything sent is looked at."""
    designs.open_design(uow, key)


def read_json() -> dict[str, Any]:
    """The JSON object that was sent. Raises InvalidInput."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("body", N_("What was sent could not be read."))
    return body


def content(key: str) -> tuple[bytes, dict[str, str], dict[str, Any]]:
    """The diagram and its forms as they were sent by who may edit the process. Raises NotAllowed, InvalidInput."""
    with context.reading() as uow:
        require_editor(uow, key)
    body = read_json()
    xml, forms = body.get("xml"), body.get("forms", {})
    sound = isinstance(xml, str) and isinstance(forms, dict) and all(isinstance(text, str) for text in forms.values())
    if not sound:
        raise InvalidInput("body", N_("What was sent could not be read."))
    try:
        return str(xml).encode(), dict(forms), body
    except UnicodeEncodeError:
        raise InvalidInput("body", N_("What was sent could not be read.")) from None


def number(body: dict[str, Any], name: str) -> int | None:
    found = body.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**31 else None


def state(found: DesignView) -> dict[str, Any]:
    """How a draft stands, as the page shows it."""
    return {
        "revision": found.revision,
        "saved_at": when(found.updated_at),
        "base_version": found.base_version,
        "newest_version": found.newest_version,
        "others": [{"name": other.person_name, "saved_at": when(other.updated_at)} for other in found.others],
    }


def when(at: datetime | None) -> str:
    """10.42 today, with the day otherwise."""
    if at is None:
        return ""
    today = i18n.local(at).date() == i18n.local(context.now()).date()
    return i18n.hour(at) if today else i18n.short_moment(at)


def told(problem: DiagramProblem) -> dict[str, Any]:
    """A finding in the language of the person."""
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "element": problem.element,
        "name": problem.name,
        "message": i18n.translated(problem.message, problem.params),
        "remedy": i18n.translated(problem.remedy, problem.params),
        "params": {name: str(value) for name, value in problem.params.items()},
    }


def offered(uow: UnitOfWork, key: str) -> dict[str, Any]:
    found = asdict(designs.choices(uow, key))
    rules = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    if FORM_PAGE in rules:
        found["form_address"] = url_for(rules[FORM_PAGE], key=key, form_key="FORM")
    return found


def as_text(xml: bytes) -> str:
    """A diagram's file as text, whatever encoding it declares; the page saves it as UTF-8."""
    declared = re.match(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""", xml)
    try:
        text = xml.decode(declared[1].decode() if declared else "utf-8-sig")
    except (LookupError, UnicodeDecodeError):
        text = xml.decode("utf-8", errors="replace")
    return re.sub(r"^(<\?xml[^>]*)encoding=[\"'][^\"']+[\"']", r'\1encoding="UTF-8"', text.lstrip("\ufeff"))
