"""Finding the instances of an account, and choosing one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import SANDBOX, asked

from ibm_quantum_backends import Instance, Region
from ibm_quantum_backends.errors import CredentialsError, DecodeError, InvalidInputError, NotFoundError, ServerError
from ibm_quantum_backends.instances import choose_instance, read_instances
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

CRN = "crn:v1:bluemix:public:quantum-computing:{}:a/sandbox:{}::"
US, EU, OTHER = CRN.format("us-east", "1"), CRN.format("eu-de", "2"), CRN.format("us-east", "3")
NAMED = {"first": US, "second": EU, "third": OTHER}


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(Recording(SANDBOX), instance=NAMED) as server:
        yield server


@pytest.fixture
def account(shared: Server, make: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of an account with three instances."""
    shared.requests.clear()
    shared.faults.clear()
    return lambda **options: make(
        **{"api_key": "sandbox", "base_url": shared.base_url, "iam_url": shared.iam_url, **options}
    )


def test_the_only_instance_is_used_and_looked_up_once(connect: Callable[..., Any], api: Server) -> None:
    client = connect(instance=None)
    assert len(client.list()) == len(client.list()) == 3
    assert (asked(api, "/v3/resources/search"), asked(api)) == (1, 2)
    assert api.requests[-1].headers["service-crn"].endswith(":us-east:a/sandbox:sandbox::")


def test_several_are_an_error_that_lists_them(account: Callable[..., Any], shared: Server) -> None:
    with pytest.raises(CredentialsError) as caught:
        account().list()
    for name, crn in NAMED.items():
        assert f"{name} ({crn.split(':')[5]}, {crn})" in str(caught.value)
    assert asked(shared) == 0


@pytest.mark.parametrize(
    ("options", "crn"),
    [({"instance": "second"}, EU), ({"region": "eu-de"}, EU), ({"instance": "third", "region": "us-east"}, OTHER)],
)
def test_chosen_by_name_and_region(
    account: Callable[..., Any], shared: Server, options: dict[str, str], crn: str
) -> None:
    account(**options).list()
    assert shared.requests[-1].headers["service-crn"] == crn


@pytest.mark.parametrize("options", [{"instance": "fourth"}, {"instance": "second", "region": "us-east"}])
def test_wrong_name_is_an_error_that_lists_them(account: Callable[..., Any], options: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match=rf"first \(us-east, {US}\).*found '{options['instance']}'"):
        account(**options).list()


def test_with_a_bearer_token(account: Callable[..., Any], shared: Server) -> None:
    client = account()
    assert {instance.name: instance.crn for instance in client.instances()} == NAMED
    token = shared.requests[-1].headers["authorization"].removeprefix("Bearer ")
    shared.requests.clear()
    by_token = account(api_key=None, token=token, instance="first")
    assert len(by_token.list()) == 3
    assert asked(shared, "/identity/token") == 0


def test_instances(account: Callable[..., Any]) -> None:
    assert account().instances()[1] == Instance("second", EU, "eu-de", "sandbox-plan")


@pytest.mark.parametrize("items", [[{"name": "x"}], [{"crn": 5}, 5, None]])
def test_a_page_of_nothing_that_fits_is_no_account_without_instances(
    items: list[Any], account: Callable[..., Any], shared: Server
) -> None:
    body = json.dumps({"items": items}).encode()
    shared.faults.append(Fault(status=200, body=body, path="/v3/resources/search"))
    with pytest.raises(DecodeError, match=r"^\$\.items: expected objects with crn, found none"):
        account().instances()


def test_paging(make: Callable[..., Any]) -> None:
    many = {f"name{i}": CRN.format("us-east", i) for i in range(200)}
    with Server(Recording(SANDBOX), instance=many) as server:
        client = make(api_key="sandbox", base_url=server.base_url, iam_url=server.iam_url, instance="name199")
        assert {instance.name: instance.crn for instance in client.instances()} == many
        assert asked(server, "/v3/resources/search") == 3  # the third page is empty
        assert len(client.list()) == 3


def test_list_all(account: Callable[..., Any], shared: Server) -> None:
    shared.faults.append(Fault(status=404, path="/api/v1/backends"))
    found = account(retries=0, instance=US).list_all(concurrency=1)
    assert [instance.crn for instance in found] == list(NAMED.values())
    failed, *listed = found.values()
    assert isinstance(failed, NotFoundError)
    assert [len(devices) for devices in listed] == [3, 3]
    assert [r.headers["service-crn"] for r in shared.requests if "/api/" in r.path] == list(NAMED.values())
    assert [instance.name for instance in account(region="eu-de").list_all()] == ["second"]


def test_a_failed_search_is_shared_by_those_who_wait(api: Server, connect: Callable[..., Any]) -> None:
    api.faults.append(Fault(status=500, delay=0.3, path="/v3/resources/search", times=None))
    results = connect(instance=None, retries=0).fleet(names=["ibm_boston", "ibm_sherbrooke"], concurrency=2)
    assert all(isinstance(of["configuration"], ServerError) for of in results.values())
    assert asked(api, "/v3/resources/search") == 1


@pytest.mark.parametrize("variable", ["IAM_URL", "GLOBAL_SEARCH_URL"])
def test_hosts_of_the_environment(
    api: Server, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("IAM_URL", api.iam_url)
    monkeypatch.setenv(variable, f"{api.iam_url}/")
    assert len(make(api_key="sandbox", base_url=api.base_url).list()) == 3


def test_pages_that_are_not_as_they_should_be() -> None:
    page = {
        "items": [
            5,
            {"crn": 5},
            {"crn": US, "doc": {"extensions": {}}},
            {"crn": EU, "name": None, "service_plan_unique_id": 7},
            {"crn": "short"},
        ],
        "search_cursor": 5,
    }
    assert read_instances(page) == ([Instance(EU, EU, "eu-de"), Instance("short", "short", "")], None)
    assert read_instances({"items": [], "search_cursor": "more"}) == ([], None)


def test_an_instance_that_is_listed_twice_is_one() -> None:
    assert choose_instance([Instance("name", US, "us-east")] * 2, None, None) == US


def test_choosing() -> None:
    same = [Instance("name", US, "us-east"), Instance("name", EU, "eu-de")]
    assert choose_instance(same, "name", Region.named("eu-de")) == EU
    with pytest.raises(CredentialsError, match="several instances"):
        choose_instance(same, "name", None)
    with pytest.raises(CredentialsError, match="several instances") as caught:
        choose_instance([Instance("\x1b[31m\n", US, "us-east"), *same], None, None)
    assert str(caught.value).isprintable()
    with pytest.raises(CredentialsError, match=r"no instance in eu-de .*first"):
        choose_instance([Instance("first", US, "us-east")], None, Region.named("eu-de"))
    with pytest.raises(CredentialsError, match=r"no instance that the key can see \(none\)"):
        choose_instance([], None, None)


@pytest.mark.parametrize("crn", ["crn:v1:é", "\ud800", "crn", "crn:v1:a\r\nX-Header: b"])
def test_an_instance_of_no_crn_does_not_hide_the_others(crn: str, connect: Callable[..., Any], api: Server) -> None:
    items = [{"crn": crn, "name": "odd"}, {"crn": DEFAULT_INSTANCE, "name": "good"}]
    api.faults.append(Fault(body=json.dumps({"items": items}).encode(), path="/v3/"))
    found = {instance.name: result for instance, result in connect(instance=None).list_all().items()}
    assert isinstance(found["odd"], InvalidInputError)
    assert len(found["good"]) == 3
