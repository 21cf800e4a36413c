"""A client that openapi-python-client makes from the description alone takes a case from application to delivery."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
import pytest
from werkzeug.serving import make_server

from tests.http.api.conftest import OUTCOMES, PDF, House, do_outbox
from tests.office import ANSWERS, APPLICATION, LAND, TENANT

CONFIG = """
post_hooks: []
content_type_overrides:
  application/xml: application/octet-stream
  application/pdf: application/octet-stream
  application/zip: application/octet-stream
"""
NAME = "generated_greenlight"


@pytest.fixture(scope="module")
def generated(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, as a package. Any warning of the generator is a failure."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(orjson.dumps(house.app.extensions["api"].spec.to_dict()))
    (folder / "config.yml").write_text(CONFIG)
    command = [Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", folder / "openapi.json"]
    options = ["--config", folder / "config.yml", "--output-path", folder / NAME, "--meta", "none", "--fail-on-warning"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Where the application is served."""
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_case_from_application_to_delivery(house: House, generated: ModuleType, address: str) -> None:
    models = importlib.import_module(f"{NAME}.models")

    def call(operation: str, who: str | None, *args: Any, **kwargs: Any) -> Any:
        """Ask as somebody; the parsed answer with its headers."""
        room, _, verb = operation.partition(".")
        module = importlib.import_module(f"{NAME}.api.{room}.{room}_{verb}")
        secret = house.tokens[who] if who else ""
        kind = generated.AuthenticatedClient if who else generated.Client
        with kind(base_url=address, **({"token": secret} if who else {})) as client:
            answer = module.sync_detailed(*args, client=client, **kwargs)
        assert answer.status_code < 300, answer.content
        return answer

    item = call("items.item", None, LAND).parsed
    assert item.name.zh
    body = models.ApplicationBody.from_dict(
        {
            "item": LAND,
            "tenant": TENANT,
            "title": "市域铁路",
            "applicant": "温州市轨道交通建设有限公司",
            "data": APPLICATION,
        }
    )
    draft = call("cases.draft", "applicant", body=body).parsed
    upload = importlib.import_module(f"{NAME}.types").File
    for material in item.manifest["materials"]:
        if material["required"] and material["key"]:
            file = models.FileBody(file=upload(BytesIO(PDF), "file.pdf", "application/pdf"))
            call("materials.attach", "applicant", str(draft.id), body=file, requirement=material["code"])
    case = call("cases.submit", "applicant", str(draft.id), idempotency_key="one").parsed
    assert (case.status, case.code is not None) == ("received", True)

    def work(element: str) -> None:
        who, outcome = OUTCOMES[element]
        steps = call("steps.queue", who, element=element, limit=200).parsed.data
        step: UUID = next(step.id for step in steps if step.case_id == draft.id)
        seen = call("steps.claim", who, step).headers["ETag"]
        data = {"outcome": outcome, "opinion": "同意。", "data": ANSWERS[element]}
        call("steps.complete", who, step, body=models.CompletionBody.from_dict(data), if_match=seen)

    for element in ("accept", "review_land", "review_planning", "review_reform", "decide"):
        work(element)
    do_outbox(house)
    work("deliver")

    shown = call("cases.case", "applicant", case.code).parsed
    assert (shown.status, shown.result) == ("delivered", "granted")
    grant = next(document for document in shown.documents if document.kind == "grant")
    pdf = call("documents.content", "applicant", case.code, grant.id)
    assert pdf.parsed.payload.read().startswith(b"%PDF-")
    assert call("documents.verify", None, grant.verification_code).parsed.number == grant.number
    assert call("documents.track", None, case.code).parsed.status == "delivered"


def test_a_refusal_is_parsed(house: House, generated: ModuleType, address: str) -> None:
    cases = importlib.import_module(f"{NAME}.api.cases.cases_case")
    with generated.AuthenticatedClient(base_url=address, token=house.tokens["applicant"]) as client:
        problem = cases.sync(str(UUID(int=7)), client=client)
    assert (problem.code, problem.status) == ("not-found", 404)
