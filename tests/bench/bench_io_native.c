/*
 * bench_io_native.c - what Linux programs call for what bench_io_guest.c does; see bench_wait.h.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_wait.h"

extern char **environ;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

#define FILES 10000
static char block[1 << 20];

static int open_file(const char *name, int flags)
{
	int fd = open(name, flags | O_CLOEXEC, 0666);

	if (fd < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

/* Windows tells the sizes and times of what it lists. */
static int list(const char *name)
{
	DIR *directory = opendir(name);
	struct dirent *entry;
	struct stat stat;
	int count = 0;

	while ((entry = readdir(directory)))
		count += fstatat(dirfd(directory), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
	closedir(directory);
	return count;
}

static void spawn(char *program)
{
	int status;
	pid_t child;

	if (posix_spawn(&child, program, NULL, NULL, (char *[]){program, "-", NULL}, environ) == 0)
		waitpid(child, &status, 0);
}

#define IGNORE(call)                                                                                                        \
	do {                                                                                                                \
		if ((call) < 0)                                                                                             \
			exit(1);                                                                                            \
	} while (0)

static void files(void)
{
	int fd = open_file("f", O_RDWR | O_CREAT | O_TRUNC);
	struct stat stat_buffer;
	unsigned serial = 0;
	char name[32], full[4096];

	IGNORE(write(fd, block, sizeof(block)));
	WORK("open_close", 20000, close(open_file("f", O_RDONLY)));
	WORK("open_missing", 20000, open("none", O_RDONLY));
	WORK("open_other_case", 20000, close(open_file("f", O_RDONLY)));
	WORK("read_1", 100000, IGNORE(pread(fd, block, 1, 0)));
	WORK("read_4k", 100000, IGNORE(pread(fd, block, 4096, 0)));
	WORK("read_1m", 500, IGNORE(pread(fd, block, 1 << 20, 0)));
	WORK("write_1", 100000, IGNORE(pwrite(fd, block, 1, 0)));
	WORK("write_4k", 100000, IGNORE(pwrite(fd, block, 4096, 0)));
	WORK("write_1m", 500, IGNORE(pwrite(fd, block, 1 << 20, 0)));
	WORK("seek", 100000, lseek(fd, i_, SEEK_SET));
	WORK("size", 100000, fstat(fd, &stat_buffer));
	close(fd);
	WORK("attributes", 50000, stat("f", &stat_buffer));
	WORK("full_path", 50000, getcwd(full, sizeof(full)));
	WORK("create_delete", 5000, snprintf(name, sizeof(name), "t%u", serial++); close(open_file(name, O_WRONLY | O_CREAT | O_EXCL));
	     unlink(name));
	WORK("move", 5000, rename(i_ % 2 ? "g" : "f", i_ % 2 ? "f" : "g"));
}

static void directories(void)
{
	struct stat stat_buffer;
	char name[32];

	mkdir("many", 0777);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "many/file%05d.txt", i);
		close(open_file(name, O_WRONLY | O_CREAT));
	}
	WORK("list_many", 10, list("many"));
	WORK("attributes_many", 50000, snprintf(name, sizeof(name), "many/file%05d.txt", i_ * 7 % FILES); stat(name, &stat_buffer));
	WORK("other_case_many", 50000, snprintf(name, sizeof(name), "many/file%05d.txt", i_ * 7 % FILES); stat(name, &stat_buffer));
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "many/file%05d.txt", i);
		unlink(name);
	}
	rmdir("many");
}

static void streams(void)
{
	FILE *file = fopen("s", "wb"), *bare = fopen("u", "wb");
	int ends[2];

	IGNORE(pipe(ends));
	WORK("pipe_1", 50000, IGNORE(write(ends[1], block, 1)); IGNORE(read(ends[0], block, 1)));
	WORK("pipe_4k", 50000, IGNORE(write(ends[1], block, 4096)); IGNORE(read(ends[0], block, 4096)));
	setvbuf(bare, NULL, _IONBF, 0);
	WORK("putc", 1000000, putc('x', file));
	WORK("putc_bare", 50000, putc('x', bare));
	WORK("fputs_bare", 50000, fputs("a short line\n", bare));
	WORK("fprintf", 200000, fprintf(file, "%d: %s\n", i_, "text"));
	WORK("fprintf_bare", 50000, fprintf(bare, "%d: %s\n", i_, "text"));
	fclose(file);
	fclose(bare);
}

int main(int argc, char **argv)
{
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (argc > 1 && strcmp(argv[1], "-") == 0)
		return 0;
	wanted = argc > 1 ? argv[1] : NULL;
	if (length < 0 || mkdir("bench_io.tmp", 0777) < 0 || chdir("bench_io.tmp") < 0)
		return 1;
	program[length] = 0;
	files();
	if (!wanted || strstr(wanted, "many") || strstr(wanted, "list"))
		directories();
	streams();
	WORK("load_library", 5000, void *library = dlopen("libutil.so.1", RTLD_NOW); if (library) dlclose(library));
	WORK("process", 50, spawn(program));
	unlink("f");
	unlink("s");
	unlink("u");
	return chdir("..") < 0 || rmdir("bench_io.tmp") < 0;
}
