"""How often someone has tried a code or asked for what is dear."""

from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import F
from django.utils.crypto import salted_hmac

COUNT = """
INSERT INTO visits_lookuptry (key, since, tries) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
  since = CASE WHEN visits_lookuptry.since <= %(over)s THEN EXCLUDED.since
               ELSE visits_lookuptry.since END,
  tries = CASE WHEN visits_lookuptry.since <= %(over)s THEN 1
               ELSE visits_lookuptry.tries + 1 END
RETURNING tries
"""


def _key(what: str) -> str:
    return salted_hmac("visits.lookup", what, algorithm="sha256").hexdigest()


class LookupTry(models.Model):
    """Tries of one account or from one address, of a kind or at one reference.

    `key` is a keyed hash: the table holds no address and no reference. No span of time
    is longer than `LONGEST`, after which a row is forgotten.
    """

    LONGEST = timedelta(hours=1)

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    tries = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["since"], name="lookup_try_old")]

    def __str__(self) -> str:
        return f"{self.tries}"

    @classmethod
    def count(cls, what: str, *, now: datetime, within: timedelta) -> int:
        """Add one try and return how many there are; atomic in one statement."""
        key = _key(what)
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"key": key, "now": now, "over": now - within})
            tries: int = cursor.fetchone()[0]
        return tries

    @classmethod
    def take_back(cls, *whats: str) -> None:
        """A try that was right counts against nobody."""
        tried = cls.objects.filter(key__in=[_key(what) for what in whats], tries__gt=0)
        tried.update(tries=F("tries") - 1)

    @classmethod
    def forget(cls, *, before: datetime) -> None:
        cls.objects.filter(since__lte=before).delete()
