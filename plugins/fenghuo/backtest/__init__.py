"""Years of observations through the rules: what they would have said, to whom, and when."""

from fenghuo.backtest.chapters import Word
from fenghuo.backtest.effect import Effect, past_effect
from fenghuo.backtest.outcome import Figures, Outcome
from fenghuo.backtest.running import run

__all__ = ["Effect", "Figures", "Outcome", "Word", "past_effect", "run"]
