"""Every figure of the reports, each defined once: page, rows behind it, and CSV.

A figure counts the different things of its source, or adds up one `amount` of each,
of those for which `where` holds. Its words are those of the handbook, 4.5 and 9.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from visits.reports import facts
from visits.reports.facts import Source
from visits.rules.activities import Activity

Text = str | Promise


@dataclass(frozen=True, eq=False)  # each is itself alone, and quickly found
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
QUESTIONS_ = pgettext_lazy("unit of count", "questions")
PROBLEMS_ = pgettext_lazy("unit of count", "problems")

LETTERS_ = pgettext_lazy("unit of count", "letters")
LIMITS_ = pgettext_lazy("unit of count", "limits")
WITHIN = {
    "route": _("Within 15 days of receipt, by the petition office (Art. 22)."),
    "notice": _("Within 15 days of receipt, by the organ (Art. 23)."),
    "handle": _("Within 60 days of acceptance, or as extended (Art. 34)."),
}


def _of_limit(name: str, label: Text) -> tuple[Figure, Figure]:
    return (
        Figure(
            f"{name}_over",
            format_lazy(_("{step}: limits over"), step=label),
            LIMITS_,
            format_lazy(
                "{} {}",
                WITHIN[name],
                _(
                    "Limits of the law that end in the period, as far as the step is "
                    "taken or the day is past."
                ),
            ),
            facts.LIMIT,
            where=name,
        ),
        Figure(
            f"{name}_kept",
            format_lazy(_("{step} in time"), step=label),
            LIMITS_,
            format_lazy("{} {}", WITHIN[name], _("Of the limits that are over: kept.")),
            facts.LIMIT,
            where=f"{name}_kept",
        ),
    )


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
        "people_received",
        _("People received"),
        PEOPLE_,
        _("The officials of the teams, who came along with them, and the press."),
        facts.VISIT,
        amount="people",
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
        "questions",
        _("Questions asked"),
        QUESTIONS_,
        _("Questions that the public asked at the talks; who asked is not kept."),
        facts.QUESTION,
    ),
    Figure(
        "questions_answered",
        _("Questions answered"),
        QUESTIONS_,
        _("Of the questions asked: answered by today, at the talk or later."),
        facts.QUESTION,
        where="answered",
    ),
    Figure(
        "questions_open",
        _("Open questions"),
        QUESTIONS_,
        _("Of the questions asked: today neither answered nor turned into a matter."),
        facts.QUESTION,
        where="still_open",
    ),
    Figure(
        "questions_turned",
        _("Turned into letters or matters"),
        QUESTIONS_,
        _("Of the questions asked: followed as a letter or an on-the-spot matter."),
        facts.QUESTION,
        where="turned",
    ),
    Figure(
        "topics",
        _("Topics led"),
        pgettext_lazy("unit of count", "topics"),
        _("Study topics led by who was on these visits, with a finding there."),
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
        "problems",
        _("Problems found"),
        PROBLEMS_,
        _(
            "Problems entered in the period, without mistakes. They count for who "
            "leads the investigation, for the unit then, and for its place."
        ),
        facts.PROBLEM,
    ),
    Figure(
        "problems_passed_up",
        _("Problems passed upward"),
        PROBLEMS_,
        _(
            "Problems that cannot be solved at the own level, by the day in the period "
            "on which they were last passed upward."
        ),
        facts.PASSED_UP,
    ),
    Figure(
        "problems_answered",
        _("Answered from above"),
        PROBLEMS_,
        _("Of the problems passed upward: answered by the unit above by today."),
        facts.PASSED_UP,
        where="answered",
    ),
    Figure(
        "uses",
        _("Findings put to use"),
        pgettext_lazy("unit of count", "findings"),
        _(
            "Findings put to use on a day in the period. They count for who leads the "
            "investigation, for the unit then, and for its place."
        ),
        facts.USE,
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
        "held",
        _("Leader-held matters, new"),
        MATTERS_,
        _("Letters that the official began in the period to hold until they are done."),
        facts.HOLD,
    ),
    Figure(
        "held_closed",
        _("Leader-held matters, closed"),
        MATTERS_,
        _("Letters the official held and closed in the period, whenever it began."),
        facts.ENDED_HOLD,
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
        "onsite_open",
        _("Matters under way"),
        MATTERS_,
        _("Of the matters decided: a unit has them to do today."),
        facts.MATTER,
        where="at_unit",
    ),
    Figure(
        "onsite_overdue",
        _("Overdue today"),
        MATTERS_,
        _("Of the open matters: the deadline lies before today."),
        facts.MATTER,
        where="overdue",
    ),
    Figure(
        "onsite_done_in_time",
        _("Done in time"),
        MATTERS_,
        _(
            "Of the matters assigned: the unit said by the deadline, as it then was, "
            "that it is done; in part is not done."
        ),
        facts.MATTER,
        where="done_in_time",
    ),
    Figure(
        "onsite_done_late",
        _("Done late"),
        MATTERS_,
        _("Of the matters assigned: the unit said so after the deadline."),
        facts.MATTER,
        where="done_late",
    ),
    Figure(
        "onsite_reopened",
        _("Matters ever reopened"),
        MATTERS_,
        _("Of the matters decided: reopened at least once, whatever came of it since."),
        facts.MATTER,
        where="was_reopened",
    ),
    Figure(
        "promises",
        _("Promises"),
        MATTERS_,
        _(
            "On-the-spot matters that were decided or raised in the period, in the "
            "row of who decided them, of their unit of today, or of where they are. "
            "Each is counted in one of the next five, as it stands today."
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
        "letters_received",
        _("Letters received"),
        LETTERS_,
        _(
            "Letters, calls and visits that came in, in the period of their receipt, "
            "where they are about. Sealed ones are in no figure of letters."
        ),
        facts.LETTER,
    ),
    *(
        figure
        for name, label in (
            ("route", _("Routed")),
            ("notice", _("Notice given")),
            ("handle", _("Handled")),
        )
        for figure in _of_limit(name, label)
    ),
    Figure(
        "letters_extended",
        _("Extended"),
        LETTERS_,
        _("Letters for which more time was taken in the period (Art. 34)."),
        facts.EXTENDED,
    ),
    Figure(
        "limits_late",
        _("Done after the limit"),
        LIMITS_,
        _(
            "Of the limits for routing, notice and handling that end in the period: "
            "the step was taken after it."
        ),
        facts.LIMIT,
        where="late",
    ),
    Figure(
        "limits_overdue",
        _("Past and not done"),
        LIMITS_,
        _("Of the same limits: past today, and the step is not taken yet."),
        facts.LIMIT,
        where="overdue",
    ),
    Figure(
        "townships_all",
        _("Townships here"),
        PLACES_,
        _(
            "Townships that exist at the end of the period; if places are counted as "
            "they are today, those of today."
        ),
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


EVERY = "all"  # groups


@dataclass(frozen=True)
class Group:
    """Columns that are read together; `name` stands in addresses."""

    name: str
    label: Text
    figures: list[Figure]


KINDS = figures(*(f"visits_{kind}" for kind in Activity.values))
COVERAGE = figures("townships_unvisited", "townships_all")
WENT = Group(
    "visits",
    _("On the way"),
    figures("visits", "unconfirmed", "days", "counties", "townships", "contact_visits"),
)
CAME = Group(
    "visits",
    _("Who came, and how"),
    figures(
        "visits",
        "unconfirmed",
        "place_visits",
        "official_visits",
        "dates",
        "escorts",
        "materials",
    ),
)
PUBLICITY = Group(
    Activity.PUBLICITY.value,
    Activity.PUBLICITY.label,
    figures(
        "talks",
        "audience",
        "questions",
        "questions_answered",
        "questions_open",
        "questions_turned",
    ),
)
_FOUND = ("findings", "problems", "problems_passed_up", "problems_answered", "uses")
STUDY = Group(
    Activity.STUDY.value,
    Activity.STUDY.label,
    figures(*_FOUND),
)
STUDY_LED = Group(
    STUDY.name,
    STUDY.label,
    figures("topics", "study_days", *_FOUND),
)
RECEPTION = Group(
    Activity.RECEPTION.value,
    Activity.RECEPTION.label,
    figures("receptions", "groups", "person_visits", "matters_received"),
)
RECEPTION_LED = Group(
    RECEPTION.name,
    RECEPTION.label,
    [*RECEPTION.figures, *figures("held", "held_closed")],
)
ONSITE = Group(
    Activity.ONSITE.value,
    Activity.ONSITE.label,
    figures(
        "onsite_decided",
        "onsite_settled",
        "onsite_assigned",
        "onsite_open",
        "onsite_overdue",
        "onsite_done_in_time",
        "onsite_done_late",
        "onsite_reopened",
    ),
)
PROMISED = Group(
    "promises",
    _("What was promised"),
    figures(
        "promises",
        "promises_kept",
        "promises_said",
        "promises_in_time",
        "promises_late",
        "promises_broken",
        "promises_reopened",
    ),
)
BURDEN = Group(
    "burden",
    _("What was asked of places, and what came back"),
    figures(
        "visits",
        "dates",
        "people_received",
        "materials",
        "questions_answered",
        "promises",
        "promises_kept",
        "problems_passed_up",
        "problems_answered",
    ),
)
LETTERS = Group(
    "letters",
    _("Letters and their limits"),
    figures(
        "letters_received",
        "route_over",
        "route_kept",
        "notice_over",
        "notice_kept",
        "handle_over",
        "handle_kept",
        "letters_extended",
        "limits_late",
        "limits_overdue",
    ),
)
# Of units, unified actions and topics.
SENT = Group(
    WENT.name,
    WENT.label,
    [*WENT.figures, *figures("official_visits", "escorts", "materials")],
)
JOINT = Group(
    CAME.name,
    CAME.label,
    [*CAME.figures, *figures("counties", "townships")],
)
STUDIED = Group(
    CAME.name,
    _("Where it was studied, and what was found"),
    [
        *figures("visits", "official_visits", "dates", "counties", "townships"),
        *STUDY.figures,
    ],
)
OF_OFFICIALS = [WENT, PUBLICITY, STUDY_LED, RECEPTION_LED, ONSITE, PROMISED]
OF_DISTRICTS = [CAME, PUBLICITY, STUDY, RECEPTION, ONSITE, PROMISED, LETTERS]
OF_UNITS = [SENT, PUBLICITY, STUDY_LED, RECEPTION, ONSITE, PROMISED]
OF_ACTIONS = [JOINT, PUBLICITY, STUDY, RECEPTION, ONSITE, PROMISED]
OF_TOPICS = [STUDIED]
OF_BURDEN = [BURDEN]


def groups_asked(
    groups: Sequence[Group], *, of_action: bool, chosen: str = EVERY
) -> list[Group]:
    """The chosen one; without what no visit brought about, if asked of an action.

    A group of which nothing is left is not there: for a chosen one, all others are.
    """
    found = [
        Group(
            group.name,
            group.label,
            [it for it in group.figures if it.source.is_of_visits or not of_action],
        )
        for group in groups
    ]
    left = [group for group in found if group.figures]
    return [group for group in left if chosen in (group.name, EVERY)] or left


def figures_of(groups: Sequence[Group]) -> list[Figure]:
    return [figure for group in groups for figure in group.figures]
