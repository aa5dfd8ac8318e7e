"""A browser in the words in which people know it again."""

# The first that is found wins: most browsers also name those they descend from.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("UOS", "UOS"),
    ("Linux", "Linux"),
)


def device_in_words(agent: str) -> str:
    """Browser and system, as far as they can be told; at most 40 characters."""
    names = (
        next((name for mark, name in known if mark in agent), "")
        for known in (BROWSERS, SYSTEMS)
    )
    return " · ".join(name for name in names if name)
