"""SlashML: its own ways beyond the common contract."""

from __future__ import annotations

from studio.engines.remote.slashml import SlashML
from tests.engines.remote.contract import Case, Polled, Uploading
from tests.vendors.slashml import BASE
from tests.vendors.slashml import SlashML as Stub


class TestContract(Polled, Uploading):
    case = Case(
        kind=SlashML,
        stub=Stub,
        base=f"{BASE}/",
        submit=f"{BASE}/jobs/",
        poll=f"{BASE}/jobs/{{id}}/",
        upload=f"{BASE}/upload/",
        failing={"failure": "the provider gave up"},
        reason="the provider gave up",
        strange={"running_statuses": ["warming_up"]},
    )
