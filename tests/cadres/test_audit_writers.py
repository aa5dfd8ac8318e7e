"""Writers of the audit log at the same time: none waits, and the chain holds."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from cadres.models import AuditEntry, AuditStrand
from cadres.reports.audit_chain import first_break

pytestmark = pytest.mark.django_db(transaction=True)


def test_writers_at_one_time_take_a_strand_each():
    both_have_written = Barrier(3, timeout=30)
    before = AuditEntry.objects.count()

    def write():
        try:
            for number in range(5):
                with transaction.atomic():
                    AuditEntry.objects.create(kind="audit", act="first")
                    AuditEntry.objects.create(kind="audit", act="second")
                    if number == 0:  # none of them has committed yet
                        both_have_written.wait()
        finally:
            connection.close()

    writers = [Thread(target=write) for _writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)

    assert AuditEntry.objects.count() == before + 30
    assert AuditStrand.objects.count() == 3
    assert first_break() is None
