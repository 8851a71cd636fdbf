#!/bin/sh
# bench_threads.sh PEWTER PROGRAM.exe NATIVE [ROUNDS]: threads and the pool beside the nearest native operation, the best of
# several rounds of each, by turns.  Goals: start and join 1.5, clocks 1.2; storage and last error 3 ns.
pewter=$1 program=$2 native=$3 rounds=${4:-5}
for round in $(seq "$rounds"); do
	"$pewter" "$program" | tr -d '\r' | sed 's/^/guest /'
	"$native" | sed 's/^/native /'
done | awk '
	$1 == "guest" && !($2 in seen) { seen[$2] = 1; names[++n] = $2 }
	{ key = $1 " " $2; if (!(key in best) || $3 + 0 < best[key]) best[key] = $3 + 0 }
	END {
		for (i = 1; i <= n; i++) {
			g = best["guest " names[i]]
			m = best["native " names[i]]
			printf "%-20s %10.1f ns, native %10.1f ns, %.2f\n", names[i], g, m, m ? g / m : 0
		}
	}'
