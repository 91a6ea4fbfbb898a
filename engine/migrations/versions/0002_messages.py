"""Messages, subscriptions, decision tables; what begins a case; work that was sent back; jobs without a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_KEYED = ("jobs", "key"), ("incidents", "job_key")


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definitions.id"], name=op.f("fk_decisions_definition_id_process_definitions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("definition_id", "key", name=op.f("uq_decisions_definition_id_key")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", sa.String(length=300), nullable=False),
        sa.Column(
            "variables", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_from", sa.Integer(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivered_to"], ["process_instances.id"], name=op.f("fk_messages_delivered_to_process_instances")
        ),
        sa.ForeignKeyConstraint(
            ["sent_from"], ["process_instances.id"], name=op.f("fk_messages_sent_from_process_instances")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messages_state_name_correlation"), ["state", "name", "correlation"], unique=False
        )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", sa.String(length=300), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instances.id"], name=op.f("fk_subscriptions_instance_id_process_instances")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("key", name=op.f("uq_subscriptions_key")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_subscriptions_kind_name_correlation"), ["kind", "name", "correlation"], unique=False
        )
    op.add_column("process_definitions", sa.Column("begins", sa.String(length=300), nullable=True))
    op.add_column("tasks", sa.Column("returned", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What was done before could only come again by being sent back.
    op.execute(sa.text("update tasks set returned = (round > 1)"))
    for table, column in _KEYED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("instance_id", existing_type=sa.Integer(), nullable=True)
            batch_op.alter_column(column, existing_type=sa.String(64), type_=sa.String(200), existing_nullable=False)
