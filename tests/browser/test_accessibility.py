"""axe on every page, in both languages and at three widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.addresses import NOBODY

AXE = Axe()
RULES = {
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    ],
    "resultTypes": ["violations"],
}
# Measuring contrast takes half of axe's time, and colours come from one sheet.
RUN = """([rules, contrast]) => axe.run({
  ...rules, rules: { 'color-contrast': { enabled: contrast } }
})"""
WIDE, NARROW, NARROWEST = 1360, 390, 320
# Wider than its window? Then a phone shows a part of the page only.
OVERFLOW = """() => {
  const page = document.documentElement;
  return page.scrollWidth - page.clientWidth;
}"""
# Bars that stay in sight cover what one has not scrolled to yet: away with them, so that
# every target of the page is measured. Theirs are in the page's flow at WIDE. A sheet
# of the document's own is no inline style, so the policy of the page holds.
WITHOUT_BARS = """hidden => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    '.site-bar, .site-nav, .action-bar, .thumb-actions { display: none !important }'
  );
  document.adoptedStyleSheets = hidden ? [sheet] : [];
}"""


def faults_of(page, at, *, contrast=True):
    """What axe finds, and whether the page is wider than its window."""
    faults = [
        f"{found['id']}: {node['target']} {node['failureSummary'][:300]}"
        for found in page.evaluate(RUN, [RULES, contrast])["violations"]
        for node in found["nodes"][:3]
    ]
    return [f"{at}: {fault}" for fault in faults] + overflow_of(page, at)


def overflow_of(page, at):
    over = page.evaluate(OVERFLOW)
    return [f"{at}: {over} px too wide"] if over > 0 else []


def widen(page, width, height):
    page.set_viewport_size({"width": width, "height": height})


def one_role_each(pages):
    """Of each fifth page its first state: the others wait for the long run."""
    found = {}
    for page in pages:
        found.setdefault(page.url.partition("?")[0], page)
    return list(found.values())[::5]


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        (("zh-hans", "en"), one_role_each),
        pytest.param(("zh-hans", "en"), list, marks=pytest.mark.long),
        pytest.param(("en", "zh-hans"), list, marks=pytest.mark.long),
    ],
)
def test_every_page_is_accessible(world, open_context, languages, chosen):
    """Roles read in one language or the other, pages are wide or narrow, by turns; each
    opens without a fault and fits its window at every width.

    In the short run axe reads each second of them, and measures contrast on each fourth.
    The long run has all of it, for each role, and it all the other way round, too.
    """
    speaks = {NOBODY: languages[0]}
    for number, (role, account) in enumerate(world.accounts.items()):
        account.language = speaks[role] = languages[number % 2]
        account.save()
    is_long = chosen is list
    tabs, faults = {}, []
    for number, it in enumerate(chosen(world.pages())):
        is_wide = number % 2 == languages.index("en")
        language = speaks[it.role]
        if it.role not in tabs:
            account = None if it.role == NOBODY else world.accounts[it.role]
            context = open_context(account, language=language, reduced_motion="reduce")
            tabs[it.role] = context.new_page()
        page = tabs[it.role]
        is_read = is_long or number % 4 < 2
        contrast = is_long or number % 8 < 2
        widen(page, WIDE, 900)
        page.goto(it.url)
        if is_read:
            page.evaluate(AXE.axe_script)
        found = overflow_of(page, WIDE)
        if is_read and is_wide:
            found = faults_of(page, WIDE, contrast=contrast)
        widen(page, NARROW, 844)
        page.evaluate(WITHOUT_BARS, True)
        found += overflow_of(page, NARROW)
        if is_read and not is_wide:
            found += faults_of(page, NARROW, contrast=contrast)
        page.evaluate(WITHOUT_BARS, False)
        widen(page, NARROWEST, 844)
        found += overflow_of(page, NARROWEST)
        if not page.title() or page.title().startswith("·"):
            found.append("no title")
        if page.get_attribute("html", "lang") != language:
            found.append("the wrong language")
        faults += [f"{it.role} {it.url}: {fault}" for fault in found]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_errors_are_accessible(open_context, watch, scheme, liaison):
    """Pages nobody wants to see, and the colours of both schemes."""
    watch.expected |= {400, 403, 404}
    page = open_context(liaison, color_scheme=scheme).new_page()
    faults = []
    for url in ("/nothing/", "/accounts/", "/?q=%00", "/", "/visits/plan/"):
        page.goto(url)
        page.evaluate(AXE.axe_script)
        faults += [f"{url}: {fault}" for fault in faults_of(page, scheme)]

    assert not faults, "\n".join(faults)
