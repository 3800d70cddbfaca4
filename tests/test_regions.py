"""Regions, and the CRNs that name them."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ibm_quantum_backends import Region
from ibm_quantum_backends.errors import InvalidInputError
from ibm_quantum_backends.regions import check_crn

US = "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:4567-89::"
EU = US.replace("us-east", "eu-de")


def test_known_are_the_documents_servers() -> None:
    text = (files("ibm_quantum_backends.raw") / "_spec" / "upstream.yaml").read_text()
    servers = YAML(typ="safe").load(text)["servers"]
    assert [region.base_url for region in Region.known()] == [server["url"] for server in servers]


@pytest.mark.parametrize(("crn", "name"), [(US, "us-east"), (EU, "eu-de")])
def test_from_crn(crn: str, name: str) -> None:
    region = Region.from_crn(crn)
    assert (region.name, region) == (name, Region.named(name))
    assert region.private().base_url == f"https://private.{name}.quantum.cloud.ibm.com/api"


@pytest.mark.parametrize("name", ["us-south", "", "US-EAST", "us-east "])
def test_unknown_region_names_those_that_are(name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"expected one of us-east, eu-de, found '{name}'"):
        Region.named(name)


@pytest.mark.parametrize(
    "crn",
    [
        "",
        "crn:",
        "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:4567-89:",
        US + ":",
        US.replace("crn:", "CRN:"),
        US.replace("v1", "v2"),
        US.replace("4567-89", ""),
        US.replace("4567-89", "45 67"),
        US.replace("4567-89", "4567\n"),
        US + "\n",
        US.replace("4567-89", "é"),
        US.replace("quantum-computing", "cloud-object-storage"),
    ],
)
def test_what_is_no_crn_of_an_instance(crn: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^instance: expected") as caught:
        check_crn(crn)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_crn_or_an_error(text: str) -> None:
    with pytest.raises(InvalidInputError):
        check_crn(f"crn:v1:{text}")


def test_a_region_is_frozen_and_hashable() -> None:
    region = Region.named("us-east")
    assert {region: 1}[Region.from_crn(US)] == 1
    with pytest.raises(AttributeError):
        region.name = "eu-de"  # type: ignore[misc]
