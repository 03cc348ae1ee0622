#!/bin/bash
# A study as a SLURM job array: every task computes its part in a folder of its own, alone.
#
#   sbatch --array=1-20 array.sh STUDY --out DIR
#   bumpform study STUDY --out DIR            # afterwards: takes the parts together
#
# For clusters whose nodes may not talk to each other, or where single tasks start earlier than
# one large job. A task that is cut off is submitted again by its number: --array=7.
# PYTHON is what runs bumpform, as "apptainer exec bumpform.sif python3".
# Give --array from 1 on, and the same N again, which stands in PARTS where only some are submitted.

#SBATCH --job-name=bumpform-part
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%A-%a.log

set -euo pipefail
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
read -ra python <<<"${PYTHON:-python3}"
"${python[@]}" -m bumpform study "$@" --workers "${SLURM_CPUS_PER_TASK:-1}" \
    --part "$SLURM_ARRAY_TASK_ID/${PARTS:-$SLURM_ARRAY_TASK_MAX}"
