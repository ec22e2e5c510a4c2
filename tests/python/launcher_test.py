"""`headrace launch`: processes with TF_CONFIG, marked output, exit codes, and that nothing is left behind."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

SHOW = '''
import json, os, sys
config = json.loads(os.environ["TF_CONFIG"])
print(json.dumps(config, sort_keys=True))
'''
SERVERS_WAIT = '''
import json, os, sys, time
task = json.loads(os.environ["TF_CONFIG"])["task"]
print("pid", os.getpid(), flush=True)
if task["type"] == "ps":
    time.sleep(1000)
sys.exit(int(sys.argv[1]) if task["type"] == "chief" else 0)
'''
AN_ERROR_INSIDE_A_LINE = '''
import sys
sys.stdout.write("one ")
sys.stderr.write("an error\\n")
print("line")
'''
STUBBORN = '''
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid(), flush=True)
time.sleep(1000)
'''


def headrace(*arguments, **options):
    return subprocess.run([sys.executable, '-m', 'headrace.command_line', *map(str, arguments)], timeout=300,
                          capture_output=True, text=True, **options)


@pytest.fixture
def program(tmp_path):
    def write(text):
        path = tmp_path / 'program.py'
        path.write_text(text)
        return path
    return write


def is_alive(pid):
    try:
        with open(f'/proc/{pid}/stat') as stat:
            return stat.read().rpartition(')')[2].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


def pids(output):
    return [int(pid) for pid in re.findall(r'pid (\d+)', output)]


def test_each_task_has_its_config(program):
    done = headrace('launch', '-n', 3, '--ps', 2, '--evaluator', program(SHOW))
    assert done.returncode == 0, done.stderr
    configs = {}
    for line in done.stdout.splitlines():
        mark, _, text = line.partition('|')
        configs[mark.strip()] = json.loads(text)
    assert sorted(configs) == ['chief 0', 'evaluator 0', 'ps 0', 'ps 1', 'worker 0', 'worker 1']
    clusters = {json.dumps(config['cluster'], sort_keys=True) for config in configs.values()}
    assert len(clusters) == 1
    cluster = configs['chief 0']['cluster']
    assert {job: len(addresses) for job, addresses in cluster.items()} == {'chief': 1, 'worker': 2, 'ps': 2}
    addresses = [address for job in cluster.values() for address in job]
    assert len(set(addresses)) == 5 and all(re.fullmatch(r'localhost:\d+', address) for address in addresses)
    assert configs['worker 1']['task'] == {'type': 'worker', 'index': 1}


def test_workers_without_a_chief(program):
    done = headrace('launch', '-n', 2, '--no-chief', '--colour', 'always', program(SHOW))
    assert done.returncode == 0
    assert '\x1b[36mworker 0' in done.stdout and '\x1b[33mworker 1' in done.stdout


def test_errors_do_not_tear_lines(program):
    done = headrace('launch', '-n', 1, program(AN_ERROR_INSIDE_A_LINE))
    assert done.stdout == 'chief 0 | one line\n'
    assert done.stderr == 'chief 0 | an error\n'


@pytest.mark.parametrize('code', [0, 3])
def test_the_chief_decides(program, code):
    done = headrace('launch', '-n', 2, '--ps', 1, program(SERVERS_WAIT), code)
    assert done.returncode == code
    assert len(pids(done.stdout)) >= 1 and not any(map(is_alive, pids(done.stdout)))


def test_a_timeout_ends_who_does_not_listen(program):
    for seconds in (1, 10, 100):  # until both have begun before it is over
        done = headrace('launch', '-n', 2, '--timeout', seconds, program(STUBBORN))
        assert done.returncode == 124
        assert not any(map(is_alive, pids(done.stdout)))
        if len(pids(done.stdout)) == 2:
            break
    assert len(pids(done.stdout)) == 2


def test_ctrl_c_ends_all(program):
    process = subprocess.Popen([sys.executable, '-m', 'headrace.command_line', 'launch', '-n', '2', '--ps', '1',
                                str(program('import os, time\nprint("pid", os.getpid(), flush=True)\ntime.sleep(1000)'))],
                               stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert len(pids(''.join(lines) + rest)) == 3 and not any(map(is_alive, pids(''.join(lines))))


@pytest.mark.parametrize('arguments, fact', [(['launch', '-n', '0', 'x.py'], 'at least one worker'),
                                             (['server', '--cluster', 'ps=a:1'], 'go together'),
                                             (['server', '--cluster', 'nonsense', '--job', 'ps'], 'JOB=HOST:PORT')])
def test_mistakes(arguments, fact):
    done = headrace(*arguments)
    assert done.returncode == 2 and fact in done.stderr


def test_the_environment_is_read():
    from headrace.core.cluster_config import cluster_from_environment

    def read(**config):
        return cluster_from_environment({'TF_CONFIG': json.dumps(config)})
    cluster = {'chief': ['a:1'], 'worker': ['b:1', 'c:1'], 'ps': ['d:1']}
    chief = read(cluster=cluster, task={'type': 'chief', 'index': 0})
    assert chief.is_chief and chief.workers == 3
    assert not read(cluster=cluster, task={'type': 'worker', 'index': 0}).is_chief
    assert read(cluster={'worker': ['b:1', 'c:1']}, task={'type': 'worker'}).is_chief
    assert cluster_from_environment({}) is None and read(task={'type': 'worker'}) is None
    with pytest.raises(ValueError, match='not in its cluster'):
        read(cluster=cluster, task={'type': 'worker', 'index': 2})
    with pytest.raises(ValueError, match='JSON'):
        cluster_from_environment({'TF_CONFIG': '{'})
