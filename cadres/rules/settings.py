"""What an office may set, and what holds until it does (domain handbook 10 and 15)."""

from django.utils.translation import gettext_lazy as _

from cadres.rules.audit_retention import LEAST_MONTHS
from cadres.rules.choice import Choice
from cadres.rules.sign_in import SIGN_IN

# What the district administrator sets; the rules of sign-in are the security
# administrator’s.
OFFICE: dict[str, Choice] = {
    "crowd.county_days": Choice(
        7,
        _("Days around a visit in which a county counts as crowded"),
        _("2020 notice"),
    ),
    "crowd.township_days": Choice(
        30,
        _("Days around a visit in which a township or village counts as crowded"),
        _("2020 notice"),
    ),
    "hidden.delay_hours": Choice(
        24,
        _("Hours after its end in which an unannounced visit stays hidden"),
        _("product choice"),
        most=720,
    ),
    "notice.reception_days": Choice(
        2, _("Days ahead that a reception is published"), _("local rule")
    ),
    "booking.close": Choice(
        17,
        _("Hour of the day before at which the booking list of a reception closes"),
        _("local rule"),
        most=23,
    ),
    "escorts.max": Choice(
        5, _("Escorts of a main leader before a warning"), _("local rule"), most=99
    ),
    "vehicles.max": Choice(2, _("Vehicles before a warning"), _("local rule"), most=99),
    "press.max": Choice(
        2, _("Press people before a warning"), _("local rule"), most=99
    ),
    "materials.max": Choice(
        1, _("Materials requested before a warning"), _("2024 Rules"), most=99
    ),
    "onsite.deadline_days": Choice(
        30, _("Days until an on-the-spot matter is due"), _("custom"), least=1
    ),
    "onsite.first_report_workdays": Choice(
        5,
        _("Working days until the first report on an on-the-spot matter"),
        _("local rule"),
        least=1,
        most=60,
    ),
    "onsite.sample_size": Choice(
        5,
        _("Struck-off matters drawn each month for call-back"),
        _("product choice"),
        least=1,
        most=100,
    ),
    "unvisited.months": Choice(
        6,
        _("Months after which a township counts as long unvisited"),
        _("product choice"),
        least=1,
        most=60,
    ),
    "warn.blue": Choice(
        10,
        _("Days left of a legal limit at which its owner is told first"),
        _("product choice"),
    ),
    "warn.yellow": Choice(
        3,
        _("Days left at which a limit is shown in red, and its owner told again"),
        _("product choice"),
    ),
    "warn.red": Choice(
        0,
        _("Days left at which the superior is told, too"),
        _("product choice"),
    ),
    "suggestion.target_days": Choice(
        30,
        _("Days after acceptance in which a suggestion is studied (internal target)"),
        _("product choice"),
        least=1,
    ),
    "clock.stage_limits": Choice(
        0,
        _("Days in which a letter is routed, as an internal target; 0 for none"),
        _("local rule"),
        most=14,
    ),
    "report.min_cell": Choice(
        5,
        _("Least number of letters that is told outside the petition office"),
        _("product choice"),
        least=1,
        most=100,
    ),
    "report.min_base": Choice(
        10, _("Least base of a percentage"), _("product choice"), least=1, most=1000
    ),
    "report.background_rows": Choice(
        1000,
        _("Rows above which an export is made in the background"),
        _("product choice"),
        least=1,
        most=50_000,
    ),
    "rating.window_days": Choice(
        30,
        _("Days after the answer in which a petitioner may rate it"),
        _("product choice"),
        least=1,
    ),
    "plan.past_days": Choice(
        90, _("Days back that a visit may still be entered"), _("product choice")
    ),
    "plan.ahead_days": Choice(
        366, _("Days ahead that a visit may be planned"), _("product choice"), most=1100
    ),
    "files.max_mb": Choice(
        20, _("Largest file of a letter, in MB"), _("product choice"), least=1, most=50
    ),
    "files.letter_mb": Choice(
        100,
        _("All files of one letter together, in MB"),
        _("product choice"),
        least=1,
        most=2000,
    ),
    "files.letter_count": Choice(
        20, _("Files of one letter"), _("product choice"), least=1, most=200
    ),
    "identity.mask_after_months": Choice(
        24,
        _("Months after the end of a letter in which who wrote is masked"),
        _("product choice"),
        least=6,
        most=1200,
    ),
    "identity.warn_days": Choice(
        30,
        _("Days ahead that a petition office is told whose letters are masked next"),
        _("product choice"),
        least=7,
        most=180,
    ),
    "audit.retention_months": Choice(
        36,
        _("Months that the audit log is kept"),
        _("Cybersecurity Law, Art. 23: six at least"),
        least=LEAST_MONTHS,
        most=1200,
    ),
}

SETTINGS: dict[str, Choice] = OFFICE | SIGN_IN
