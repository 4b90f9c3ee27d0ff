"""FuzeKeys' own users: an integer key, and one row for each (issuer, subject) that was let in.

The pair is the only link to the provider. An e-mail address is none: it changes, it is given to
somebody else, and an account must not change hands with it.
"""

import sqlite3
import threading
from dataclasses import dataclass
from typing import Optional

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    auth_issuer TEXT NOT NULL,
    auth_subject TEXT NOT NULL,
    email TEXT,
    is_active INTEGER NOT NULL DEFAULT 1,
    UNIQUE (auth_issuer, auth_subject)
)
"""

UPSERT = """
INSERT INTO users (auth_issuer, auth_subject, email) VALUES (?, ?, ?)
ON CONFLICT (auth_issuer, auth_subject) DO UPDATE SET email = COALESCE(excluded.email, email)
"""

SELECT = "SELECT id, email, is_active FROM users WHERE auth_issuer = ? AND auth_subject = ?"


@dataclass(frozen=True)
class User:
    """A local user. `email` is what the provider said last, None where it never said."""

    id: int
    email: Optional[str]
    is_active: bool


class Users:
    """The table of users, in a file or in memory. Endpoints run in many threads; one gets in."""

    def __init__(self, database: str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(database, check_same_thread=False)
        with self._connection:
            self._connection.execute(SCHEMA)

    def admitted(self, issuer: str, subject: str, email: Optional[str]) -> User:
        """The user of (issuer, subject), made at the first sign-in."""
        with self._lock, self._connection:
            self._connection.execute(UPSERT, (issuer, subject, email))
            row = self._connection.execute(SELECT, (issuer, subject)).fetchone()
        return User(id=row[0], email=row[1], is_active=bool(row[2]))

    def close(self) -> None:
        """Closes the database."""
        with self._lock:
            self._connection.close()
