"""What people do on a duty night: each act by a named person, with a reason, in the ledger."""
