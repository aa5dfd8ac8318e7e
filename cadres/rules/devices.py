"""A browser in the words in which people know it again, and where it is."""

import ipaddress

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


def network_of(address: str | None) -> str:
    """The wide network of an address, about a provider’s in a city; empty if unclear.

    A phone gets a new address each day: the address itself would tell nothing.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    width = 16 if found.version == 4 else 32
    return str(ipaddress.ip_network((found, width), strict=False))
