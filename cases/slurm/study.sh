#!/bin/bash
# A study on the cores of one SLURM job: a scheduler, a worker a task, and the command, in the job.
#
#   sbatch --ntasks=64 study.sh STUDY [--out DIR]
#   INTERFACE=ib0 sbatch --nodes=4 --ntasks=256 study.sh STUDY [--out DIR]
#
# INTERFACE names the network over which nodes reach each other; on one node it is the loopback.
# bumpform has to be found on the nodes: activate its environment before sbatch, or set PYTHON, as to
# "apptainer exec bumpform.sif python3".
# When the job's time is over, submit it again: finished rows are kept, and it goes on with them.

#SBATCH --job-name=bumpform-study
#SBATCH --ntasks=2
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%j.log

set -euo pipefail
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export DASK_LOGGING__DISTRIBUTED=${DASK_LOGGING__DISTRIBUTED:-warning}  # the log is the study's
read -ra python <<<"${PYTHON:-python3}"
interface=${INTERFACE:-lo}
file=$PWD/.scheduler-$SLURM_JOB_ID.json
started=()
finish() { # the scheduler first: its workers then end by themselves
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
        for _ in {1..20}; do [ -n "$(jobs -pr)" ] && sleep 0.5 || break; done
    done
    wait || true
    rm -f "$file"
}
trap finish EXIT

"${python[@]}" -m distributed.cli.dask_scheduler --interface "$interface" --port 0 \
    --no-dashboard --dashboard-address 127.0.0.1:0 --scheduler-file "$file" &
started+=($!)
# --mpi=none: workers are no ranks; --overlap: beside the scheduler on the job's own cores
srun --mpi=none --overlap "${python[@]}" -m distributed.cli.dask_worker --interface "$interface" \
    --nthreads 1 --nworkers 1 --memory-limit 0 --no-dashboard --dashboard-address 127.0.0.1:0 \
    --local-directory "${TMPDIR:-/tmp}" --scheduler-file "$file" &
started+=($!)
"${python[@]}" -m bumpform study "$@" --scheduler-file "$file"
