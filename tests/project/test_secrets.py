"""Secrets come as values or as files."""

import pytest

from groundswell.project.secrets import SecretUnreadable, secret


def test_a_secret_is_the_variable_itself_or_the_text_of_its_file(tmp_path):
    (tmp_path / "url").write_text("postgresql://a@b/c\n")
    file = str(tmp_path / "url")
    assert secret({}, "URL") is None
    assert secret({"URL": "x"}, "URL") == "x"
    assert secret({"URL_FILE": file}, "URL") == "postgresql://a@b/c"
    assert secret({"URL": "x", "URL_FILE": file}, "URL") == "x"
    assert secret({"URL_FILE": ""}, "URL") is None


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SecretUnreadable, match="URL_FILE points to"):
        secret({"URL_FILE": str(tmp_path / "none")}, "URL")
