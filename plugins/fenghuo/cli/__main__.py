"""``python -m fenghuo.cli``: the command without its script on the PATH."""

from fenghuo.cli import app

app()
