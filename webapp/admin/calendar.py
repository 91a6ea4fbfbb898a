"""The working calendar."""

from webapp.admin import settings


@settings.get("/calendar")
def calendar() -> str:
    """Being built."""
    return ""
