"""`amlbot serve`: how it starts, what it withstands, and how it ends."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from amlbot.cli import main

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from amlbot.web import limits


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def serving(knowledge: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The command in a process of its own, ready to answer."""
    port = free_port()
    command = [sys.executable, "-m", "amlbot", "serve", "--port", str(port), *options]
    process = subprocess.Popen(
        [*command, "--knowledge", str(knowledge)], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(port)
        yield port, process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError


def ask(port: int, text: str, history: Sequence[str] = ()) -> dict[str, object]:
    turns = [{"role": "user", "content": said} for said in history]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/api/ask", json.dumps({"text": text, "history": turns}))
    response = connection.getresponse()
    reply: dict[str, object] = json.loads(response.read())
    connection.close()
    assert response.status == 200
    return reply


def test_it_says_where_it_is_and_ends_cleanly(small_file: Path) -> None:
    with serving(small_file) as (port, process):
        assert ask(port, "what is idh1")["intent"] == "idh1-what"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    assert said.splitlines() == [
        f"Open http://127.0.0.1:{port}/ in a browser. "
        f"Chat frontends connect to http://127.0.0.1:{port}/v1",
        "Press Ctrl-C to stop.",
    ]


def test_ctrl_c_ends_it_without_a_traceback(small_file: Path) -> None:
    with serving(small_file) as (_, process):
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    assert process.returncode in (0, 130, -signal.SIGINT)


def test_a_request_under_way_is_answered_before_the_end(small_file: Path) -> None:
    with serving(small_file) as (port, process):
        body = json.dumps({"text": "what is idh1"}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            head = f"POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body[:5])
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            client.sendall(body[5:])
            answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"IDH1 is a gene." in answer


def test_any_worker_gives_the_same_reply(small_file: Path) -> None:
    with serving(small_file, "--workers", "2") as (port, _):
        assert ask(port, "1", ["what is idh1"])["intent"] == "idh2-what"
        replies = {json.dumps(ask(port, "what is idh1")) for _ in range(12)}
    assert len(replies) == 1


def test_two_hundred_at_once(small_file: Path) -> None:
    start = threading.Barrier(200)

    def one(_: int) -> object:
        start.wait(30)
        return ask(port, "what is idh1")["intent"]

    with serving(small_file) as (port, _), ThreadPoolExecutor(200) as pool:
        assert set(pool.map(one, range(200))) == {"idh1-what"}


def test_slow_clients_keep_nobody_waiting(small_file: Path) -> None:
    with serving(small_file) as (port, _):
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
        half = socket.create_connection(("127.0.0.1", port), timeout=30)
        half.sendall(b"POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{")
        idle[0].sendall(b"GET / HT")
        assert ask(port, "what is idh1")["intent"] == "idh1-what"
        answer = half.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 408")
        for client in (*idle, half):
            client.settimeout(limits.HEADER_SECONDS)
            assert client.recv(1) == b"", "hung up on"
            client.close()


def test_a_port_that_is_taken(small_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status = main(["serve", "--port", port, "--knowledge", str(small_file)], environ={})
    assert status == 1
    error = capsys.readouterr().err
    assert error.startswith(f"amlbot: cannot listen on 127.0.0.1 port {port}: ")
    assert error.endswith("(choose another with --host and --port)\n")


def test_wrong_knowledge_is_told_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "k.yaml").write_text("intents: [{id: a}]")
    assert main(["serve", "--workers", "2", "--knowledge", str(tmp_path)], environ={}) == 1
    assert "an intent without answer" in capsys.readouterr().err


def test_without_its_packages_it_says_what_to_install(
    small_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("amlbot.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    assert main(["serve", "--knowledge", str(small_file)], environ={}) == 1
    assert "pip install 'amlbot[web]'" in capsys.readouterr().err


SERVING = (Path(__file__).parents[1] / "docs" / "serving.md").read_text(encoding="utf-8")


def documented(language: str) -> str:
    [block] = re.findall(rf"```{language}\n(.*?)```", SERVING, re.DOTALL)
    return str(block)


def test_behind_nginx(small_file: Path, tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if not nginx:
        pytest.skip("no nginx")
    with serving(small_file) as (one, first), serving(small_file) as (two, _):
        port = free_port()
        config = documented("nginx").replace("10.0.0.11:8000", f"127.0.0.1:{one}")
        config = config.replace("10.0.0.12:8000", f"127.0.0.1:{two}").replace("8080", str(port))
        paths = [f"{kind}_temp_path {tmp_path};" for kind in ("client_body", "proxy", "fastcgi")]
        paths += [f"{kind}_temp_path {tmp_path};" for kind in ("uwsgi", "scgi")]
        frame = f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        frame += f"http {{ access_log off; {' '.join(paths)}\n{config} }}"
        (tmp_path / "nginx.conf").write_text(frame, encoding="utf-8")
        process = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf")])
        try:
            wait_for(port)
            assert ask(port, "1", ["what is idh1"])["intent"] == "idh2-what"
            first.terminate()
            first.communicate(timeout=30)
            replies = [ask(port, "what is idh1")["intent"] for _ in range(6)]
        finally:
            process.terminate()
            process.wait(30)
    assert replies == ["idh1-what"] * 6


def test_the_cluster_is_told_of_the_port_and_the_probe_that_there_are() -> None:
    deployment, service = yaml.safe_load_all(documented("yaml"))
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    probe = {"httpGet": {"path": "/healthz", "port": 8000}}
    assert container["readinessProbe"] == probe
    assert container["ports"] == [{"containerPort": 8000}]
    assert service["spec"]["ports"][0]["targetPort"] == 8000
    assert "amlbot serve --host" in documented("dockerfile").replace('", "', " ")
