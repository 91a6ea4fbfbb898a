"""Indexes for what a step and a list ask of many tasks: how often an activity came round, and a queue by due instants."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_state_candidate_group_due_at"))
        batch_op.create_index(
            batch_op.f("ix_tasks_state_candidate_group_assignee_id_due_at"),
            ["state", "candidate_group", "assignee_id", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_instance_id_activity_id_item_round"),
            ["instance_id", "activity_id", "item", "round"],
            unique=False,
        )
