"""An office leaves with everything: open formats, each column described.

README.zh.md, README.en.md   what this is, and how to read it
fields.json                  every table and column: words, type, tier, choices
tables/<table>.jsonl         one row a line: UTF-8, ISO 8601, bytes in base64
files/<key>                  attachments; in clear if so asked, with their names
SHA256SUMS                   `sha256sum --check SHA256SUMS`
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import translation

from cadres.actions.write_audit import write_audit
from cadres.models import Account, AuditEntry
from cadres.models.encrypted import SealedTexts, WrongKey, open_bytes
from visits.actions.rotate_keys import COLUMNS
from visits.models import Attachment, file_store
from visits.models.tiers import TIERS, Tier
from visits.operate import postgres
from visits.operate.backup import CannotDo

LANGUAGES = ("zh-hans", "en")
BATCH = 1000
READ_ME = {
    "zh": """# 四下基层：全部数据

导出时间：{at}。共 {tables} 张表、{rows} 行、{files} 个附件。

- `tables/*.jsonl`：每行一个 JSON 对象，UTF-8；日期为 ISO 8601，时间带时区，二进制为 base64。
- `fields.json`：每张表、每一列的中英文名称、类型、可取的值、指向哪张表，以及数据级别
  （0 公开、1 内部、2 信访内容、3 信访人身份、4 受保护的检举人）。
- `files/`：附件，文件名为 `visits_attachment` 表中的 `key`。
- {sealed_zh}
- 校验：`sha256sum --check SHA256SUMS`。
- 口令（`password`）只是散列值；会话、第二因素、缓存和任务队列不在其中。
""",
    "en": """# Four Grassroots: all data

Exported {at}: {tables} tables, {rows} rows, {files} attachments.

- `tables/*.jsonl`: one JSON object a line, UTF-8; dates in ISO 8601, moments with their
  time zone, bytes in base64.
- `fields.json`: of each table and column its words in Chinese and English, type, possible
  values, the table it points to, and its tier (0 public, 1 internal, 2 content of a letter,
  3 who wrote, 4 a protected informant).
- `files/`: attachments, named by `key` of the table `visits_attachment`.
- {sealed_en}
- To check it: `sha256sum --check SHA256SUMS`.
- `password` holds hashes alone; sessions, second factors, cache and the job queue are
  left out.
""",
}
SEALED = {
    True: {
        "sealed_zh": "加密的列和附件已解密：请像对待原始信件一样保管，不得放在联网的机器上。",
        "sealed_en": "Encrypted columns and files are in clear: keep this as you would the"
        " letters themselves, on no machine that is connected.",
    },
    False: {
        "sealed_zh": "加密的列和附件保持加密，需要 IDENTITY_KEYS 才能打开"
        "（版本、密钥号、随机数，然后是 AES-256-GCM；见 docs/operate.md）。",
        "sealed_en": "Encrypted columns and files stay encrypted and need IDENTITY_KEYS"
        " (version, key number, nonce, then AES-256-GCM; see docs/operate.md).",
    },
}


def our_models() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    ours = [it for it in found if it._meta.app_label in ("cadres", "visits")]
    kept = [it for it in ours if it._meta.db_table not in postgres.NOT_KEPT]
    return sorted(kept, key=lambda it: it._meta.db_table)


def export_all(
    folder: Path, *, people: Sequence[Account], now: datetime, in_clear: bool
) -> dict[str, int]:
    """Write everything into a new folder; how many tables, rows and files.

    The audit log has first that these people did it, and so has what they take.

    Raises:
        CannotDo: the folder exists, or something does not open.
    """
    if folder.exists():
        raise CannotDo(f"{folder} exists already.")
    # The folder closes what is in it; the umask is the whole process's.
    folder.mkdir(mode=0o700, parents=True)
    (folder / "tables").mkdir()
    (folder / "files").mkdir()
    with transaction.atomic():
        for person in people:
            act = "export_in_clear" if in_clear else "export_all"
            write_audit(AuditEntry.Kind.EXPORT, act, by=person)
    figures = {"tables": 0, "rows": 0, "files": 0}
    with transaction.atomic(), connection.cursor() as cursor:
        # Every table as of one moment.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for model in our_models():
            path = folder / "tables" / f"{model._meta.db_table}.jsonl"
            figures["tables"] += 1
            figures["rows"] += _write(path, _rows(model, in_clear=in_clear))
        kept = Attachment.objects.exclude(state=Attachment.State.ARCHIVED)
        for key in kept.order_by("pk").values_list("key", flat=True):
            sealed = file_store.path_of(key).read_bytes()
            data = _opened(sealed, file_store.purpose_of(key)) if in_clear else sealed
            (folder / "files" / str(key)).write_bytes(data)
            figures["files"] += 1
    described = json.dumps(fields(), ensure_ascii=False, indent=1)
    (folder / "fields.json").write_text(described)
    for language, text in READ_ME.items():
        told = text.format(at=now.isoformat(), **figures, **SEALED[in_clear])
        (folder / f"README.{language}.md").write_text(told)
    _write(folder / "SHA256SUMS", list(_sums(folder)))
    return figures


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    with path.open("x") as out:
        for line in lines:
            out.write(line + "\n")
            count += 1
    return count


def _rows(model: type[models.Model], *, in_clear: bool) -> Iterator[str]:
    sealed = {it.field: (it.purpose, it.seal_id) for it in COLUMNS if it.model is model}
    columns = [field.attname for field in model._meta.concrete_fields]
    ids = {it[1] for it in sealed.values()} - set(columns)
    rows = model._default_manager.order_by("pk").values(*columns, *ids)
    for row in rows.iterator(BATCH):
        if in_clear:
            for name, (purpose, seal_id) in sealed.items():
                if row[name] is not None:
                    plain = _opened(bytes(row[name]), f"{purpose}/{row[seal_id]}")
                    row[name] = json.loads(plain)
        kept = {name: _plain(row[name]) for name in columns}
        yield json.dumps(kept, ensure_ascii=False, cls=DjangoJSONEncoder)


def _opened(sealed: bytes, purpose: str) -> bytes:
    try:
        return open_bytes(sealed, purpose)
    except WrongKey:
        raise CannotDo(f"No key of IDENTITY_KEYS opens {purpose}.") from None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def fields() -> list[dict[str, Any]]:
    """What each column is, from the models themselves."""
    return [
        {
            "table": model._meta.db_table,
            "words": _words(model._meta.verbose_name),
            "about": (model.__doc__ or "").strip().splitlines()[:1],
            "columns": [_column(model, field) for field in model._meta.concrete_fields],
        }
        for model in our_models()
    ]


def _column(model: type[models.Model], field: Any) -> dict[str, Any]:
    tiers = TIERS.get(model._meta.label, {})
    return {
        "name": field.attname,
        "words": _words(field.verbose_name),
        "help": _words(field.help_text),
        "type": field.db_type(connection),
        "may_be_empty": field.null,
        "points_to": field.related_model._meta.db_table if field.is_relation else "",
        "choices": {
            str(value): _words(label) for value, label in field.flatchoices or ()
        },
        "is_encrypted": isinstance(field, SealedTexts),
        "tier": next(
            (int(it) for it, names in tiers.items() if field.name in names.split()),
            int(Tier.INTERNAL),
        ),
    }


def _words(text: Any) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(text)
    return found


def _sums(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "SHA256SUMS":
            with path.open("rb") as file:
                digest = sha256()
                while some := file.read(2**20):
                    digest.update(some)
            yield f"{digest.hexdigest()}  {path.relative_to(folder)}"
