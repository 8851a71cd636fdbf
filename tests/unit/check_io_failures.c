/*
 * check_io_failures.c - what files, pipes, sockets, objects and jobs do when there is no memory or Linux refuses.
 *
 * The linker puts the functions below in front of malloc and its kin and of the system calls that make something
 * (tests/local.mk).  Each scenario is run again and again with the first, the second, the third ... such call failing, until
 * none is left to fail.  Then:
 *
 *	the status is one of those for want of something, or the scenario did without
 *	no descriptor and no handle is left
 *	after many such runs there are not as many more blocks of memory
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "host/host.h"
#include "host/thread.h"
#include "ntdll/io/inherit.h"
#include "ntdll/io/private.h"
#include "ntdll/io/socket.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/section_object.h"
#include "ntdll/nt.h"
#include "ntdll/ps/job_calls.h"
#include "ntdll/ps/ps.h"
#include "ntdll/ps/thread.h"

/* --- failing calls --- */

static __thread bool counts; /* only what the test's own thread does */
static long calls_left = -1; /* until the one that fails; negative: none */
static bool has_failed;
static const char *failed_call;
static long blocks; /* of malloc */

static bool fails(const char *call, int error)
{
	if (!counts || calls_left < 0 || has_failed)
		return false;
	if (calls_left-- > 0)
		return false;
	has_failed = true;
	failed_call = call;
	errno = error;
	return true;
}

#define WRAP(type, name, parameters)                                                                                        \
	type __real_##name parameters;                                                                                       \
	type __wrap_##name parameters;                                                                                       \
	type __wrap_##name parameters

static void *counted(void *block)
{
	if (block)
		__atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
	return block;
}

WRAP(void *, malloc, (size_t size))
{
	return fails("malloc", ENOMEM) ? NULL : counted(__real_malloc(size));
}
WRAP(void *, calloc, (size_t count, size_t size))
{
	return fails("calloc", ENOMEM) ? NULL : counted(__real_calloc(count, size));
}
WRAP(void *, realloc, (void *block, size_t size))
{
	void *result;

	if (fails("realloc", ENOMEM))
		return NULL;
	result = __real_realloc(block, size);
	return block ? result : counted(result);
}
WRAP(char *, strdup, (const char *string))
{
	return fails("strdup", ENOMEM) ? NULL : counted(__real_strdup(string));
}
WRAP(void, free, (void *block))
{
	if (block)
		__atomic_fetch_sub(&blocks, 1, __ATOMIC_RELAXED);
	__real_free(block);
}
WRAP(int, open, (const char *path, int flags, mode_t mode))
{
	return fails("open", EMFILE) ? -1 : __real_open(path, flags, mode);
}
WRAP(int, openat, (int directory, const char *path, int flags, mode_t mode))
{
	return fails("openat", EMFILE) ? -1 : __real_openat(directory, path, flags, mode);
}
WRAP(int, pipe2, (int fds[2], int flags))
{
	return fails("pipe2", EMFILE) ? -1 : __real_pipe2(fds, flags);
}
WRAP(int, socket, (int family, int type, int protocol))
{
	return fails("socket", EMFILE) ? -1 : __real_socket(family, type, protocol);
}
WRAP(int, socketpair, (int family, int type, int protocol, int fds[2]))
{
	return fails("socketpair", EMFILE) ? -1 : __real_socketpair(family, type, protocol, fds);
}
WRAP(int, eventfd, (unsigned value, int flags))
{
	return fails("eventfd", EMFILE) ? -1 : __real_eventfd(value, flags);
}
WRAP(int, epoll_create1, (int flags))
{
	return fails("epoll_create1", EMFILE) ? -1 : __real_epoll_create1(flags);
}
WRAP(int, memfd_create, (const char *name, unsigned flags))
{
	return fails("memfd_create", EMFILE) ? -1 : __real_memfd_create(name, flags);
}
WRAP(int, ftruncate, (int fd, off_t size))
{
	return fails("ftruncate", ENOSPC) ? -1 : __real_ftruncate(fd, size);
}
WRAP(void *, mmap, (void *at, size_t size, int prot, int flags, int fd, off_t offset))
{
	return fails("mmap", ENOMEM) ? MAP_FAILED : __real_mmap(at, size, prot, flags, fd, offset);
}
WRAP(int, fcntl, (int fd, int command, void *argument))
{
	if ((command == F_DUPFD_CLOEXEC || command == F_DUPFD) && fails("fcntl", EMFILE))
		return -1;
	return __real_fcntl(fd, command, argument);
}

/* --- scenarios: each gives back everything that it could get --- */

static char directory[64];
static PEB peb;
static _Alignas(4096) unsigned char teb_pages[2 * 4096];

static NTSTATUS open_file(const char16_t *name, ULONG disposition, ULONG options, HANDLE *handle)
{
	char16_t path[256];
	UNICODE_STRING string = {.Buffer = path};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &string, .Attributes = OBJ_CASE_INSENSITIVE};
	IO_STATUS_BLOCK block;
	size_t length = 0;

	for (const char16_t *p = u"\\??\\Z:"; *p; p++)
		path[length++] = *p;
	for (const char *p = directory; *p; p++)
		path[length++] = *p == '/' ? u'\\' : (char16_t)*p;
	for (const char16_t *p = name; *p; p++)
		path[length++] = *p;
	string.Length = string.MaximumLength = (USHORT)(length * 2);
	return NtCreateFile(handle, GENERIC_READ | GENERIC_WRITE | DELETE | SYNCHRONIZE, &attributes, &block, NULL, 0, 7, disposition,
			    options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static void keep(NTSTATUS *first, NTSTATUS status)
{
	if (NT_SUCCESS(*first) && !NT_SUCCESS(status))
		*first = status;
}

static void close_handle(HANDLE handle)
{
	if (handle)
		NtClose(handle);
}

static NTSTATUS files(void)
{
	BOOLEAN gone = TRUE;
	char buffer[1024];
	IO_STATUS_BLOCK block;
	LARGE_INTEGER zero = {.QuadPart = 0}, ten = {.QuadPart = 10};
	HANDLE file = NULL, folder = NULL;
	NTSTATUS status = open_file(u"\\Some.File", FILE_OPEN_IF, 0, &file);

	if (NT_SUCCESS(status)) {
		keep(&status, NtWriteFile(file, NULL, NULL, NULL, &block, "0123456789", 10, &zero, NULL));
		keep(&status, NtLockFile(file, NULL, NULL, NULL, &block, &zero, &ten, 0, TRUE, TRUE));
		keep(&status, NtQueryInformationFile(file, &block, buffer, sizeof(buffer), FileNameInformation));
		keep(&status, NtQueryInformationFile(file, &block, buffer, sizeof(buffer), FileAllInformation));
		keep(&status, open_file(u"", FILE_OPEN, FILE_DIRECTORY_FILE, &folder));
		if (folder)
			keep(&status, NtQueryDirectoryFile(folder, NULL, NULL, NULL, &block, buffer, sizeof(buffer),
							   FileBothDirectoryInformation, FALSE, NULL, TRUE));
		NtSetInformationFile(file, &block, &gone, sizeof(gone), FileDispositionInformation);
	}
	close_handle(folder);
	close_handle(file);
	return status;
}

static NTSTATUS pipes(void)
{
	HANDLE reader = NULL, writer = NULL;
	IO_STATUS_BLOCK block;
	char buffer[8];
	NTSTATUS status = io_create_pipe(&reader, &writer, OBJ_INHERIT, 0);

	if (!NT_SUCCESS(status))
		return status;
	keep(&status, NtWriteFile(writer, NULL, NULL, NULL, &block, "xy", 2, NULL, NULL));
	keep(&status, NtReadFile(reader, NULL, NULL, NULL, &block, buffer, sizeof(buffer), NULL, NULL));
	close_handle(reader);
	close_handle(writer);
	return status;
}

NTSTATUS NTAPI NtCreateNamedPipeFile(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, ULONG, ULONG, ULONG, ULONG, ULONG,
				     ULONG, ULONG, ULONG, ULONG, LARGE_INTEGER *);

static NTSTATUS named_pipes(void)
{
	static char16_t name[] = u"\\??\\pipe\\check_io_failures";
	UNICODE_STRING string = {sizeof(name) - 2, sizeof(name), name};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &string};
	LARGE_INTEGER timeout = {.QuadPart = -1000000};
	HANDLE server = NULL, client = NULL;
	IO_STATUS_BLOCK block;
	char buffer[8];
	NTSTATUS status = NtCreateNamedPipeFile(&server, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &block, 3, FILE_CREATE,
						FILE_SYNCHRONOUS_IO_NONALERT, 1, 1, 0, 1, 4096, 4096, &timeout);

	if (!NT_SUCCESS(status))
		return status;
	status = NtCreateFile(&client, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &block, NULL, 0, 0, FILE_OPEN,
			      FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
	if (NT_SUCCESS(status)) {
		keep(&status, NtWriteFile(client, NULL, NULL, NULL, &block, "xy", 2, NULL, NULL));
		keep(&status, NtReadFile(server, NULL, NULL, NULL, &block, buffer, sizeof(buffer), NULL, NULL));
	}
	close_handle(client);
	close_handle(server);
	return status;
}

static NTSTATUS named_objects(void)
{
	static char16_t name[] = u"check_io_failures";
	UNICODE_STRING string = {sizeof(name) - 2, sizeof(name), name};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &string, .RootDirectory = ob_base_named_objects()};
	LARGE_INTEGER size = {.QuadPart = 0x10000};
	HANDLE section = NULL, again = NULL, job = NULL;
	NTSTATUS status = NtCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE, SEC_COMMIT, NULL);

	if (NT_SUCCESS(status))
		keep(&status, NtOpenSection(&again, SECTION_ALL_ACCESS, &attributes));
	close_handle(again);
	close_handle(section);
	keep(&status, NtCreateJobObject(&job, 0x1F001F, NULL));
	close_handle(job);
	return status;
}

static NTSTATUS sockets(void)
{
	HANDLE handle = NULL, other = NULL;
	struct io_socket_ticket ticket;
	struct io_file *file;
	NTSTATUS status = io_socket_create(2, 1, 6, true, false, &handle);

	if (!NT_SUCCESS(status))
		return status;
	status = io_socket_by_handle(handle, &file);
	if (NT_SUCCESS(status)) {
		status = io_socket_offer(file, host_process_id(), &ticket);
		if (NT_SUCCESS(status))
			status = io_socket_claim(&ticket, true, false, &other);
		/* what could not be fetched is offered still */
		if (status == STATUS_INVALID_PARAMETER) {
			counts = false;
			status = NT_SUCCESS(io_socket_claim(&ticket, true, false, &other)) ? STATUS_NO_MEMORY : status;
			counts = true;
		}
		ob_dereference(file);
	}
	close_handle(other);
	close_handle(handle);
	return status;
}

/* As to a child, and back. */
static NTSTATUS travels(void)
{
	struct io_inherited description = {0};
	struct ob_object *object = NULL, *copy = NULL;
	HANDLE handles[4] = {NULL, NULL, NULL, NULL};
	NTSTATUS status = io_create_pipe(&handles[0], &handles[1], 0, 0);

	if (NT_SUCCESS(status))
		keep(&status, open_file(u"\\Other.File", FILE_OPEN_IF, FILE_DELETE_ON_CLOSE, &handles[2]));
	if (NT_SUCCESS(status))
		keep(&status, io_socket_create(2, 1, 6, true, false, &handles[3]));
	for (unsigned i = 0; i < 4; i++) {
		NTSTATUS each;

		if (!handles[i] || !NT_SUCCESS(ob_reference_by_handle(handles[i], NULL, 0, (void **)&object)))
			continue;
		memset(&description, 0, sizeof(description));
		copy = NULL;
		each = io_describe(object, &description);
		if (NT_SUCCESS(each)) {
			each = io_adopt(&description, &copy);
			if (NT_SUCCESS(each))
				ob_dereference(copy);
		}
		keep(&status, each);
		ob_dereference(object);
		NtClose(handles[i]);
	}
	return status;
}

/* --- what there is --- */

static unsigned descriptors(void)
{
	DIR *open_ones = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(open_ones))
		count++;
	closedir(open_ones);
	return count;
}

static bool is_want(NTSTATUS status)
{
	switch ((uint32_t)status) {
	case (uint32_t)STATUS_NO_MEMORY:
	case (uint32_t)STATUS_INSUFFICIENT_RESOURCES:
	case (uint32_t)STATUS_TOO_MANY_OPENED_FILES:
	case (uint32_t)STATUS_DISK_FULL:
		return true;
	default:
		return false;
	}
}

static void start(void)
{
	static bool done;
	TEB *teb = (TEB *)teb_pages;

	if (done)
		return;
	done = true;
	snprintf(directory, sizeof(directory), "/tmp/check_io_failures.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	setenv("XDG_RUNTIME_DIR", directory, 1);
	host_thread_adopt();
	teb->NtTib.Self = &teb->NtTib;
	teb->ProcessEnvironmentBlock = &peb;
	host_set_gs(teb);
	ps_peb = &peb;
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	ck_assert_int_eq(ps_adopt_bare_thread(), STATUS_SUCCESS);
}

#define RUNS 24

static void run(const char *name, NTSTATUS (*scenario)(void))
{
	bool bad = false;

	start();
	for (int i = 0; i < 3; i++)
		ck_assert_msg(NT_SUCCESS(scenario()), "%s: %x", name, (unsigned)scenario());
	for (long n = 0;; n++) {
		unsigned fds = descriptors(), handles = ob_handle_count();
		long before = 0;
		NTSTATUS status = STATUS_SUCCESS;

		for (int i = 0; i < RUNS; i++) {
			if (i == 4)
				before = blocks;
			calls_left = n;
			has_failed = false;
			counts = true;
			status = scenario();
			counts = false;
			calls_left = -1;
			if (!has_failed && i == 0)
				break;
		}
		if (!has_failed) {
			ck_assert_int_gt(n, 2);
			break;
		}
		if (!NT_SUCCESS(status) && !is_want(status)) {
			printf("%s: call %ld, %s: status %x\n", name, n, failed_call, (unsigned)status);
			bad = true;
		}
		if (ob_handle_count() != handles) {
			printf("%s: call %ld, %s: %d handles left\n", name, n, failed_call, (int)(ob_handle_count() - handles));
			bad = true;
		}
		if (descriptors() >= fds + RUNS / 2) {
			printf("%s: call %ld, %s: %u descriptors left\n", name, n, failed_call, descriptors() - fds);
			bad = true;
		}
		if (blocks >= before + RUNS - 6) {
			printf("%s: call %ld, %s: %ld blocks left\n", name, n, failed_call, blocks - before);
			bad = true;
		}
		/* and it works again */
		status = scenario();
		if (!NT_SUCCESS(status)) {
			printf("%s: call %ld, %s: afterwards %x\n", name, n, failed_call, (unsigned)status);
			bad = true;
		}
	}
	fflush(stdout);
	ck_assert(!bad);
}

#define SCENARIO(name)                                                                                                      \
	START_TEST(fail_##name)                                                                                              \
	{                                                                                                                    \
		run(#name, name);                                                                                            \
	}                                                                                                                    \
	END_TEST
SCENARIO(files)
SCENARIO(pipes)
SCENARIO(named_pipes)
SCENARIO(named_objects)
SCENARIO(sockets)
SCENARIO(travels)

static void clean_up(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf /tmp/check_io_failures.??????");
	ck_assert_int_eq(system(command), 0);
}

int main(void)
{
	Suite *suite = suite_create("io failures");
	TCase *cases = tcase_create("io failures");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_unchecked_fixture(cases, NULL, clean_up);
	tcase_add_test(cases, fail_files);
	tcase_add_test(cases, fail_pipes);
	tcase_add_test(cases, fail_named_pipes);
	tcase_add_test(cases, fail_named_objects);
	tcase_add_test(cases, fail_sockets);
	tcase_add_test(cases, fail_travels);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
