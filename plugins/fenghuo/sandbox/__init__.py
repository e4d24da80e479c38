"""Sandbox: an outside world in one process, so that the whole house runs without an account.

Feeds on a scenario's clock, the SMS provider's REST side with simulated phones, an SMTP server,
the city clock, and a log of everything seen from outside. It listens on loopback only and never
passes anything on. Numbers and texts in its log are invented people's, so they stand in full.
"""
