"""How far each column may be known (threat model): a new one needs its line here.

T0 public, T1 internal, T2 content of a letter, T3 who wrote, T4 a protected informant.
What is T3 or T4 is encrypted, or a bare key of someone on the staff; never indexed.
"""

from enum import IntEnum


class Tier(IntEnum):
    PUBLIC = 0
    INTERNAL = 1
    CONTENT = 2
    IDENTITY = 3
    INFORMANT = 4


TIERS: dict[str, dict[Tier, str]] = {
    "cadres.AccessReview": {
        Tier.INTERNAL: "id by started_at finished_at",
    },
    "cadres.Account": {
        Tier.INTERNAL: (
            "id password last_login username name email cadre unit "
            "language is_active created_at password_set_at provider_subject"
        ),
    },
    "cadres.AccountEvent": {
        Tier.INTERNAL: "id account kind by at about also_told",
    },
    "cadres.AuditAnchor": {
        Tier.INTERNAL: "id at kind heads previous hash",
    },
    "cadres.AuditEntry": {
        Tier.INTERNAL: (
            "id strand number at account acting_for kind act object_type object_key "
            "succeeded address source request_id details refers_to previous hash"
        ),
    },
    "cadres.AuditStrand": {
        Tier.INTERNAL: "strand number hash floor_number floor_hash anchored",
    },
    "cadres.Cadre": {
        Tier.INTERNAL: "id name pinyin initials rank_band unit remit left_on",
    },
    "cadres.Cadre_home_places": {
        Tier.INTERNAL: "id cadre district",
    },
    "cadres.CalendarDay": {
        Tier.PUBLIC: "id region date is_workday name source edited_by edited_at",
    },
    "cadres.ContactPoint": {
        Tier.INTERNAL: "id cadre place first last",
    },
    "cadres.District": {
        Tier.PUBLIC: (
            "id code level kind name short_name path pinyin initials "
            "aliases parent managed_by province prefecture county "
            "township village is_virtual is_zone valid_from valid_to "
            "source_list"
        ),
    },
    "cadres.FactorReset": {
        Tier.INTERNAL: "id account asked_by asked_at outcome decided_by decided_at",
    },
    "cadres.Incident": {
        Tier.INTERNAL: (
            "id title noticed_at data people cause measures authority "
            "authority_told_at persons_told_at not_told_because closed_at "
            "entered_by version"
        ),
    },
    "cadres.IncidentEvent": {
        Tier.INTERNAL: "id incident at by before closed",
    },
    "cadres.Invitation": {
        Tier.INTERNAL: "id account digest by at valid_until used_at revoked_at",
    },
    "cadres.Outline": {
        Tier.PUBLIC: "place rings loaded_on",
    },
    "cadres.Mandate": {
        Tier.INTERNAL: "id account cadre first last",
    },
    "cadres.Post": {
        Tier.INTERNAL: "id cadre title unit first last",
    },
    "cadres.PastPassword": {
        Tier.INTERNAL: "id account password at",
    },
    "cadres.ReviewLine": {
        Tier.INTERNAL: (
            "id review account grant role where first last last_sign_in decision "
            "decided_at"
        ),
    },
    "cadres.RoleGrant": {
        Tier.INTERNAL: "id account role place unit first last",
    },
    "cadres.Session": {
        Tier.INTERNAL: (
            "session_key session_data expire_date account started_at seen_at address "
            "device"
        ),
    },
    "cadres.Setting": {
        Tier.INTERNAL: "name value",
    },
    "cadres.SettingChange": {
        Tier.INTERNAL: "id name before after by at",
    },
    "cadres.Succession": {
        Tier.PUBLIC: "id predecessor successor reason on",
    },
    "cadres.WrongTry": {
        Tier.INTERNAL: "id name is_known at",
    },
    "cadres.Unit": {
        Tier.INTERNAL: "id name level place superior kind dissolved_into",
    },
    "cadres.Venue": {
        Tier.PUBLIC: "id place name kind",
    },
    "visits.Absence": {
        Tier.INTERNAL: "id cadre kind first last recorded_by recorded_at",
    },
    "visits.Access": {
        Tier.INTERNAL: "id letter by unit kind at",
        Tier.CONTENT: "reason",
    },
    "visits.Action": {
        Tier.INTERNAL: (
            "id reference name organiser first last planned_by client_key created_at"
        ),
    },
    "visits.ArchiveCopy": {
        Tier.INTERNAL: (
            "id letter name sha256 size key version made_at verified_at receipt "
            "acknowledged_by acknowledged_at"
        ),
    },
    "visits.Attachment": {
        Tier.INTERNAL: (
            "id letter key content_type size sha256 state added_by added_at "
            "client_key shows_identity"
        ),
        Tier.IDENTITY: "sealed_name",
    },
    "visits.CalendarFeed": {
        Tier.INTERNAL: "id account key_hash made_at revoked_at read_on",
    },
    "visits.ClockRule": {
        Tier.INTERNAL: "id jurisdiction clock days mode valid_from basis",
    },
    "visits.ContentSubject": {
        Tier.INTERNAL: "id name pinyin initials is_used",
    },
    "visits.DataRequest": {
        Tier.INTERNAL: (
            "id reference seal_id letter kind asker at outcome reasons answered_by "
            "answered_at"
        ),
        Tier.IDENTITY: "sealed_text",
    },
    "visits.DayCount": {
        Tier.INTERNAL: (
            "level province prefecture county day present visits unconfirmed "
            "official_visits contact_visits escorts people_received materials "
            "visits_publicity visits_study visits_reception visits_onsite "
            "place_visits talks audience questions questions_answered "
            "questions_open questions_turned findings receptions groups "
            "person_visits matters_received onsite_decided onsite_settled "
            "onsite_assigned onsite_open onsite_done_in_time onsite_done_late "
            "onsite_reopened"
        ),
    },
    "visits.DiaryEntry": {
        Tier.INTERNAL: "id official stop absence starts_at ends_at",
    },
    "visits.Digest": {
        Tier.INTERNAL: "id account on notices begun_at sent_at",
    },
    "visits.DocumentTemplate": {
        Tier.INTERNAL: "id kind unit file added_by added_at",
    },
    "visits.Export": {
        Tier.INTERNAL: (
            "id reference by approver unit at kind place official period about action "
            "filed purpose format rows sha256"
        ),
    },
    "visits.ExportJob": {
        Tier.INTERNAL: (
            "id reference by approver purpose format language query about state "
            "asked_at total done failure export key seen kept_until"
        ),
    },
    "visits.Feedback": {
        Tier.INTERNAL: "id text page by at",
    },
    "visits.FiledReport": {
        Tier.INTERNAL: (
            "id reference kind place period action boundaries as_of unvisited_months "
            "office reach note content filed_by unit filed_at open_from client_key"
        ),
    },
    "visits.FiledReportPlace": {
        Tier.INTERNAL: "id report place",
    },
    "visits.FiledReportOfficial": {
        Tier.INTERNAL: "id report official",
    },
    "visits.Finding": {
        Tier.INTERNAL: "id investigation stop text",
    },
    "visits.FindingUse": {
        Tier.INTERNAL: (
            "id investigation finding where used_on effect recorded_by client_key"
        ),
    },
    "visits.Investigation": {
        Tier.INTERNAL: (
            "id reference topic leader unit opened_on ends_on area kind methods "
            "talked_residents talked_cadres talked_firms talked_experts talked_units "
            "state report follow_up handed_to ended_on unsettled recorded_by "
            "client_key version"
        ),
    },
    "visits.InvestigationEvent": {
        Tier.INTERNAL: (
            "id investigation step from_state to_state at by on_behalf_of record"
        ),
    },
    "visits.InvestigationPlace": {
        Tier.INTERNAL: (
            "id place province prefecture county township village investigation "
            "reason is_warned despite chosen_by chosen_at"
        ),
    },
    "visits.LastVisit": {
        Tier.INTERNAL: "township starts_at",
    },
    "visits.LeaderHold": {
        Tier.INTERNAL: (
            "id letter leader started_on due_on first_due_on extended_by "
            "result closing ended_on named_by"
        ),
        Tier.CONTENT: "plan progress",
    },
    "visits.Lesson": {
        Tier.INTERNAL: (
            "id place province prefecture county township village visit author text "
            "topic shared_at written_at changed_at version"
        ),
    },
    "visits.LessonVersion": {
        Tier.INTERNAL: "id lesson number text topic place shared_at until",
    },
    "visits.Letter": {
        Tier.INTERNAL: (
            "queue_number id place province prefecture county township village "
            "reference seal_id received_on channel is_oral is_read_back "
            "identity_document identity_checked_by "
            "people keep_name_secret no_phone_calls is_urgent stop session "
            "split_from is_sealed state office unit review_unit handler "
            "withdrawal_by accepted_on ended_on retention masked_at due_on "
            "due_legal_on due_clock in_open_state "
            "due_is_provisional registered_by registered_at client_key "
            "code_hash version"
        ),
        Tier.CONTENT: (
            "request facts category subject help_wanted urgent_reason "
            "external_ref outcome search_text"
        ),
        Tier.INFORMANT: "sealed_text",
    },
    "visits.LetterClock": {
        Tier.INTERNAL: (
            "id letter clock started_on legal_on safe_on is_provisional stopped_on"
        ),
    },
    "visits.LetterDraft": {
        Tier.INTERNAL: (
            "id letter step state drafted_by drafted_at decided_by decided_at"
        ),
        Tier.CONTENT: "record note",
    },
    "visits.LetterEvent": {
        Tier.INTERNAL: (
            "id letter step from_state to_state on at by drafted_by "
            "handler acted_as unit to_unit"
        ),
        Tier.CONTENT: "record",
        Tier.INFORMANT: "sealed_record",
    },
    "visits.LetterLink": {
        Tier.INTERNAL: "id letter other kind by at undone_by undone_at",
        Tier.CONTENT: "reason",
    },
    "visits.Letter_supporting_units": {
        Tier.INTERNAL: "id letter unit",
    },
    "visits.LookupTry": {
        Tier.INTERNAL: "key since tries",
    },
    "visits.Matter": {
        Tier.INTERNAL: (
            "id place province prefecture county township village "
            "reference source stop letter subject decision decided_by lead_unit unit "
            "supporting person due_on first_due_on asked_due_on report_due_on "
            "reported_on procedure is_public state raised_on raised_by client_key "
            "unit_word people_word heard reopened look_back_on struck_off_on version"
        ),
    },
    "visits.MatterCall": {
        Tier.INTERNAL: "id sample matter caller done_at",
    },
    "visits.MatterEvent": {
        Tier.INTERNAL: (
            "id matter seal_id step from_state to_state on at by acted_as unit record"
        ),
        Tier.IDENTITY: "sealed_witness",
    },
    "visits.MatterSample": {
        Tier.INTERNAL: "id place first last size seed candidates drawn_by drawn_at",
    },
    "visits.MatterSlip": {
        Tier.INTERNAL: "id matter code_hash issued_by issued_at used_at void_at",
    },
    "visits.Matter_supporting_units": {
        Tier.INTERNAL: "id matter unit",
    },
    "visits.NamedParty": {
        Tier.INTERNAL: (
            "id letter added_by added_at removal_asked_by "
            "removal_asked_at removed_by removed_at"
        ),
        Tier.CONTENT: "official unit",
    },
    "visits.Notice": {
        Tier.INTERNAL: (
            "id account kind key letter visit matter session question problem unit "
            "account_event days at read_at"
        ),
    },
    "visits.NoticeChoice": {
        Tier.INTERNAL: "id account kind channel",
    },
    "visits.OwnList": {
        Tier.INTERNAL: "id reference page name query owner unit saved_at",
    },
    "visits.Petitioner": {
        Tier.INTERNAL: "id letter seal_id position kind",
        Tier.CONTENT: "masked_name",
        Tier.IDENTITY: "identity",
    },
    "visits.PolicyReport": {
        Tier.INTERNAL: "id directive blocked view times first_on last_on",
    },
    "visits.PressureReport": {
        Tier.INTERNAL: "id reference seal_id letter source to_unit at",
        Tier.CONTENT: "opened_by",
        Tier.INFORMANT: "sealed_text reported_by",
    },
    "visits.Problem": {
        Tier.INTERNAL: (
            "id reference investigation text root_cause level measure lead_unit unit "
            "supporting person due_on first_due_on state evidence passed_to passed_on "
            "asked answer_kind answer answered_on handed_to look_back_on look_back "
            "look_back_text looked_back_on matter recorded_by client_key version"
        ),
    },
    "visits.ProblemEvent": {
        Tier.INTERNAL: (
            "id problem step from_state to_state at by acted_as unit record"
        ),
    },
    "visits.Problem_supporting_units": {
        Tier.INTERNAL: "id problem unit",
    },
    "visits.Question": {
        Tier.INTERNAL: (
            "id reference talk text state answer answered_by answered_on unit_name "
            "unit due_on first_due_on letter matter recorded_by client_key version"
        ),
    },
    "visits.QuestionEvent": {
        Tier.INTERNAL: "id question step from_state to_state at by record",
    },
    "visits.Rating": {
        Tier.INTERNAL: "id letter",
        Tier.CONTENT: "office_grade unit_grade on",
    },
    "visits.Reception": {
        Tier.INTERNAL: "id stop groups person_visits matters",
    },
    "visits.ReceptionSession": {
        Tier.INTERNAL: (
            "id place province prefecture county township village reference form "
            "state office stop venue on starts_at ends_at moved_from moved_because "
            "topic units_present note slots booked published_at late_reason "
            "cancelled_because groups person_visits cleared_at planned_by planned_at "
            "client_key"
        ),
    },
    "visits.Recusal": {
        Tier.INTERNAL: (
            "id letter account source state recorded_by recorded_at "
            "decided_by decided_at"
        ),
        Tier.CONTENT: "ground",
    },
    "visits.SealTransfer": {
        Tier.INTERNAL: (
            "id letter asked_by asked_at confirmed_by confirmed_at refused_at"
        ),
        Tier.CONTENT: "to_unit names_nobody",
        Tier.INFORMANT: "sealed_reasons",
    },
    "visits.SealedHandler": {
        Tier.INTERNAL: "id letter named_by named_at",
        Tier.CONTENT: "account",
    },
    "visits.Series": {
        Tier.INTERNAL: (
            "id reference purpose mode place venue activities starts ends every "
            "interval weekday nth month_day first last count on_rest unit planned_by "
            "planned_at client_key ended_at reason_ended version"
        ),
    },
    "visits.SeriesDate": {
        Tier.INTERNAL: (
            "id series day on why visit is_changed skipped obstacle_visit "
            "obstacle_absence"
        ),
    },
    "visits.SeriesOfficial": {
        Tier.INTERNAL: "id series official part",
    },
    "visits.SessionBooking": {
        Tier.INTERNAL: (
            "id session number seal_id booked_by booked_at client_key dropped_at"
        ),
        Tier.CONTENT: "subject",
        Tier.IDENTITY: "identity",
    },
    "visits.SessionEvent": {
        Tier.INTERNAL: "id session step at by note record",
    },
    "visits.SessionLeader": {
        Tier.INTERNAL: ("id session official post remit replaces left_at left_because"),
    },
    "visits.SessionResult": {
        Tier.INTERNAL: (
            "id session number outcome unit due_on recorded_by recorded_at client_key"
        ),
        Tier.CONTENT: "subject minute",
    },
    "visits.Stop": {
        Tier.INTERNAL: (
            "id place province prefecture county township village visit "
            "position venue starts_at ends_at activities point half_days "
            "planned_place planned_starts_at planned_ends_at"
        ),
    },
    "visits.StudyArea": {
        Tier.PUBLIC: "id name is_used",
    },
    "visits.Talk": {
        Tier.INTERNAL: (
            "id reference stop theme audience format documents speaker speaker_post "
            "minutes audience_kind language is_online material feedback"
        ),
    },
    "visits.TalkFormat": {
        Tier.PUBLIC: "id name is_used",
    },
    "visits.Target": {
        Tier.INTERNAL: (
            "id rank_band place official indicator period minimum basis valid_from "
            "valid_until set_by set_at ended_by"
        ),
    },
    "visits.TodayLook": {
        Tier.INTERNAL: "account looked_at",
    },
    "visits.TouchedVisit": {
        Tier.INTERNAL: "id visit_id township",
    },
    "visits.Upkeep": {
        Tier.INTERNAL: "id kind at seconds is_good about said",
    },
    "visits.Visit": {
        Tier.INTERNAL: (
            "id reference state mode purpose unit action is_contact_point "
            "is_emergency starts_at ends_at starts_on ends_on "
            "hidden_until escorts_own escorts_superior escorts_prefecture "
            "escorts_county escorts_township vehicles press materials "
            "crowding_reason actual_escorts summary reason_ended "
            "planned_by client_key logged_by logged_at confirmed_by "
            "confirmed_at version created_at"
        ),
    },
    "visits.VisitEvent": {
        Tier.INTERNAL: "id visit kind by on_behalf_of at note changes",
    },
    "visits.VisitOfficial": {
        Tier.INTERNAL: "id visit official part unit",
    },
    "visits.VisitShare": {
        Tier.INTERNAL: (
            "visit_id province prefecture county day dates visits unconfirmed "
            "official_visits contact_visits escorts people_received materials "
            "visits_publicity visits_study visits_reception visits_onsite "
            "place_visits talks audience questions questions_answered "
            "questions_open questions_turned findings receptions groups "
            "person_visits matters_received onsite_decided onsite_settled "
            "onsite_assigned onsite_open onsite_done_in_time onsite_done_late "
            "onsite_reopened"
        ),
    },
}
