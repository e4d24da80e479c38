"""The console: one page for whoever is on duty, read-only, for signed-in users alone.

Plain FastAPI; who is signed in is the business of the dependency that it is given.
"""
