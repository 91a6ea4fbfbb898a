"""What is said of an error, and with which status: what happened, what was kept, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.errors import (
    ActivityFailed,
    AlurError,
    Busy,
    CaseNotActive,
    Conflict,
    DatabaseUnusable,
    DesignChanged,
    DurationError,
    ExpressionError,
    InvalidDiagram,
    InvalidInput,
    InvalidVariables,
    NotAllowed,
    NotFound,
    ProcessRetired,
    SameCaseExists,
    TaskAlreadyClaimed,
    TaskNotOpen,
    VersionChanged,
)
from webapp import i18n


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page says: what happened, what was kept, what to do next."""

    title: str
    what: str
    next: str
    details: tuple[str, ...] = ()


#: class -> status; the most specific class of an error decides
STATUS: dict[type[AlurError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Busy: 503,
    DatabaseUnusable: 503,
    InvalidInput: 422,
    InvalidDiagram: 422,
    InvalidVariables: 422,
    ExpressionError: 422,
    DurationError: 422,
    ActivityFailed: 500,
    AlurError: 500,
}


def status_of(error: AlurError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def trouble_of(error: AlurError) -> Trouble:
    """What to say of an error; the most specific class decides."""
    sentence = next((SENTENCES[kind] for kind in type(error).__mro__ if kind in SENTENCES), None)
    return sentence(error) if sentence else general(status_of(error))


def unavailable() -> Trouble:
    return Trouble(
        _("Just now too much is going on"),
        _("The database did not answer in time. Nothing was changed; drafts saved before are kept."),
        _("Wait a moment and try once more."),
    )


def away() -> Trouble:
    return Trouble(
        _("The database can't be reached"),
        _("What you sent may not have been stored; drafts saved before are kept."),
        _("Wait a moment and try once more. If it lasts, tell the administrator."),
    )


def general(status: int) -> Trouble:
    if status == 404:
        return Trouble(
            _("Page not found"),
            _("There is no such page, or it is only open to the people who take part."),
            _("Check the address, or start from your tasks."),
        )
    if status == 403:
        return Trouble(
            _("Not for your position"),
            _("None of the positions you hold today may do this. Nothing was changed."),
            _("If this belongs to your work, ask the administrator to check your position and its dates."),
        )
    if status == 413:
        return Trouble(
            _("Too large"),
            _("What was sent is larger than the app accepts. Nothing was changed."),
            _("A document may have 20 MB, a form 8 MB of text. Make the file smaller or split it."),
        )
    if status == 409:
        return Trouble(
            _("Somebody was quicker"),
            _("This has changed since your page was opened. Nothing was changed now."),
            _("Open it again to see how it stands."),
        )
    if status == 429:
        return Trouble(_("Too many attempts"), _("For safety we wait a little."), _("Try again in fifteen minutes."))
    return Trouble(
        _("This could not be read"),
        _("The app did not understand the request. Nothing was changed."),
        _("Go back, reload the page and try once more."),
    )


def _claimed(error: AlurError) -> Trouble:
    assert isinstance(error, TaskAlreadyClaimed)
    return Trouble(
        _("The task has been taken"),
        _("%(name)s was quicker and works on it now.", name=error.by),
        _("Choose another task, or ask for it to be reassigned to you."),
    )


def _not_open(error: AlurError) -> Trouble:
    assert isinstance(error, TaskNotOpen)
    if error.by_actor:
        return Trouble(
            _("Already sent"),
            _("You have sent this task before; it was counted once."),
            _("Nothing more is needed. Continue with your other tasks."),
        )
    if error.state == "completed":
        what = (
            _("%(name)s has completed it. What you typed was not stored.", name=error.by)
            if error.by
            else _("It has been completed. What you typed was not stored.")
        )
    else:
        what = _("Its case went another way and the task was withdrawn. What you typed was not stored.")
    return Trouble(_("The task is no longer open"), what, _("The case shows what happened."))


def _case_not_active(error: AlurError) -> Trouble:
    assert isinstance(error, CaseNotActive)
    if error.state == "suspended":
        return Trouble(
            _("The case is suspended"),
            _("Nobody can work on it until it is activated again. Nothing was changed."),
            _("The case shows the reason and who suspended it."),
        )
    return Trouble(
        _("The case is closed"),
        _("It has been completed or cancelled. Nothing was changed."),
        _("The case shows what happened."),
    )


def _same_case(error: AlurError) -> Trouble:
    assert isinstance(error, SameCaseExists)
    return Trouble(
        _("There is already such a case"),
        _("%(title)s has the same key: %(key)s.", title=error.title or _("A confidential case"), key=error.case_key),
        _("Open that case, or go back and confirm that this is a second one."),
    )


def _retired(error: AlurError) -> Trouble:
    assert isinstance(error, ProcessRetired)
    return Trouble(
        _("The process is retired"),
        _("No new case of it can begin; cases that run go on. Nothing was changed."),
        _("The page of its versions says who retired it and why."),
    )


def _design_changed(error: AlurError) -> Trouble:
    assert isinstance(error, DesignChanged)
    what = (
        _("Your draft was saved in another window at %(moment)s.", moment=i18n.short_moment(error.at))
        if error.at
        else _("Your draft was discarded or published in another window.")
    )
    next = _("Nothing was overwritten. Compare, then decide which one stays.")
    return Trouble(_("The draft has changed"), what, next)


def _version_changed(error: AlurError) -> Trouble:
    assert isinstance(error, VersionChanged)
    return Trouble(
        _("Somebody has published meanwhile"),
        _(
            "Version %(version)s is in force now, published by %(name)s: %(reason)s",
            version=error.newest,
            name=error.by or _("the system"),
            reason=error.reason or "–",
        ),
        _("Your draft is kept. Compare it with that version, then publish once more."),
    )


def _invalid_input(error: AlurError) -> Trouble:
    assert isinstance(error, InvalidInput)
    return Trouble(
        _("This needs a correction"),
        i18n.translated(error.message, error.params),
        _("Go back, correct it and send it once more."),
    )


def _invalid_diagram(error: AlurError) -> Trouble:
    assert isinstance(error, InvalidDiagram)
    return Trouble(
        _("The diagram can't be used yet"),
        _count(len(error.problems)),
        _("Mend them in the diagram and send it once more."),
        tuple(
            (f"{p.name or p.element}: " if p.name or p.element else "")
            + f"{i18n.translated(p.message, p.params)} {i18n.translated(p.remedy, p.params)}"
            for p in error.problems
        ),
    )


def _invalid_variables(error: AlurError) -> Trouble:
    assert isinstance(error, InvalidVariables)
    return Trouble(
        _("This needs a correction"),
        _count(len(error.problems)),
        _("Go back, correct it and send it once more."),
        tuple(f"{p.label or p.path}: {i18n.translated(p.message, p.params)}" for p in error.problems),
    )


def _count(problems: int) -> str:
    return str(ngettext("There is %(num)s problem.", "There are %(num)s problems.", problems))


SENTENCES: dict[type[AlurError], Callable[[AlurError], Trouble]] = {
    TaskAlreadyClaimed: _claimed,
    TaskNotOpen: _not_open,
    CaseNotActive: _case_not_active,
    SameCaseExists: _same_case,
    ProcessRetired: _retired,
    DesignChanged: _design_changed,
    VersionChanged: _version_changed,
    InvalidInput: _invalid_input,
    InvalidDiagram: _invalid_diagram,
    InvalidVariables: _invalid_variables,
}
