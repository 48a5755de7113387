"""The first schema: subjects, grants, evidence, and the log with its guards."""

from __future__ import annotations

from alembic import op

from consent.schema import guards, metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    metadata.create_all(connection)
    for ddl in guards(connection.dialect.name):
        op.execute(ddl)
