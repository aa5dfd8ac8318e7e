"""Every figure of the reports, each defined once: page, rows behind it, and CSV.

A figure counts the different things of its source, or adds up one `amount` of each,
of those for which `where` holds. Its words are those of the handbook, 4.5 and 9.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from visits.reports import facts
from visits.reports.facts import Source
from visits.rules.activities import Activity

Text = str | Promise


@dataclass(frozen=True)
class Figure:
    """`is_additive`: a row's figure is the sum of the rows below it.

    Where it is not, one thing may stand in several rows (a visit to two counties),
    and a total counts it once.
    """

    name: str
    label: Text
    unit: Text
    definition: Text
    source: Source
    where: str = ""
    amount: str = ""
    is_additive: bool = True


VISITS_ = pgettext_lazy("unit of count", "visits")
PLACES_ = pgettext_lazy("unit of count", "places")
DAYS_ = pgettext_lazy("unit of count", "days")
MATTERS_ = pgettext_lazy("unit of count", "matters")
PEOPLE_ = pgettext_lazy("unit of count", "people")

ALL = [
    Figure(
        "visits",
        _("Visits"),
        VISITS_,
        _(
            "One team and one plan is one visit, however many places it goes to. "
            "Counted are visits that took place, in the period in which they began."
        ),
        facts.VISIT,
        is_additive=False,
    ),
    Figure(
        "unconfirmed",
        _("Of which not yet confirmed"),
        VISITS_,
        _("Visits whose log the lead has not confirmed yet. They are counted."),
        facts.VISIT,
        where="unconfirmed",
        is_additive=False,
    ),
    Figure(
        "place_visits",
        _("Place-visits"),
        pgettext_lazy("unit of count", "place-visits"),
        _(
            "Visits times the county-level places they went to. A prefecture counts "
            "until the visit names a county in it."
        ),
        facts.PLACE_VISIT,
    ),
    Figure(
        "official_visits",
        _("Official-visits"),
        pgettext_lazy("unit of count", "official-visits"),
        _("Visits times the officials in their teams."),
        facts.OFFICIAL_VISIT,
        is_additive=False,
    ),
    Figure(
        "dates",
        _("Dates"),
        DAYS_,
        _("Different dates in the period on which a visit was here."),
        facts.DATE,
        is_additive=False,
    ),
    Figure(
        "days",
        _("Days at the grassroots"),
        DAYS_,
        _(
            "Different dates in the period on which the official was on a visit; half "
            "a day counts 0.5, two visits on one date count once."
        ),
        facts.HALF_DAY,
        amount="halves",
    ),
    Figure(
        "study_days",
        _("Study days"),
        DAYS_,
        _("Days at the grassroots with investigation and study at a stop."),
        facts.HALF_DAY,
        where="studied",
        amount="halves",
    ),
    Figure(
        "counties",
        _("Counties"),
        PLACES_,
        _("Different county-level places that the visits went to."),
        facts.COUNTY,
        is_additive=False,
    ),
    Figure(
        "townships",
        _("Townships"),
        PLACES_,
        _("Different townships that the visits went to."),
        facts.TOWNSHIP,
        is_additive=False,
    ),
    Figure(
        "contact_visits",
        _("To contact points"),
        VISITS_,
        _("Visits that were planned as visits to a contact point."),
        facts.VISIT,
        where="contact",
        is_additive=False,
    ),
    Figure(
        "escorts",
        _("Escorts"),
        PEOPLE_,
        _("People who came along: as logged, else as planned."),
        facts.VISIT,
        amount="escorts",
        is_additive=False,
    ),
    Figure(
        "materials",
        _("Materials requested"),
        pgettext_lazy("unit of count", "papers"),
        _("Papers that visits asked the visited place for."),
        facts.VISIT,
        amount="materials",
        is_additive=False,
    ),
    *(
        Figure(
            f"visits_{kind.value}",
            kind.label,
            VISITS_,
            _("Visits with this kind of work; one visit may have all four."),
            facts.VISIT,
            where=f"with_{kind.value}",
            is_additive=False,
        )
        for kind in Activity
    ),
    Figure(
        "talks",
        _("Policy talks"),
        pgettext_lazy("unit of count", "talks"),
        _("Policy talks held on the visits."),
        facts.TALK,
    ),
    Figure(
        "audience",
        _("Audience (estimate)"),
        PEOPLE_,
        _("Listeners of the talks, as estimated; the same people may be in several."),
        facts.TALK,
        amount="audience",
    ),
    Figure(
        "topics",
        _("Topics led"),
        pgettext_lazy("unit of count", "topics"),
        _("Study topics that the official leads, with a finding on these visits."),
        facts.TOPIC,
        where="led",
        is_additive=False,
    ),
    Figure(
        "findings",
        _("Findings"),
        pgettext_lazy("unit of count", "findings"),
        _("Findings noted on the visits."),
        facts.FINDING,
    ),
    Figure(
        "receptions",
        _("Reception sessions"),
        pgettext_lazy("unit of count", "sessions"),
        _("Receptions of letters and visits held at a stop."),
        facts.RECEPTION,
    ),
    Figure(
        "groups",
        _("Groups"),
        pgettext_lazy("unit of count", "groups"),
        _("Groups of people who came together to the receptions."),
        facts.RECEPTION,
        amount="groups",
    ),
    Figure(
        "person_visits",
        _("Person-visits"),
        pgettext_lazy("unit of count", "person-visits"),
        _("People present at the receptions, counted each time."),
        facts.RECEPTION,
        amount="people",
    ),
    Figure(
        "matters_received",
        _("Matters received"),
        MATTERS_,
        _("Subjects of request received at the receptions."),
        facts.RECEPTION,
        amount="requests",
    ),
    Figure(
        "onsite_decided",
        _("On-the-spot matters decided"),
        MATTERS_,
        _("Matters that were raised and decided at a stop."),
        facts.MATTER,
    ),
    Figure(
        "onsite_settled",
        _("Settled at once"),
        MATTERS_,
        _("Of the matters decided: settled on the spot."),
        facts.MATTER,
        where="settled",
    ),
    Figure(
        "onsite_assigned",
        _("Assigned"),
        MATTERS_,
        _("Of the matters decided: given to a unit with a deadline."),
        facts.MATTER,
        where="assigned",
    ),
    Figure(
        "onsite_overdue",
        _("Overdue today"),
        MATTERS_,
        _("Of the matters assigned: the deadline lies before today."),
        facts.MATTER,
        where="overdue",
    ),
    Figure(
        "promises",
        _("Promises"),
        MATTERS_,
        _(
            "On-the-spot matters that were decided or raised in the period, in the "
            "row of who decided them or where they are. Each is counted in one of "
            "the next five, as it stands today."
        ),
        facts.PROMISE,
    ),
    Figure(
        "promises_kept",
        _("Kept"),
        MATTERS_,
        _("The people concerned have said that it is settled."),
        facts.PROMISE,
        where="kept",
    ),
    Figure(
        "promises_said",
        _("Said to be done"),
        MATTERS_,
        _("The unit says so; the people have not spoken. Silence is no consent."),
        facts.PROMISE,
        where="said",
    ),
    Figure(
        "promises_in_time",
        _("Open, in time"),
        MATTERS_,
        _("Not said to be done, and the deadline is not past."),
        facts.PROMISE,
        where="in_time",
    ),
    Figure(
        "promises_late",
        _("Late"),
        MATTERS_,
        _("Not said to be done, and the deadline lies before today."),
        facts.PROMISE,
        where="late",
    ),
    Figure(
        "promises_broken",
        _("Broken"),
        MATTERS_,
        _("Reopened, by the people’s word or a look back, and open still."),
        facts.PROMISE,
        where="broken",
    ),
    Figure(
        "promises_reopened",
        _("Ever reopened"),
        MATTERS_,
        _("Of all promises: reopened at least once, whatever came of it since."),
        facts.PROMISE,
        where="was_reopened",
    ),
    Figure(
        "townships_all",
        _("Townships here"),
        PLACES_,
        _("Townships that exist at the end of the period."),
        facts.PLACE,
    ),
    Figure(
        "townships_unvisited",
        _("Townships long unvisited"),
        PLACES_,
        _(
            "Townships where nobody was for the set number of months, up to the end "
            "of the period or today."
        ),
        facts.PLACE,
        where="unvisited",
    ),
]
FIGURES = {figure.name: figure for figure in ALL}


def figures(*names: str) -> list[Figure]:
    return [FIGURES[name] for name in names]


KINDS = figures(*(f"visits_{kind}" for kind in Activity.values))
OUTCOMES = figures(
    "talks",
    "audience",
    "findings",
    "receptions",
    "groups",
    "person_visits",
    "matters_received",
    "onsite_decided",
    "onsite_settled",
    "onsite_assigned",
    "onsite_overdue",
)
PROMISES = figures(
    "promises",
    "promises_kept",
    "promises_said",
    "promises_in_time",
    "promises_late",
    "promises_broken",
    "promises_reopened",
)
OF_OFFICIALS = figures(
    "visits",
    "unconfirmed",
    "days",
    "counties",
    "townships",
    "contact_visits",
    "topics",
    "study_days",
)
OF_DISTRICTS = figures(
    "visits",
    "unconfirmed",
    "place_visits",
    "official_visits",
    "dates",
    "escorts",
    "materials",
)
COVERAGE = figures("townships_unvisited", "townships_all")
