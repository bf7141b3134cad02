"""Networks that an operator allows."""

from ipaddress import ip_network

import pytest

from groundswell.project import reach


def test_networks_stand_between_commas_or_spaces() -> None:
    assert reach.parsed(None) == reach.parsed("") == ()
    assert reach.parsed("10.1.0.0/16, fd00:5::/64") == (
        ip_network("10.1.0.0/16"),
        ip_network("fd00:5::/64"),
    )
    assert reach.parsed("127.0.0.1") == (ip_network("127.0.0.1/32"),)


@pytest.mark.parametrize("text", ["intranet", "10.1.2.3/16", "10.0.0.0/40", "http://10.0.0.1"])
def test_what_is_no_network_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(reach.BadNetworks, match="such as 10"):
        reach.parsed(text)
