"""The console as a program beside another: a port that is taken is said before anything starts."""

import socket

import pytest

from groundswell.interfaces.cli import app
from groundswell.project import operating
from groundswell.project.supervisor import PortTaken

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def taken():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_taken_port_is_refused_before_the_block_is_entered(taken):
    with pytest.raises(PortTaken, match=f"port {taken} of 127.0.0.1 is taken"):
        operating.Here().serve_aside(port=taken)


def test_the_demo_says_that_a_port_is_taken_before_the_database_is_asked_for(taken, capsys):
    def refuse():
        pytest.fail("the database must not be started")

    status = app.run(
        ["demo", "--small", "--up", "--port", str(taken)],
        open_database=refuse, installation=operating.Here(),
    )  # fmt: skip

    assert status == 2
    assert capsys.readouterr().err.startswith(f"error: port {taken} of 127.0.0.1 is taken")
