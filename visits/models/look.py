"""When someone last looked at Today, so that the page can say what is new."""

from django.db import models

from cadres.models import Account


class TodayLook(models.Model):
    """One moment per account, overwritten by the next look.

    It belongs to its owner and answers one question, "what changed since I was last
    here?". Nothing else may read it: there is no history of looks, no list of them and
    no figure made of them, for nobody's use of the product is measured (handbook 10).
    """

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="+"
    )
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}"
