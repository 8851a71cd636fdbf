#!/bin/sh
# bench_ke.sh PEWTER PROGRAM.exe NATIVE [ROUNDS]: exceptions under pewter beside the nearest native operation, the best of
# several rounds of each, by turns.
pewter=$1 program=$2 native=$3 rounds=${4:-5}
for round in $(seq "$rounds"); do
	"$pewter" "$program" | tr -d '\r' | sed 's/^/guest /'
	"$native" | sed 's/^/native /'
done | awk '
	{ key = $1 " " $2; if (!(key in best) || $3 < best[key]) best[key] = $3 }
	END {
		printf "RaiseException, vectored handler, back  %8.0f ns (goal 500)\n", best["guest raise"]
		printf "guard page set and touched              %8.0f ns, %.2f x mprotect and SIGSEGV (%.0f ns; goal 1.3)\n",
			best["guest fault"], best["guest fault"] / best["native fault"], best["native fault"]
		printf "C++ throw and catch over 10 frames      %8.0f ns, %.2f x g++ (%.0f ns; goal 2)\n",
			best["guest throw"], best["guest throw"] / best["native throw"], best["native throw"]
	}'
