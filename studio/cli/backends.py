"""`studio backends`: accounts at vendors, on the command line; and what must be agreed before anything is sent."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.table import Table

from studio.core.accounts import Account
from studio.core.errors import StudioError, UsageError
from studio.core.jobs import Job
from studio.services import accounts, export, money
from studio.services.export import IfExists
from studio.services.studio import Studio

from .terminal import asks, confirmed, err, out

Opened = Callable[[], AbstractContextManager[Studio]]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], opened: Opened) -> None:
    parser = commands.add_parser("backends", help="accounts at vendors: list, add, test, remove")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    c = actions.add_parser("list", help="the accounts, and what they have cost this month")
    c.set_defaults(do=lambda a: _with(opened, _list))

    c = actions.add_parser("add", help="add an account, or change one")
    c.add_argument("name", metavar="NAME", help="what you call it")
    c.add_argument("--kind", required=True, metavar="KIND", help=_kinds())
    c.add_argument("--url", default="", metavar="BASE", help="address of the server, if it is not the vendor's own")
    c.add_argument("--model", default="", metavar="M", help="the model to take if a job names none")
    key = c.add_mutually_exclusive_group()
    key.add_argument("--key-stdin", action="store_true", help="read the key from the standard input")
    key.add_argument("--key-env", metavar="VARIABLE", help="the key stays in this environment variable")
    c.add_argument("--key-file", action="store_true", help="keep it in a file for you alone, where there is no keyring")
    c.add_argument("--tier", default="", help="which of the vendor's limits apply")
    c.add_argument("--price", type=float, metavar="X", help="what a minute costs, in your currency")
    c.add_argument("--speech-price", type=float, metavar="X", help="what 1,000 characters of spoken text cost")
    c.add_argument("--ask-above", type=float, metavar="X", help="ask before a recording or a text that costs more")
    c.add_argument("--monthly-cap", type=float, metavar="X", help="then jobs wait")
    c.add_argument("--at-once", type=int, default=2, metavar="N", help="jobs at the same time (2)")
    c.add_argument("--insecure", action="store_true", help="allow http to another computer, as in your own network")
    c.add_argument("--certificates", default="", metavar="FILE", help="certificates of a private authority")
    c.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="a switch of this kind of vendor"
    )
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _add(studio, a)))

    for name, does, say in (
        ("test", _test, "try it without sending anything"),
        ("remove", _remove, "forget it and its key"),
    ):
        c = actions.add_parser(name, help=say)
        c.add_argument("name", metavar="NAME")
        c.set_defaults(do=lambda a, does=does: _with(opened, lambda studio: does(studio, a.name)))

    c = actions.add_parser("kept", help="the transcripts that the vendor keeps (STT.ai)")
    c.add_argument("name", metavar="NAME")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _kept(studio, a.name)))

    c = actions.add_parser("export", help="the file of one of them")
    c.add_argument("name", metavar="NAME")
    c.add_argument("id", metavar="ID", help="see `studio backends kept NAME`")
    c.add_argument("target", type=Path, metavar="OUT", help="its ending says the format: txt, srt, vtt, json, ...")
    c.add_argument("--overwrite", action="store_true")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _export(studio, a)))

    c = actions.add_parser("usage", help="what was used, day by day, as the vendor tells it (STT.ai)")
    c.add_argument("name", metavar="NAME")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _usage(studio, a.name)))


def agreed(studio: Studio, name: str, *, text: bool = False) -> bool:
    """Tells where sound goes (or text to be spoken) before it goes there for the first time, and asks; False: nothing
    is to be sent."""
    account = studio.accounts.get(name)
    if account.text_agreed if text else account.agreed:
        return True
    err.print(accounts.notice(account))
    if asks() and not confirmed("Send your texts there?" if text else "Send your recordings there?"):
        err.print("Nothing was sent.")
        return False
    studio.accounts.agree(name)  # who names an account in a script has decided
    return True


def affordable(studio: Studio, name: str, jobs: Sequence[Job], yes: bool) -> bool:
    """Tells what jobs may cost, and asks where the account says so; False: nothing is to be sent."""
    account = studio.accounts.get(name)
    fresh = [job for job in jobs if not studio.library.submissions.of_job(job.id)]
    planned = money.estimate(account, [job.duration for job in fresh])
    if planned.cost is None or planned.dearest is None:
        return True
    spent = money.spent(studio, account)
    err.print(f"{planned.minutes:.1f} min, about {planned.cost:.2f}; {spent.cost:.2f} were spent this month.")
    if yes or account.ask_above is None or planned.dearest <= account.ask_above:
        return True
    dear = f"A recording costs about {planned.dearest:.2f}, more than {account.ask_above:.2f}."
    if not asks():
        raise UsageError(dear, "Add --yes to send it all the same.")
    if confirmed(f"{dear} Send it?"):
        return True
    err.print("Nothing was sent.")
    return False


def at_once(studio: Studio, name: str) -> int:
    """How many jobs may run at the same time: at an account as many as it allows, on this computer one."""
    return studio.accounts.get(name).at_once if name else 1


def _kinds() -> str:
    """The kinds of vendors, and which of them cannot write down what is said."""
    return ", ".join(f"{info.kind} (speaks only)" if not info.hears else info.kind for info in accounts.kinds())


def _with(opened: Opened, do: Callable[[Studio], int]) -> int:
    with opened() as studio:
        return do(studio)


def _list(studio: Studio) -> int:
    table = Table("name", "vendor", "server", "model", "key", "this month", box=None, pad_edge=False)
    for account in studio.accounts.all():
        spent = money.spent(studio, account)
        told = [f"{spent.minutes:.0f} min"] if spent.minutes else []
        told += [f"{spent.characters:,} characters"] if spent.characters else []
        told += [f"{spent.cost:.2f}"] if account.price is not None or account.speech_price is not None else []
        cap = f" of {account.monthly_cap:.2f}" if account.monthly_cap is not None else ""
        table.add_row(
            account.name,
            *_vendor(account),
            account.model,
            _where(studio, account),
            ", ".join(told) + cap if spent.minutes or spent.characters else "",
        )
    out.print(table) if table.rows else err.print("No accounts yet. Add one: studio backends add NAME --kind KIND")
    return 0


def _vendor(account: Account) -> tuple[str, str]:
    try:
        return accounts.info_of(account.kind).title, accounts.host_of(account)
    except StudioError:  # its package was removed
        return account.kind, account.url


def _where(studio: Studio, account: Account) -> str:
    """Where its key is; never the key."""
    if variable := account.options.get("key_env"):
        return f"${variable}" if os.environ.get(variable) else f"${variable} is not set"
    return studio.library.secrets.place(account.name) or "none"


def _add(studio: Studio, a: argparse.Namespace) -> int:
    options = dict(_pair(entry) for entry in a.option)
    if a.key_env:
        options["key_env"] = a.key_env
    info = accounts.info_of(a.kind)
    key = sys.stdin.readline().strip() if a.key_stdin else None
    if a.key_stdin and not key:
        raise UsageError("The standard input holds no key.", "Give it as its first line.")
    if info.key_needed and not key and not a.key_env and not studio.library.secrets.place(a.name):
        raise UsageError(f"{info.title} needs a key.", "Give it with --key-stdin or --key-env VARIABLE.")
    account = Account(
        a.name,
        a.kind,
        url=a.url,
        model=a.model,
        tier=a.tier,
        price=a.price,
        speech_price=a.speech_price,
        ask_above=a.ask_above,
        monthly_cap=a.monthly_cap,
        at_once=a.at_once,
        insecure=a.insecure,
        certificates=a.certificates,
        options=options,
    )
    account = studio.accounts.put(account, key, "file" if a.key_file else "keyring")
    err.print(accounts.notice(account))
    err.print(f"“{account.name}” was added. Try it: studio backends test {account.name}")
    return 0


def _pair(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if not (name and equals):
        raise UsageError(f"“{entry}” is no option.", "Say NAME=VALUE.")
    return name, value


def _test(studio: Studio, name: str) -> int:
    tested = studio.accounts.test(name)
    what = "sound" if accounts.info_of(studio.accounts.get(name).kind).hears else "text"
    err.print(f"{tested.sentence} Answered in {tested.took} ms. No {what} was sent.")
    for model in tested.models:
        out.print(f"{model.id}  {model.title}".rstrip())
    for voice in tested.voices:
        out.print(f"@{name}/{voice.id}  {voice.title}".rstrip())
    return 0


def _remove(studio: Studio, name: str) -> int:
    studio.accounts.remove(name)
    err.print(f"“{name}” and its key were removed.")
    return 0


def _kept(studio: Studio, name: str) -> int:
    table = Table("id", "title", "state", "language", "made", box=None, pad_edge=False)
    for kept in studio.accounts.kept(name):
        table.add_row(kept.id, kept.title, kept.status, kept.language or "", kept.created)
    out.print(table)
    return 0


def _export(studio: Studio, a: argparse.Namespace) -> int:
    content = studio.accounts.exported(a.name, a.id, a.target.suffix.removeprefix(".").lower())
    written = export.write_file(a.target, content, IfExists.REPLACE if a.overwrite else IfExists.REFUSE)
    err.print(f"Written: {written}")
    return 0


def _usage(studio: Studio, name: str) -> int:
    days = studio.accounts.usage(name)
    titles = list(dict.fromkeys(key for day in days for key in day))
    table = Table(*titles, box=None, pad_edge=False)
    for day in days:
        table.add_row(*(str(day.get(title, "")) for title in titles))
    out.print(table)
    return 0
