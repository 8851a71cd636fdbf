#!/bin/sh
# run-corpus.sh CORPUS PEWTER SCRATCH - the cases of the corpus of real programs that are known to pass.
# CORPUS holds setup.sh and run.sh; passing.txt beside this file lists the ids.  Prints each result and a closing line.
corpus=$1 pewter=$2 scratch=$3
PEWTER_REGISTRY=none
export PEWTER_REGISTRY
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$corpus/setup.sh" ] || { echo "no corpus in $corpus: skipped"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
want=$(sed 's/#.*//; /^[ \t]*$/d' "$here/passing.txt" | wc -l)
# Programs that cannot be fetched say nothing about Pewter: the cases are skipped, and the reason is shown.
"$corpus/setup.sh" "$scratch" >"$scratch.log" 2>&1 ||
	{ tail -5 "$scratch.log"; echo "the corpus could not be set up"; echo "0 passed, 0 failed, $want skipped"; exit 0; }
pattern=$(sed 's/#.*//; /^[ \t]*$/d; s/\./\\./g' "$here/passing.txt" | tr '\n' '|')
ONLY="^(${pattern%|})\$" "$corpus/run.sh" "$scratch" "$pewter" >"$scratch.tsv"
cat "$scratch.tsv"
awk -F'\t' -v want="$want" '
$2 == "pass" { passed++ }
END { printf "%d passed, %d failed, 0 skipped\n", passed, want - passed; exit passed != want }' "$scratch.tsv"
