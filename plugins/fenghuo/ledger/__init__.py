"""The ledger: the append-only audit trail that a stranger can check.

Names are loaded at first use, so that ``python -m fenghuo.ledger.verify`` runs where only
``cryptography`` is installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fenghuo.ledger.compare import Fault
    from fenghuo.ledger.entries import NotPlain, append, append_many
    from fenghuo.ledger.keys import KeyUnusable, public_key
    from fenghuo.ledger.notes import Key
    from fenghuo.ledger.proofs import check_file, check_growth, check_proof
    from fenghuo.ledger.reading import (
        NotSealed,
        export,
        prove,
        prove_answers,
        prove_growth,
        verify_log,
    )
    from fenghuo.ledger.sealing import LedgerDamaged, seal
    from fenghuo.ledger.verify import Verdict

_HOME = {
    "Fault": "compare", "Key": "notes", "KeyUnusable": "keys", "LedgerDamaged": "sealing",
    "NotPlain": "entries", "NotSealed": "reading", "Verdict": "verify", "append": "entries",
    "append_many": "entries", "check_file": "proofs", "check_growth": "proofs",
    "check_proof": "proofs", "export": "reading", "prove": "reading",
    "prove_answers": "reading", "prove_growth": "reading", "public_key": "keys",
    "seal": "sealing", "verify_log": "reading",
}

__all__ = [
    "Fault", "Key", "KeyUnusable", "LedgerDamaged", "NotPlain", "NotSealed", "Verdict", "append",
    "append_many", "check_file", "check_growth", "check_proof", "export", "prove",
    "prove_answers", "prove_growth", "public_key", "seal", "verify_log",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
