"""The four activities, in the order used everywhere (domain handbook, section 1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Activity(TextChoices):
    PUBLICITY = "publicity", _("Policy publicity")
    STUDY = "study", _("Investigation and study")
    RECEPTION = "reception", _("Letters and visits reception")
    ONSITE = "onsite", _("On-the-spot work")


# What stands on a tag, where the full name would not fit.
SHORT = {
    Activity.PUBLICITY: _("Publicity"),
    Activity.STUDY: _("Study"),
    Activity.RECEPTION: _("Reception"),
    Activity.ONSITE: _("On the spot"),
}


def in_order(codes: "set[str] | list[str]") -> list[str]:
    """The activities among `codes`, each once, in their fixed order."""
    return [code for code in Activity.values if code in set(codes)]
