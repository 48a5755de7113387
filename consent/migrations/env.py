"""Alembic's entry: migrations run on the connection they are handed, in its transaction."""

from __future__ import annotations

from alembic import context

from consent.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
