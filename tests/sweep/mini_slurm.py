"""A SLURM of two nodes, all on this machine, for the length of a test.

No systemd, no control groups, no database; nothing outside its folder is touched. It needs root and
the programs of Debian's packages slurm-wlm and munge. By hand:

    mini_slurm.py FOLDER      starts it, prints how to reach it, and ends it at Ctrl-C
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")

CONFIGURATION = """
ClusterName=r50mini
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=8
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/completed.txt
SlurmdParameters=config_overrides
TaskProlog={folder}/prolog
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=1000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=1000
PartitionName=spot Nodes=n[1-2] Default=YES MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE
PartitionName=prio Nodes=n[1-2] MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF
"""

# What it prints is the environment of each job: n2 is a node without vector instructions, as far
# as libtorch can see.
PROLOG = """#!/bin/sh
[ "$SLURMD_NODENAME" != n2 ] || echo export ATEN_CPU_CAPABILITY=default
"""


def missing():
    """Why there can be no SLURM here; empty if there can."""
    if os.geteuid() != 0:
        return "a SLURM of its own needs root"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if lacking:
        return f"{', '.join(lacking)} not installed (packages slurm-wlm and munge)"
    try:
        pwd.getpwnam("munge")
    except KeyError:
        return "there is no user munge (package munge)"
    return ""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class MiniSlurm:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.environment = dict(os.environ, SLURM_CONF=str(self.folder / "slurm.conf"),
                                PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")

    def run(self, *words, check=True):
        done = subprocess.run(words, env=self.environment, text=True, capture_output=True,
                              timeout=60, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    def queue(self, fields="%F_%K %T %r %N"):
        """The words of a line a job."""
        lines = self.run("squeue", "-h", "-r", "-o", fields, check=False).splitlines()
        return [line.split() for line in lines]

    def start(self):
        os.chmod(self.folder, 0o755)
        for name in ("state", "spool-n1", "spool-n2"):
            (self.folder / name).mkdir()
        (self.folder / "completed.txt").touch()
        self.start_munge()
        host = socket.gethostname().split(".")[0]
        text = CONFIGURATION.format(folder=self.folder, host=host, ports=free_ports(3))
        (self.folder / "slurm.conf").write_text(text)
        prolog = self.folder / "prolog"
        prolog.write_text(PROLOG)
        prolog.chmod(0o755)
        configuration = str(self.folder / "slurm.conf")
        self.run("slurmctld", "-c", "-f", configuration)
        for node in ("n1", "n2"):
            self.run("slurmd", "-N", node, "-f", configuration)
        for _ in range(100):
            if self.run("sinfo", "-h", "-N", "-p", "spot", "-o", "%t", check=False).split() == [
                    "idle"] * 2:
                return
            time.sleep(0.1)
        raise RuntimeError("its nodes did not become idle: see " + str(self.folder))

    def start_munge(self):
        folder = self.folder / "munge"
        folder.mkdir(mode=0o711)
        key = folder / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        user = pwd.getpwnam("munge")
        for path in (folder, key):
            os.chown(path, user.pw_uid, user.pw_gid)
        self.run("setpriv", "--reuid", "munge", "--regid", "munge", "--init-groups", "munged",
                 f"--socket={folder}/socket", f"--key-file={key}", f"--pid-file={folder}/pid",
                 f"--log-file={folder}/log", f"--seed-file={folder}/seed")

    def stop(self):
        """Jobs outlive slurmd: they go first. Then the daemons, by the ids they have written."""
        ids = sorted({words[0] for words in self.queue("%A")})
        if ids:
            self.run("scancel", "--full", "--signal=KILL", *ids, check=False)
            self.run("scancel", *ids, check=False)
        for _ in range(100):
            if not self.queue("%A"):
                break
            time.sleep(0.1)
        for name in ("slurmd-n1.pid", "slurmd-n2.pid", "slurmctld.pid", "munge/pid"):
            path = self.folder / name
            if not path.exists():
                continue
            pid = int(path.read_text())
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
            self.wait_for_end(pid)

    @staticmethod
    def wait_for_end(pid):
        for _ in range(100):
            try:
                state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return
            if state == "Z":
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)


def main():
    if missing():
        sys.exit(missing())
    os.makedirs(sys.argv[1])
    slurm = MiniSlurm(sys.argv[1])
    try:
        slurm.start()
        print(f"export SLURM_CONF={slurm.folder}/slurm.conf", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        slurm.stop()


if __name__ == "__main__":
    main()
