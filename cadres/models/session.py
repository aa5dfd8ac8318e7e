"""Sessions in a table of ours, so that a person sees and ends their own.

`SESSION_ENGINE` names this module: Django looks for `SessionStore` in it.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from cadres.models.account import Account

# Where a session keeps what it is: see `cadres.actions.begin_session`.
STATE = "sign_in"


class Session(AbstractBaseSession):
    """What a browser carries; `account` once someone has signed in with it."""

    account = models.ForeignKey(
        Account, models.CASCADE, null=True, related_name="sessions"
    )
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=40, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.account_id}: {self.device}"

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseStore]:
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's own, that writes beside the data whose it is."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        state = data.get(STATE)
        if isinstance(row, Session) and state:
            row.account_id = state["account"]
            row.started_at = datetime.fromtimestamp(state["at"], tz=UTC)
            row.seen_at = datetime.fromtimestamp(state["seen"], tz=UTC)
            row.address, row.device = state["address"], state["device"]
        return row

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django takes a database that is away or only reads for a session that has
            # ended, and a person for one who sent nonsense.
            failed = error.__context__
            if failed is not None and failed.__cause__ is not None:
                raise failed from failed.__cause__
            raise
