"""What the queue's tasks do, in words, for who looks after the installation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOB_NAMES: dict[str, str | Promise] = {
    "visits.tasks.warn": _("Warn before legal limits and due dates"),
    "visits.tasks.draw_samples": _("Draw last month’s samples for the look-back"),
    "visits.tasks.fold": _("Count what visits changed in the reports"),
    "visits.tasks.anchor": _("Pin down the audit log of the day"),
    "visits.tasks.forget": _("Forget who had booked a place at a session that is over"),
    "visits.tasks.mail": _("Send the one mail of the day"),
    "visits.tasks.recount_rule": _("Recount clocks after a change of their rules"),
    "visits.tasks.recount_day": _("Recount clocks after a change of the calendar"),
    "visits.tasks.scan": _("Scan a file for viruses"),
    "visits.tasks.scan_what_waits": _("Scan the files that wait for it"),
    "visits.tasks.make": _("Make a large export"),
    "visits.tasks.expire": _("Remove exports after their day"),
    "visits.tasks.mask": _("Mask who wrote letters that ended long ago"),
    "visits.tasks.sweep": _("Remove stored files that belong to nothing"),
    "visits.tasks.retry_stalled": _("Take up again what was interrupted"),
    "visits.tasks.remove_old": _("Remove finished jobs"),
}


def job_name(task: str) -> str | Promise:
    return JOB_NAMES.get(task, task)
