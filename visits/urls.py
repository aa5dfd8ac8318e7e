"""All addresses of visits, one per line."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from visits.forms.session import STEP_FORMS
from visits.models.visit import ALPHABET
from visits.rules.investigation_states import MOVE as STUDY_MOVES
from visits.rules.letter_states import Step
from visits.rules.matter_states import ROW
from visits.rules.problem_states import BY_FORM as PROBLEM_STEPS
from visits.rules.question_states import BY_FORM
from visits.rules.report_kinds import ReportKind
from visits.views import (
    absences,
    accesses,
    actions,
    audit,
    briefings,
    calendar,
    calendar_days,
    calendar_feed,
    clock_rules,
    content_subjects,
    data_requests,
    exports,
    feedback,
    filed_reports,
    identity_masks,
    investigation_places,
    investigations,
    lessons,
    letter,
    letter_corrections,
    letter_drafts,
    letter_files,
    letter_holds,
    letter_intake,
    letter_links,
    letter_papers,
    letter_receipts,
    letter_reception,
    letter_recusals,
    letter_report,
    letter_steps,
    letters,
    logs,
    lookup,
    matter_meetings,
    matter_samples,
    matter_word,
    matters,
    moves,
    notices,
    own_lists,
    paper_templates,
    place_reports,
    plans,
    pressure,
    problems,
    questions,
    ratings,
    record,
    report_rows,
    reports,
    sealed,
    search,
    series,
    sessions,
    status,
    study_areas,
    talks,
    targets,
    today,
    visits,
    where_to_go,
    yearly_review,
)

app_name = "visits"


class ReferenceConverter(StringConverter):
    """A letter's reference, so that no word after letters/ is taken for one."""

    regex = f"[{ALPHABET}]{{8}}"


class StepConverter(StringConverter):
    """A step of the table of letters; any other word is not found."""

    regex = "|".join(Step.values)


class MatterStepConverter(StringConverter):
    """A step of the table of matters."""

    regex = "|".join(ROW)


class QuestionStepConverter(StringConverter):
    """A step of the table of questions that has a form."""

    regex = "|".join(BY_FORM)


class StudyStepConverter(StringConverter):
    """A step that ends an investigation or opens it again."""

    regex = "|".join(STUDY_MOVES)


class ProblemStepConverter(StringConverter):
    """A step of the table of problems that has a form."""

    regex = "|".join(PROBLEM_STEPS)


class SessionStepConverter(StringConverter):
    """What is done with a reception session on a page of its own."""

    regex = "|".join(STEP_FORMS)


register_converter(SessionStepConverter, "session_step")
register_converter(StudyStepConverter, "study_step")
register_converter(ProblemStepConverter, "problem_step")
register_converter(ReferenceConverter, "letter")
register_converter(MatterStepConverter, "matter_step")
register_converter(QuestionStepConverter, "question_step")
register_converter(StepConverter, "step")


urlpatterns = [
    path("calendar-address/", calendar_feed.feed_detail, name="feed"),
    path("calendar-address/make/", calendar_feed.feed_make, name="feed_make"),
    path("calendar-address/end/", calendar_feed.feed_revoke, name="feed_revoke"),
    path("calendar-address/<str:key>.ics", calendar_feed.feed_read, name="feed_read"),
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/record/", absences.absence_create, name="absence_create"),
    path("absences/<int:pk>/change/", absences.absence_change, name="absence_change"),
    path("absences/<int:pk>/remove/", absences.absence_remove, name="absence_remove"),
    path(
        "calendar/days/add/",
        calendar_days.calendar_day_create,
        name="calendar_day_create",
    ),
    path(
        "calendar/days/<int:pk>/change/",
        calendar_days.calendar_day_change,
        name="calendar_day_change",
    ),
    path(
        "calendar/days/<int:pk>/remove/",
        calendar_days.calendar_day_remove,
        name="calendar_day_remove",
    ),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/list/", feedback.feedback_list, name="feedback_list"),
    path(
        "letters/subjects/", content_subjects.content_subjects, name="content_subjects"
    ),
    path(
        "letters/subjects/<int:pk>/use/",
        content_subjects.content_subject_use,
        name="content_subject_use",
    ),
    # Before the letters themselves: no reference is so short a word.
    path(
        "letters/papers/",
        paper_templates.paper_template_list,
        name="paper_template_list",
    ),
    path(
        "letters/papers/<slug:kind>/",
        paper_templates.paper_template,
        name="paper_template",
    ),
    path(
        "letters/papers/<slug:kind>/file/",
        paper_templates.paper_template_file,
        name="paper_template_file",
    ),
    path(
        "letters/papers/<slug:kind>/drop/",
        paper_templates.paper_template_drop,
        name="paper_template_drop",
    ),
    path(
        "letters/<letter:reference>/papers/<slug:kind>/",
        letter_papers.letter_paper,
        name="letter_paper",
    ),
    path(
        "letters/<letter:reference>/files/",
        letter_files.letter_files,
        name="letter_files",
    ),
    path(
        "letters/<letter:reference>/files/open/",
        letter_files.letter_files_open,
        name="letter_files_open",
    ),
    path(
        "letters/<letter:reference>/files/<uuid:key>/",
        letter_files.letter_file,
        name="letter_file",
    ),
    path("", today.today, name="today"),
    path("seen/", today.today_seen, name="today_seen"),
    path("letters/clock-rules/", clock_rules.clock_rules, name="clock_rules"),
    path(
        "letters/clock-rules/enter/",
        clock_rules.clock_rule_enter,
        name="clock_rule_enter",
    ),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/count/", notices.notice_count, name="notice_count"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/settings/", notices.notice_choices, name="notice_choices"),
    path("notices/<int:pk>/open/", notices.notice_open, name="notice_open"),
    path("notices/<int:pk>/read/", notices.notice_read, name="notice_read"),
    path("lessons/", lessons.lesson_list, name="lesson_list"),
    path("letters/", letters.letter_list, name="letter_list"),
    path("letters/forward/", letters.letter_forward, name="letter_forward"),
    path("letters/search/", letters.letter_search, name="letter_search"),
    path("letters/<letter:reference>/", letter.letter_detail, name="letter_detail"),
    path(
        "letters/<letter:reference>/identity/",
        letter.letter_open_identity,
        name="letter_open_identity",
    ),
    path(
        "letters/<letter:reference>/correction/",
        letter_corrections.letter_correct,
        name="letter_correct",
    ),
    path(
        "letters/<letter:reference>/correction/look/",
        letter_corrections.letter_correct_look,
        name="letter_correct_look",
    ),
    path(
        "letters/<letter:reference>/correction/people/",
        letter_corrections.letter_correct_people,
        name="letter_correct_people",
    ),
    path(
        "letters/<letter:reference>/drafts/<int:pk>/approve/",
        letter_drafts.draft_approve,
        name="draft_approve",
    ),
    path(
        "letters/<letter:reference>/drafts/<int:pk>/return/",
        letter_drafts.draft_return,
        name="draft_return",
    ),
    path(
        "letters/<letter:reference>/hold/",
        letter_holds.letter_hold,
        name="letter_hold",
    ),
    path(
        "letters/<letter:reference>/hold/<int:pk>/end/",
        letter_holds.hold_end,
        name="hold_end",
    ),
    path(
        "letters/<letter:reference>/hold/<int:pk>/extend/",
        letter_holds.hold_extend,
        name="hold_extend",
    ),
    path(
        "letters/<letter:reference>/hold/<int:pk>/progress/",
        letter_holds.hold_progress,
        name="hold_progress",
    ),
    path(
        "letters/<letter:reference>/links/",
        letter_links.letter_link,
        name="letter_link",
    ),
    path(
        "letters/<letter:reference>/links/<int:pk>/undo/",
        letter_links.link_undo,
        name="link_undo",
    ),
    path("recusals/", letter_recusals.recusal_list, name="recusal_list"),
    path(
        "letters/<letter:reference>/recusal/",
        letter_recusals.recusal_declare,
        name="recusal_declare",
    ),
    path(
        "letters/<letter:reference>/recusal/ask/",
        letter_recusals.recusal_ask,
        name="recusal_ask",
    ),
    path(
        "letters/<letter:reference>/recusal/<int:pk>/decide/",
        letter_recusals.recusal_decide,
        name="recusal_decide",
    ),
    path(
        "letters/<letter:reference>/<step:step>/",
        letter_steps.letter_step,
        name="letter_step",
    ),
    path(
        "letters/<letter:reference>/matter/", matters.matter_raise, name="matter_raise"
    ),
    path("matters/", matters.matter_list, name="matter_list"),
    path("matters/samples/", matter_samples.matter_samples, name="matter_samples"),
    path("matters/<letter:reference>/", matters.matter_detail, name="matter_detail"),
    path(
        "matters/<letter:reference>/slips/", matters.matter_slips, name="matter_slips"
    ),
    path(
        "matters/<letter:reference>/<matter_step:step>/",
        matters.matter_step,
        name="matter_step",
    ),
    path(
        "investigations/", investigations.investigation_list, name="investigation_list"
    ),
    path(
        "investigations/open/",
        investigations.investigation_open,
        name="investigation_open",
    ),
    path("investigations/areas/", study_areas.study_areas, name="study_areas"),
    path(
        "investigations/areas/<int:pk>/use/",
        study_areas.study_area_use,
        name="study_area_use",
    ),
    path(
        "investigations/<letter:reference>/",
        investigations.investigation_detail,
        name="investigation_detail",
    ),
    path(
        "investigations/<letter:reference>/change/",
        investigations.investigation_change,
        name="investigation_change",
    ),
    path(
        "investigations/<letter:reference>/places/",
        investigation_places.investigation_place_choose,
        name="investigation_place_choose",
    ),
    path(
        "investigations/<letter:reference>/places/<int:pk>/drop/",
        investigation_places.investigation_place_drop,
        name="investigation_place_drop",
    ),
    path(
        "investigations/<letter:reference>/uses/",
        investigation_places.investigation_use_plan,
        name="investigation_use_plan",
    ),
    path(
        "investigations/<letter:reference>/uses/<int:pk>/",
        investigation_places.investigation_use_record,
        name="investigation_use_record",
    ),
    path(
        "investigations/<letter:reference>/problems/",
        problems.problem_record,
        name="problem_record",
    ),
    path(
        "investigations/<letter:reference>/<study_step:step>/",
        investigations.investigation_step,
        name="investigation_step",
    ),
    path("problems/", problems.problem_list, name="problem_list"),
    path(
        "problems/<letter:reference>/", problems.problem_detail, name="problem_detail"
    ),
    path(
        "problems/<letter:reference>/to-matter/",
        problems.problem_matter,
        name="problem_matter",
    ),
    path(
        "problems/<letter:reference>/<problem_step:step>/",
        problems.problem_step,
        name="problem_step",
    ),
    path("questions/", questions.question_list, name="question_list"),
    path(
        "questions/<letter:reference>/",
        questions.question_detail,
        name="question_detail",
    ),
    path(
        "questions/<letter:reference>/to-letter/",
        questions.question_letter,
        name="question_letter",
    ),
    path(
        "questions/<letter:reference>/to-matter/",
        questions.question_matter,
        name="question_matter",
    ),
    path(
        "questions/<letter:reference>/<question_step:step>/",
        questions.question_step,
        name="question_step",
    ),
    path("talks/forms/", talks.talk_formats, name="talk_formats"),
    path("talks/forms/<int:pk>/use/", talks.talk_format_use, name="talk_format_use"),
    path("talks/<letter:reference>/", talks.talk_detail, name="talk_detail"),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/<int:pk>/end/", targets.target_end, name="target_end"),
    path("word/", matter_word.word, name="word"),
    path("word/matter/", matter_word.word_matter, name="word_matter"),
    path("word/thanks/", matter_word.word_thanks, name="word_thanks"),
    path("visits/", calendar.calendar, name="calendar"),
    path("search/", search.search, name="search"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("letters/looks/", accesses.access_list, name="access_list"),
    path("letters/looks/review/", yearly_review.review, name="yearly_review"),
    path(
        "letters/data-requests/",
        data_requests.data_request_list,
        name="data_request_list",
    ),
    path(
        "letters/data-requests/<slug:reference>/",
        data_requests.data_request_detail,
        name="data_request_detail",
    ),
    path(
        "letters/data-requests/<slug:reference>/answer/",
        data_requests.data_request_answer,
        name="data_request_answer",
    ),
    path("letters/masks/", identity_masks.identity_masks, name="identity_masks"),
    path("letters/pressure/", pressure.pressure_report, name="pressure_report"),
    path("letters/pressure/list/", pressure.pressure_list, name="pressure_list"),
    path(
        "letters/pressure/<slug:reference>/",
        pressure.pressure_detail,
        name="pressure_detail",
    ),
    path("letters/ratings/", ratings.rating_list, name="rating_list"),
    path("letters/sealed/", sealed.sealed_list, name="sealed_list"),
    path(
        "letters/sealed/<letter:reference>/", sealed.sealed_detail, name="sealed_detail"
    ),
    path(
        "letters/sealed/<letter:reference>/open/",
        sealed.sealed_open,
        name="sealed_open",
    ),
    path(
        "letters/sealed/<letter:reference>/urgent/",
        sealed.sealed_report_urgent,
        name="sealed_report_urgent",
    ),
    path(
        "letters/sealed/<letter:reference>/handlers/",
        sealed.sealed_handler_name,
        name="sealed_handler_name",
    ),
    path(
        "letters/sealed/<letter:reference>/handlers/<int:pk>/end/",
        sealed.sealed_handler_end,
        name="sealed_handler_end",
    ),
    path(
        "letters/sealed/<letter:reference>/named/",
        sealed.named_party_add,
        name="named_party_add",
    ),
    path(
        "letters/sealed/<letter:reference>/named/<int:pk>/remove/",
        sealed.named_party_remove,
        name="named_party_remove",
    ),
    path(
        "letters/sealed/<letter:reference>/transfer/",
        sealed.seal_transfer_ask,
        name="seal_transfer_ask",
    ),
    path(
        "letters/sealed/<letter:reference>/transfer/<int:pk>/",
        sealed.seal_transfer_decide,
        name="seal_transfer_decide",
    ),
    path("lists/", own_lists.own_list_list, name="own_list_list"),
    path("lists/keep/", own_lists.own_list_keep, name="own_list_keep"),
    path(
        "lists/<letter:reference>/share/",
        own_lists.own_list_share,
        name="own_list_share",
    ),
    path(
        "lists/<letter:reference>/drop/",
        own_lists.own_list_drop,
        name="own_list_drop",
    ),
    path("lookup/", lookup.lookup, name="lookup"),
    path("lookup/leave/", lookup.lookup_leave, name="lookup_leave"),
    path("lookup/matter/", lookup.lookup_matter, name="lookup_matter"),
    path("lookup/pressure/", lookup.lookup_pressure, name="lookup_pressure"),
    path("lookup/data/", data_requests.lookup_data, name="lookup_data"),
    path("lookup/reported/", lookup.lookup_reported, name="lookup_reported"),
    path("lookup/rate/", lookup.lookup_rate, name="lookup_rate"),
    path("record/", record.record, name="record"),
    path("record/file/", record.record_file, name="record_file"),
    path("reports/districts/", reports.report_districts, name="report_districts"),
    path("reports/officials/", reports.report_officials, name="report_officials"),
    path(
        "reports/officials/<int:pk>/", reports.report_official, name="report_official"
    ),
    path(
        "reports/units/",
        place_reports.report_subjects,
        {"kind": ReportKind.UNITS},
        name="report_units",
    ),
    path(
        "reports/actions/",
        place_reports.report_subjects,
        {"kind": ReportKind.ACTIONS},
        name="report_actions",
    ),
    path(
        "reports/topics/",
        place_reports.report_subjects,
        {"kind": ReportKind.TOPICS},
        name="report_topics",
    ),
    path("reports/burden/", place_reports.report_burden, name="report_burden"),
    path("reports/export/", exports.report_export, name="report_export"),
    path("reports/exports/", exports.export_list, name="export_list"),
    path(
        "reports/exports/<letter:reference>/file/",
        exports.export_take,
        name="export_take",
    ),
    path(
        "reports/exports/<letter:reference>/again/",
        exports.export_again,
        name="export_again",
    ),
    path("reports/filed/", filed_reports.filed_list, name="filed_list"),
    path("reports/filed/file/", filed_reports.report_file, name="report_file"),
    path(
        "reports/filed/<letter:reference>/",
        filed_reports.filed_detail,
        name="filed_detail",
    ),
    path(
        "reports/filed/<letter:reference>/today/",
        filed_reports.filed_compare,
        name="filed_compare",
    ),
    path("reports/letters/", letter_report.report_caseload, name="report_caseload"),
    path(
        "reports/letters/rows/",
        letter_report.report_letter_rows,
        name="report_letter_rows",
    ),
    path("reports/petition/", letter_report.report_petition, name="report_petition"),
    path("reports/rows/", report_rows.report_rows, name="report_rows"),
    path("actions/", actions.action_list, name="action_list"),
    path("status/", status.status, name="status"),
    path("status/jobs/<int:pk>/retry/", status.job_retry, name="job_retry"),
    path("actions/plan/", actions.action_create, name="action_create"),
    path("actions/<slug:reference>/", actions.action_detail, name="action_detail"),
    path("visits/check/", plans.visit_check, name="visit_check"),
    path("visits/look/", moves.board_look, name="board_look"),
    path("visits/plan/", plans.visit_plan, name="visit_plan"),
    path("visits/series/", series.series_list, name="series_list"),
    path("visits/series/plan/", series.series_plan, name="series_plan"),
    path("visits/series/<slug:reference>/", series.series_detail, name="series_detail"),
    path("visits/series/<slug:reference>/end/", series.series_end, name="series_end"),
    path(
        "visits/series/<slug:reference>/<str:since>/change/",
        series.series_change,
        name="series_change",
    ),
    path(
        "visits/series/<slug:reference>/<str:day>/book/",
        series.series_book,
        name="series_book",
    ),
    path("visits/where/", where_to_go.where_page, name="where_to_go"),
    path("visits/<slug:reference>/", visits.visit_detail, name="visit_detail"),
    path(
        "visits/<slug:reference>/briefing/",
        briefings.visit_briefing,
        name="visit_briefing",
    ),
    path(
        "visits/<slug:reference>/announce/",
        visits.visit_announce,
        name="visit_announce",
    ),
    path(
        "visits/<slug:reference>/approve/", visits.visit_approve, name="visit_approve"
    ),
    path("visits/<slug:reference>/change/", plans.visit_change, name="visit_change"),
    path(
        "visits/<slug:reference>/confirm/", visits.visit_confirm, name="visit_confirm"
    ),
    path("visits/<slug:reference>/end/", visits.visit_end, name="visit_end"),
    path("visits/<slug:reference>/join/", plans.visit_join, name="visit_join"),
    path("visits/<slug:reference>/learned/", lessons.lesson_write, name="lesson_write"),
    path("visits/<slug:reference>/log/", logs.visit_log, name="visit_log"),
    path("visits/<slug:reference>/move/", moves.visit_move, name="visit_move"),
    path(
        "visits/<slug:reference>/move/undo/",
        moves.visit_move_undo,
        name="visit_move_undo",
    ),
    path(
        "visits/<slug:reference>/matters/",
        matter_meetings.visit_matters,
        name="visit_matters",
    ),
    path(
        "visits/<slug:reference>/matters/docx/",
        matter_meetings.visit_matters_docx,
        name="visit_matters_docx",
    ),
    path(
        "visits/<slug:reference>/matters/xlsx/",
        matter_meetings.visit_matters_xlsx,
        name="visit_matters_xlsx",
    ),
    # For everyone, without signing in.
    path("reception/", sessions.session_notice, name="session_notice"),
    path("sessions/", sessions.session_list, name="session_list"),
    path("sessions/plan/", sessions.session_plan, name="session_plan"),
    path(
        "sessions/<letter:reference>/", sessions.session_detail, name="session_detail"
    ),
    path(
        "sessions/<letter:reference>/<session_step:step>/",
        sessions.session_step,
        name="session_step",
    ),
    path(
        "sessions/<letter:reference>/bookings/<int:number>/drop/",
        sessions.session_booking_drop,
        name="session_booking_drop",
    ),
    path(
        "sessions/<letter:reference>/bookings/<int:number>/open/",
        sessions.session_booking_open,
        name="session_booking_open",
    ),
    path("letters/hints/", letter_intake.letter_hints, name="letter_hints"),
    path(
        "letters/officials/pick/",
        letter_intake.letter_official_pick,
        name="letter_official_pick",
    ),
    path(
        "letters/reception/",
        letter_reception.letter_reception,
        name="letter_reception",
    ),
    path(
        "letters/reception/rows/",
        letter_reception.letter_reception_row,
        name="letter_reception_row",
    ),
    path("letters/register/", letter_intake.letter_register, name="letter_register"),
    path(
        "letters/units/pick/", letter_intake.letter_unit_pick, name="letter_unit_pick"
    ),
    path(
        "letters/<letter:reference>/receipt/",
        letter_receipts.letter_receipt,
        name="letter_receipt",
    ),
    path(
        "letters/<letter:reference>/receipt/code/",
        letter_receipts.letter_new_code,
        name="letter_new_code",
    ),
    path(
        "letters/<letter:reference>/same-matter/",
        letter_intake.letter_same_matter,
        name="letter_same_matter",
    ),
]
