"""Steps between versions of the registry's schema, run by Alembic."""
