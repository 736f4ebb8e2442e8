"""A Spark cluster of separate processes on this machine's loopback: a master and workers of a core each."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyspark

SPARK = Path(pyspark.__file__).parent
PATIENCE_SECONDS = 60
MEMORY = "512m"
_libc = ctypes.CDLL(None)


def die_with_parent():
    """Lets the system end a process when ours dies, however it does: prctl(2), PR_SET_PDEATHSIG."""
    _libc.prctl(1, signal.SIGKILL)


def children(process_id):
    """The ids of the processes below one, by proc(5)."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                text = Path("/proc", name, "stat").read_text()
            except OSError:
                continue  # it ended meanwhile
            parents.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(name))
    found = []
    waiting = [process_id]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def cpu_seconds(process_ids):
    """Seconds of CPU that processes took, those that they waited for included, by proc(5)."""
    ticks = 0
    for number in process_ids:
        fields = Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def kill(process):
    """Ends a process of ours and all below it at once, as a machine's failure does."""
    for one in [process.pid, *children(process.pid)]:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


class Cluster:
    """To be used in a `with`."""

    def __init__(self, folder, workers=2):
        """- folder: for what Spark writes."""
        self.folder = Path(folder)
        self.workers = []
        self._count = workers
        self._master = None
        self._logs = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    @property
    def url(self):
        return f"spark://127.0.0.1:{self._port}"

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            self._master = self._start(
                "master.Master", "--host", "127.0.0.1", "--port", self._port, "--webui-port", 0)
            self._await("master.Master", "I have been elected leader")
            for _ in range(self._count):
                self.add_worker()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in [*self.workers, self._master]:
            if process is not None:
                kill(process)
        for log in self._logs:
            log.close()

    def add_worker(self):
        """Starts a worker, and waits until it is known to the master."""
        number = len(self._logs)
        self.workers.append(
            self._start(
                "worker.Worker", "--host", "127.0.0.1", "--port", 0, "--webui-port", 0,
                "--cores", 1, "--memory", MEMORY, "--work-dir", self.folder / f"work-{number}",
                self.url))
        self._await("worker.Worker", "Successfully registered with master")

    def kill_worker(self):
        """Kills the first worker with its executors and the stages that they run."""
        kill(self.workers.pop(0))

    def kill_executors(self):
        """Kills what runs below the workers, which begin anew."""
        for worker in self.workers:
            for one in children(worker.pid):
                try:
                    os.kill(one, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def environment(self, **settings):
        """For a driver. Settings are Spark's, with _ for dots."""
        stated = {
            "spark_driver_host": "127.0.0.1", "spark_driver_memory": "512m",
            "spark_executor_memory": MEMORY, "spark_ui_enabled": "false",
            "spark_executor_extraJavaOptions": "-XX:+UseSerialGC",
        } | settings
        options = [f"--conf {key.replace('_', '.')}={value}" for key, value in stated.items()]
        return os.environ | {
            "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_DIRS": str(self.folder / "local"),
            "PYSPARK_SUBMIT_ARGS": " ".join(["--master", self.url, *options, "pyspark-shell"]),
        }

    def _start(self, name, *arguments):
        log = open(self.folder / f"{len(self._logs)}.log", "wb")
        self._logs.append(log)
        return subprocess.Popen(
            [SPARK / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent,
            env=os.environ | {
                "SPARK_HOME": str(SPARK), "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_LOCAL_DIRS": str(self.folder / "local"), "SPARK_DAEMON_MEMORY": "192m",
                "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC",
            })

    def _await(self, name, line):
        path = self._logs[-1].name
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            text = Path(path).read_text(errors="replace")
            if re.search(re.escape(line), text, re.IGNORECASE):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{path}: expected {name} to say {line!r} in {PATIENCE_SECONDS} s: {text}")
