"""Alembic's entry: runs the migrations in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from engine.db import Database
from engine.model import Base


def run() -> None:
    url = context.config.attributes["url"]
    database = Database(url)
    if database.sqlite:
        engine = database.engine
    else:
        engine = create_engine(url)
    with engine.connect() as connection:
        if not database.sqlite:
            # Two nodes started together: the second waits, then finds nothing to do.
            connection.execute(text("select pg_advisory_lock(4107)"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=database.sqlite,
            transactional_ddl=True,
        )
        context.run_migrations()
        connection.commit()
    engine.dispose()
    database.dispose()


run()
