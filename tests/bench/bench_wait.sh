#!/bin/sh
# bench_wait.sh PEWTER GUEST NATIVE [WORK] - runs both sides in turn and prints the best of each, in ns, and their ratio.
# WORK: the beginning of the names wanted.  ROUNDS in the environment: 3.
pewter=$1 guest=$2 native=$3 work=$4
for round in $(seq "${ROUNDS:-3}"); do
	"$pewter" "$guest" $work | tr -d '\r' | sed 's/^/g /'
	"$native" $work | sed 's/^/n /'
done | awk '
	$1 == "g" && !($2 in order) { order[$2] = ++n; names[n] = $2 }
	{ key = $1 " " $2; if (!(key in best) || $3 + 0 < best[key]) best[key] = $3 + 0 }
	END {
		printf "%-20s %12s %12s %8s\n", "ns an operation", "guest", "native", "ratio"
		for (i = 1; i <= n; i++) {
			g = best["g " names[i]]; m = best["n " names[i]]
			printf "%-20s %12.1f %12.1f %8.2f\n", names[i], g, m, m ? g / m : 0
		}
	}'
