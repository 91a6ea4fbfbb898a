"""What a version that only follows the processes it calls was made for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # In place: other tables point at this one, so it can't be made anew.
    op.add_column(
        "process_definitions",
        sa.Column(
            "follows",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            server_default="{}",
        ),
    )
