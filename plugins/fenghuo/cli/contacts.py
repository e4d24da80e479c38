"""``fenghuo contacts``: who can be reached and who ever answered; a city's own list taken in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from fenghuo import editions
from fenghuo.cli.frame import WRONG_USE, AsJson, city, house, refused, show
from fenghuo.contacts import addresses, importing, proven
from fenghuo.editions.disk import SIZE_CAP
from fenghuo.editions.placing import put
from fenghuo.editions.reading import examined
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.words import Refused, mask

_FOLDER = "contacts/"

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
            closed = [said for address in one.addresses for said in shut.get(address, [])
                      ] if one else []
            if (unproven and name not in never) or (out and not closed):
                continue
            posts = [f"{place}.{post}" for place, post in book.posts_of(name)]
            rows.append({"person": name, "name": one.name if one else "", "posts": len(posts),
                         "first_post": posts[0], "last_answered": city(answered.get(name), at),
                         "unproven": name in never, "out_of_use": "; ".join(closed)})
    show(rows, as_json, "people")


@app.command(name="import")
def import_(
    lists: Annotated[list[Path], typer.Argument(
        help="Lists as CSV or XLSX; those that need each other together.")],
    dry_run: Annotated[bool, typer.Option(
        "--dry-run", help="Only show who would be added, changed and removed.")] = False,
    whole: Annotated[bool, typer.Option(
        "--whole", help="The list is complete: what it does not name is removed.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook; default: the first.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(
        "--leave-out", help="A heading to pass over; may be given again.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take lists of people, sites, districts or shifts into contacts/: all of it, or nothing and
    every fault at its line and column."""
    settings = Settings()
    try:
        contents = {}
        for path in lists:
            with path.open("rb") as opened:
                contents[path.name] = opened.read(SIZE_CAP + 1)
        files = editions.files_on_disk(settings.path(settings.rules),
                                       settings.path(settings.contacts))
        plan = importing.plan({name: content for name, content in files.items()
                               if name.startswith(_FOLDER)}, contents, sheet=sheet,
                              passed=leave_out or (), whole=whole)
        _, faults = examined(files | plan.files, "")
        if faults:
            raise Refused(faults)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(WRONG_USE) from error
    except Refused as fault:
        raise refused(fault) from fault
    show([{"what": one.what, "key": one.key, "change": one.change, "said": one.said}
          for one in plan.changes], as_json, "changes")
    if not dry_run:
        put(settings.path(settings.contacts), {
            name.removeprefix(_FOLDER): content for name, content in plan.files.items()})
    if not as_json:
        counts = Counter(one.change for one in plan.changes)
        said = ", ".join(f"{counts[word]} {word}" for word in ("added", "changed", "removed"))
        typer.echo(f"{said}; " + ("nothing was written" if dry_run or not plan.files else
                                  f"written: {', '.join(sorted(plan.files))} (fenghuo adopt)"))

