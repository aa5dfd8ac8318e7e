"""Prints a new key for IDENTITY_KEYS: `python -m config.keys [NUMBER]`."""

import sys

from config.embedded import new_key

if __name__ == "__main__":
    print(new_key(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
