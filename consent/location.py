"""Where the registry lives: read from the environment once, at the rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

URL_VARIABLE = "MELISMA_CONSENT_URL"
KEYS_VARIABLE = "MELISMA_CONSENT_KEYS"
HOME_VARIABLE = "MELISMA_HOME"


@dataclass(frozen=True, slots=True)
class RegistryLocation:
    """A database and, apart from it, the folder of keys; backups of one never hold the other."""

    url: str
    keys: Path

    @property
    def database_file(self) -> Path | None:
        """The file of an embedded database; None for a server."""
        prefix = "sqlite:///"
        return Path(self.url.removeprefix(prefix)) if self.url.startswith(prefix) else None


def locate(environment: Mapping[str, str], user_home: Path) -> RegistryLocation:
    """The user's registry: SQLite in the data folder unless a URL names a server.

    The variables choose which registry is asked; none of them makes the gate ask none.
    """
    data_home = Path(environment.get("XDG_DATA_HOME") or user_home / ".local" / "share")
    home = Path(environment.get(HOME_VARIABLE) or data_home / "melisma").absolute()
    folder = home / "consent"
    url = environment.get(URL_VARIABLE) or f"sqlite:///{folder / 'registry.db'}"
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return RegistryLocation(url, Path(environment.get(KEYS_VARIABLE) or folder / "keys"))


def at_folder(folder: Path) -> RegistryLocation:
    """An embedded registry in one folder."""
    return RegistryLocation(f"sqlite:///{folder.absolute() / 'registry.db'}", folder / "keys")
