"""The forms of a process: their list, a new one, one from a file, one as JSON, and the name of a field in the data."""

from __future__ import annotations

from typing import Any

from flask import Response as Plain
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafting import design_forms, designs
from engine.errors import DesignChanged, InvalidInput
from forms import editing, importing
from forms.errors import FormError
from webapp import context, i18n
from webapp.design import design
from webapp.design.drafts import when
from webapp.design.form_words import SETTINGS
from webapp.design.parts_view import find, place_of, title_of
from webapp.plain_forms import PlainForm

Page = str | tuple[str, int] | Response


@design.get("/<key>/forms")
def forms(key: str) -> str:
    """Every form of the draft, by which steps it is used and what is wrong with it."""
    return _list_page(key, PlainForm(), {})


@design.post("/<key>/forms")
def new_form(key: str) -> Page:
    """Begin a form, empty or as a copy of another, and open it."""
    form = PlainForm()
    name, like = request.form.get("name", "").strip(), request.form.get("like") or None
    try:
        with form.refusals(), context.writing() as uow:
            made = design_forms.new_form(uow, key, name, like=like, revision=revision())
            return redirect(url_for("design.builder", key=key, form_key=made.form_key), 303)
    except DesignChanged as changed:
        form.problems["form"] = saved_elsewhere(changed)
        return _list_page(key, form, {"name": name, "like": like or ""}), 409
    except FormError as error:
        form.problems["like"] = said(error)
    return _list_page(key, form, {"name": name, "like": like or ""}), 422


@design.post("/<key>/forms/<form_key>/delete")
def remove_form(key: str, form_key: str) -> Page:
    """Take a form that no step uses out of the draft."""
    form = PlainForm()
    try:
        with form.refusals(), context.writing() as uow:
            found = design_forms.open_form(uow, key, form_key)
            design_forms.remove_form(uow, key, form_key, revision=revision())
            flash(_("“%(name)s” is no longer in your draft.", name=found.name or form_key), "success")
            return redirect(url_for("design.forms", key=key), 303)
    except DesignChanged as changed:
        form.problems["form"] = saved_elsewhere(changed)
    return _list_page(key, form, {}), 409 if "form" in form.problems else 422


@design.post("/<key>/form-import")
def import_form(key: str) -> Page:
    """Look at a file from elsewhere: what of it is not taken over; then take it over, new or in place of a form."""
    with context.reading() as uow:
        designs.open_design(uow, key)
    form = PlainForm()
    storage = request.files.get("file")
    text: str | bytes = request.form.get("_text", "")
    if "_take" not in request.form:
        if storage is None or not storage.filename:
            form.problems["file"] = _("Choose a .form file.")
            return _list_page(key, form, {}), 422
        text = storage.stream.read()
    try:
        found = importing.inspect(text)
    except FormError as error:
        form.problems["file"] = i18n.translated(error.message, error.params)
        return _list_page(key, form, {}), 422
    stem = (storage.filename or "").rpartition(".")[0] if storage else ""
    name = request.form.get("name", _name_in(found.text) or stem).strip()
    typed = {"name": name, "replace": request.form.get("replace", "")}
    status = 200
    if "_take" in request.form:
        status = 422
        try:
            with form.refusals(), context.writing() as uow:
                if typed["replace"]:
                    design_forms.put_form(uow, key, typed["replace"], found.text, revision=revision())
                    taken = typed["replace"]
                else:
                    made = design_forms.new_form(uow, key, name, text=found.text, revision=revision())
                    taken = made.form_key
                return redirect(url_for("design.builder", key=key, form_key=taken), 303)
        except DesignChanged as changed:
            form.problems["form"], status = saved_elsewhere(changed), 409
        except FormError as error:
            form.problems["form"] = f"{error.field}: {said(error)}" if error.field else said(error)
    with context.reading() as uow:
        opened = designs.open_design(uow, key)
        items = design_forms.listing(uow, key)
    page = render_template(
        "design/forms/import.html",
        key=key,
        process_name=opened.name,
        revision=opened.revision,
        text=found.text,
        left_out=[(one.label or one.path, _worded(one)) for one in found.left_out],
        typed=typed,
        problems=form.problems,
        existing=[(item.key, _("In place of “%(name)s”", name=item.name or item.key)) for item in items],
    )
    return page, status


@design.get("/<key>/forms/<form_key>/file")
def download_form(key: str, form_key: str) -> Plain:
    """The form of the draft as a form-js file."""
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
    answer = Plain(found.text, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{form_key}.form")
    return answer


@design.get("/<key>/forms/<form_key>/json")
def form_text(key: str, form_key: str) -> str:
    """The form as JSON, to be read or mended."""
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
    return _text_page(key, found, found.text, {})


@design.post("/<key>/forms/<form_key>/json")
def put_text(key: str, form_key: str) -> Page:
    """Take the JSON as it was typed."""
    typed = request.form.get("text", "").replace("\r\n", "\n")
    conflict, problems = "", {}
    try:
        with context.writing() as uow:
            design_forms.put_form(uow, key, form_key, typed, revision=revision())
        return redirect(url_for("design.builder", key=key, form_key=form_key), 303)
    except DesignChanged as changed:
        conflict = saved_elsewhere(changed)
    except FormError as error:
        problems["text"] = said(error)
    except InvalidInput as error:
        problems["text"] = i18n.translated(error.message, error.params)
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
    return _text_page(key, found, typed, problems, conflict), 409 if conflict else 422


@design.get("/<key>/forms/<form_key>/rename")
def rename_field(key: str, form_key: str) -> Page:
    """Where a field is mentioned by its name in the data, and the new name."""
    return _rename_page(key, form_key, request.args.get("at", ""))


@design.post("/<key>/forms/<form_key>/rename")
def put_name(key: str, form_key: str) -> Page:
    """Give the field another name in the data; what mentions it follows if that is asked for."""
    at, name, follow = request.form.get("_at", ""), request.form.get("name", "").strip(), "follow" in request.form
    problems, status = {}, 422
    try:
        with context.writing() as uow:
            found = design_forms.open_form(uow, key, form_key)
            part = find(found.parts, at)
            if part is None or part.key != request.form.get("_old"):
                raise DesignChanged(key, found.revision, found.updated_at)
            made = design_forms.rename_field(uow, key, form_key, part.place, name, follow=follow, revision=revision())
        flash(_("The field is called “%(name)s” in the data now.", name=name), "success")
        for one in made.left:
            told = i18n.translated(one.what, one.params)
            flash(_("Still under the old name: %(what)s (%(text)s)", what=told, text=one.text), "warning")
        return redirect(url_for("design.builder", key=key, form_key=form_key, at=at), 303)
    except DesignChanged as changed:
        problems["name"], status = saved_elsewhere(changed), 409
    except FormError as error:
        problems["name"] = said(error)
    except InvalidInput as error:
        problems["name"] = i18n.translated(error.message, error.params)
    page = _rename_page(key, form_key, at, problems, {"name": name, "follow": follow})
    return (page, status) if isinstance(page, str) else page


# -- parts -------------------------------------------------------------------------------------------------------------


def revision() -> int:
    """The revision of the draft that the page was drawn from."""
    text = request.form.get("_revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def saved_elsewhere(changed: DesignChanged) -> str:
    return _(
        "Your draft was saved in another window at %(time)s. Look at it before you go on; here is what you typed.",
        time=when(changed.at),
    )


def said(error: FormError) -> str:
    """Why a form is refused, with settings called as the builder calls them."""
    params = dict(error.params)
    if error.setting in SETTINGS and "name" in params:
        params["name"] = _(SETTINGS[error.setting].label)
    return i18n.translated(error.message, params)


def _worded(one: importing.LeftOut) -> str:
    reason = {"reason": said(one.because)} if one.because is not None else {}
    return i18n.translated(one.message, {**one.params, **reason})


def _list_page(key: str, form: PlainForm, typed: dict[str, str]) -> str:
    with context.reading() as uow:
        found = designs.open_design(uow, key)
        items = design_forms.listing(uow, key)
    return render_template(
        "design/forms/list.html",
        key=key,
        process_name=found.name,
        revision=found.revision,
        items=items,
        problems=form.problems,
        typed=typed,
        copies=[(item.key, _("A copy of “%(name)s”", name=item.name or item.key)) for item in items],
    )


def _text_page(
    key: str, found: design_forms.FormDesign, text: str, problems: dict[str, str], conflict: str = ""
) -> str:
    flaw = found.flaw
    return render_template(
        "design/forms/text.html",
        key=key,
        form=found,
        text=text,
        problems=problems,
        conflict=conflict,
        flaw_told=(f"{flaw.field}: " if flaw.field else "") + said(flaw) if flaw else "",
    )


def _rename_page(
    key: str,
    form_key: str,
    at: str,
    problems: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
) -> str | Response:
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        part = find(found.parts, at)
        if part is None or part.key is None:
            return redirect(url_for("design.builder", key=key, form_key=form_key), 303)
        mentions = design_forms.mentions(uow, key, form_key, part.place)
    return render_template(
        "design/forms/rename.html",
        key=key,
        form=found,
        at=place_of(part),
        old=part.key,
        label=title_of(part),
        mentions=[
            {"what": i18n.translated(one.what, one.params), "text": one.text, "left": _left(one)} for one in mentions
        ],
        problems=problems or {},
        typed=typed or {"name": part.key, "follow": True},
    )


def _left(one: design_forms.Mention) -> str:
    """Why a renaming does not follow a mention."""
    if one.sure:
        return ""
    if one.kind == "decision":
        return _("stays as it is: mend the table's own file")
    return _("may mean something else; stays as it is")


def _name_in(text: str) -> str:
    try:
        return editing.head(text)["name"]
    except FormError:
        return ""
