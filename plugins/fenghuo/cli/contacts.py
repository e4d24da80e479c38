"""``fenghuo contacts``: who can be reached and who ever answered."""

from __future__ import annotations

from typing import Annotated

import typer

from fenghuo import editions
from fenghuo.cli.frame import AsJson, city, house, show
from fenghuo.contacts import addresses, proven
from fenghuo.store.engine import reading
from fenghuo.words import mask

app = typer.Typer(no_args_is_help=True, help="The people: who can be reached, who ever answered.")


@app.command()
def people(
    unproven: Annotated[bool, typer.Option(
        "--unproven", help="Only who has not answered in 90 days, drills counted.")] = False,
    out: Annotated[bool, typer.Option(
        "--out-of-use", help="Only whose number or mailbox is out of use.")] = False,
    as_json: AsJson = False,
) -> None:
    """Everybody who fills a post: when they last answered, what is out of use."""
    with house() as at, reading(at.engine) as connection:
        now = at.clock.now()
        book = editions.load(connection, now).contacts
        answered = proven.by_person(connection)
        never = {one.person for one in proven.unproven(book, answered, now)}
        shut: dict[str, list[str]] = {}
        for row in addresses.rows(connection):
            shut.setdefault(row.address, []).append(
                f"{row.channel} {mask(row.address)} {row.reason} {city(row.since, at)}")
        rows = []
        for name in sorted(set(book.posts.values())):
            one = book.person(name)
            closed = [said for address in (one.phone, one.email) for said in shut.get(address, [])
                      ] if one else []
            if (unproven and name not in never) or (out and not closed):
                continue
            posts = [f"{place}.{post}" for place, post in book.posts_of(name)]
            rows.append({"person": name, "name": one.name if one else "", "posts": len(posts),
                         "first_post": posts[0], "last_answered": city(answered.get(name), at),
                         "unproven": name in never, "out_of_use": "; ".join(closed)})
    show(rows, as_json, "people")
