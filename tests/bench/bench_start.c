/*
 * bench_start - the wall time from fork to exit of hello.exe under pewter, beside a native hello in the same run (and
 * beside Wine where it is installed), and the resident memory of each.
 *
 *	bench_start PEWTER HELLO.EXE NATIVE-HELLO
 *
 * The runs alternate, so that noise hits all alike; the best of each counts.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct result {
	double best_us;
	long resident_kib;
};

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Runs a program once with its output thrown away; ends the bench if it fails. */
static void run(char *const arguments[], struct result *result)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	double start, time;
	int status;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	start = now_us();
	if (posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) || wait4(child, &status, 0, &usage) < 0 ||
	    !WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "bench_start: %s failed\n", arguments[0]);
		exit(1);
	}
	time = now_us() - start;
	if (!result->best_us || time < result->best_us)
		result->best_us = time;
	result->resident_kib = usage.ru_maxrss;
	posix_spawn_file_actions_destroy(&actions);
}

int main(int argc, char **argv)
{
	struct result pewter = {0}, native = {0}, wine = {0};
	const char *wine_path = access("/usr/lib/wine/wine64", X_OK) == 0 ? "/usr/lib/wine/wine64" : NULL;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_start PEWTER HELLO.EXE NATIVE-HELLO\n");
		return 2;
	}
	for (int round = 0; round < 300; round++) {
		run((char *[]){argv[1], argv[2], NULL}, &pewter);
		run((char *[]){argv[3], NULL}, &native);
	}
	printf("hello.exe under pewter  %7.0f us  %5ld KiB\n", pewter.best_us, pewter.resident_kib);
	printf("native hello            %7.0f us  %5ld KiB\n", native.best_us, native.resident_kib);
	printf("ratio                   %7.2f\n", pewter.best_us / native.best_us);
	if (wine_path) {
		setenv("WINEDEBUG", "-all", 1);
		for (int round = 0; round < 5; round++)
			run((char *[]){(char *)wine_path, argv[2], NULL}, &wine);
		printf("hello.exe under Wine    %7.0f us, %.1f times pewter\n", wine.best_us, wine.best_us / pewter.best_us);
	}
	return 0;
}
