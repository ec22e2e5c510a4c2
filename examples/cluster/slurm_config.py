#!/usr/bin/env python3
"""TF_CONFIG of one task of a Slurm step, for slurm.sh:

    slurm_config.py HOSTS TASKS TASKS_PER_NODE TASK PORT

HOSTS are separated by commas; TASKS_PER_NODE is Slurm's, as in "4(x2),3". The first task is the chief, the last one the
parameter server, those between are workers. Tasks of one host get one port each.
"""

import json
import re
import sys


def counts(text):
    """[4, 4, 3] of "4(x2),3"."""
    for count, times in re.findall(r'(\d+)(?:\(x(\d+)\))?', text):
        yield from [int(count)] * int(times or 1)


def main():
    hosts, tasks, per_node, task, port = sys.argv[1].split(','), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
    addresses = ['%s:%d' % (host, int(port) + number) for host, count in zip(hosts, counts(per_node))
                 for number in range(count)]
    cluster = {'chief': addresses[:1], 'worker': addresses[1:tasks - 1], 'ps': addresses[tasks - 1:tasks]}
    cluster = {job: members for job, members in cluster.items() if members}
    place = ('chief', 0) if task == 0 else ('ps', 0) if task == tasks - 1 else ('worker', task - 1)
    print(json.dumps({'cluster': cluster, 'task': {'type': place[0], 'index': place[1]}}))


if __name__ == '__main__':
    main()
