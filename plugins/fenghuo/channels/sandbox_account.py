"""The invented account under which the house speaks to the sandbox's Twilio side.

No secret: the account exists only in the sandbox, which listens on loopback alone.
A look-up compares a message's ``date_created`` with the machine clock of its first claim, so
the sandbox stamps what it accepts with the machine clock, never with the scenario's.
"""

ACCOUNT = "AC" + "f3e9" * 8
TOKEN = "sandbox-only-never-at-the-real-provider"
SENDER = "+15005550006"
"""The number the house sends from and people answer to (Twilio's own test sender)."""
