#!/bin/bash
# One task of Slurm is one task of the cluster:
#
#     sbatch --ntasks=4 --cpus-per-task=8 slurm.sh parallel_training.py --steps 10000
#
# The first task is the chief, the last one the parameter server. Slurm places the processes, passes their output on,
# and ends them all when one of them has failed.
#SBATCH --job-name=training
#SBATCH --time=01:00:00
set -euo pipefail

export PORT=${PORT:-2222} CHECKPOINTS=${CHECKPOINTS:-$PWD/checkpoints-$SLURM_JOB_ID}
NODES=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | paste -sd, -)
export NODES

# Each task writes its own TF_CONFIG: which hosts the tasks are on follows from Slurm's block distribution. A minute
# after the first of them has ended, the parameter server is ended, too.
srun --distribution=block --kill-on-bad-exit=1 --wait=60 --label bash -c '
  TF_CONFIG=$(python3 "$0" "$NODES" "$SLURM_NTASKS" "$SLURM_TASKS_PER_NODE" "$SLURM_PROCID" "$PORT")
  export TF_CONFIG
  if [ "$SLURM_PROCID" = 0 ]; then set -- "$@" --checkpoints "$CHECKPOINTS"; fi
  exec python3 "$@"
' "$(dirname "$0")/slurm_config.py" "$@"
