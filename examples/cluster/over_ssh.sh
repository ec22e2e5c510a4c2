#!/bin/bash
# The same program on machines that ssh reaches, which have it at the same place:
#
#     over_ssh.sh "ps=a:2222 chief=b:2222 worker=c:2222,d:2222" /shared/parallel_training.py --steps 10000
#
# Ctrl-C, and the end of the chief, end all of them. The exit code is the chief's.
set -euo pipefail
cluster=$1; shift

config() { # of one task
  python3 - "$cluster" "$1" "$2" <<'PYTHON'
import json, sys
jobs = {job: tasks.split(',') for job, tasks in (part.split('=') for part in sys.argv[1].split())}
print(json.dumps({'cluster': jobs, 'task': {'type': sys.argv[2], 'index': int(sys.argv[3])}}))
PYTHON
}

others=()
trap 'kill "${others[@]}" 2>/dev/null || true; wait' EXIT
for part in $cluster; do
  job=${part%%=*} index=0
  for address in $(tr , ' ' <<< "${part#*=}"); do
    # -tt: a terminal of its own, so that the remote process ends with the connection.
    command="TF_CONFIG=$(printf %q "$(config "$job" $index)") python3 $(printf '%q ' "$@")"
    ${SSH:-ssh -tt} "${address%:*}" "$command" < /dev/null > >(sed -u "s/^/$job $index | /") 2>&1 &
    if [ "$job" = chief ]; then chief=$!; else others+=($!); fi
    index=$((index + 1))
  done
done
wait "$chief"
