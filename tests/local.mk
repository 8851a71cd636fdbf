# tests/: see tests/README.md

# --- unit: Check suites that link host/ and ntdll/ without a guest; one check_NAME.c each ---

unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = libpewter-ntdll.a libpewter-host.a $(CHECK_LIBS)

check_LIBRARIES += libpewter-crt.a
libpewter_crt_a_SOURCES = $(crt_sources) $(crt_stdio_sources)
check_LIBRARIES += libpewter-kernel32.a
libpewter_kernel32_a_SOURCES = $(kernel32_sources)
check_PROGRAMS += tests/unit/check_crt
tests_unit_check_crt_CFLAGS = $(unit_cflags)
tests_unit_check_crt_LDADD = libpewter-crt.a libpewter-kernel32.a $(unit_ldadd) -lm

check_PROGRAMS += tests/unit/check_stdio
tests_unit_check_stdio_CFLAGS = $(unit_cflags) -Wno-format-nonliteral
tests_unit_check_stdio_LDADD = libpewter-crt.a libpewter-kernel32.a $(unit_ldadd) -lm

check_PROGRAMS += tests/unit/check_heap
tests_unit_check_heap_CFLAGS = $(unit_cflags)
tests_unit_check_heap_LDADD = $(unit_ldadd)

EXTRA_DIST += tests/unit/heap_fixture.h
check_PROGRAMS += tests/unit/check_heap_model
tests_unit_check_heap_model_CFLAGS = $(unit_cflags)
tests_unit_check_heap_model_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_io_failures
tests_unit_check_io_failures_CFLAGS = $(unit_cflags)
tests_unit_check_io_failures_LDADD = $(unit_ldadd)
tests_unit_check_io_failures_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=free,--wrap=open,--wrap=openat,--wrap=pipe2 \
	-Wl,--wrap=socket,--wrap=socketpair,--wrap=eventfd,--wrap=epoll_create1,--wrap=memfd_create,--wrap=ftruncate \
	-Wl,--wrap=mmap,--wrap=fcntl

check_PROGRAMS += tests/unit/check_ke
tests_unit_check_ke_CFLAGS = $(unit_cflags)
tests_unit_check_ke_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_mm
tests_unit_check_mm_CFLAGS = $(unit_cflags)
tests_unit_check_mm_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_mm_failures
tests_unit_check_mm_failures_CFLAGS = $(unit_cflags)
tests_unit_check_mm_failures_LDADD = $(unit_ldadd)
tests_unit_check_mm_failures_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=mmap,--wrap=mprotect,--wrap=madvise,--wrap=memfd_create,--wrap=ftruncate

check_PROGRAMS += tests/unit/check_mm_model
tests_unit_check_mm_model_SOURCES = \
	tests/unit/check_mm_model.c \
	tests/unit/mm_invariants.c \
	tests/unit/mm_invariants.h \
	tests/unit/mm_model.c \
	tests/unit/mm_model.h \
	tests/unit/mm_model_private.c \
	tests/unit/mm_model_views.c
tests_unit_check_mm_model_CFLAGS = $(unit_cflags)
tests_unit_check_mm_model_LDADD = $(unit_ldadd)

# Ten million operations of memory on one thread, on two and on four, from a seed of today; with and without newer kernel
# features; then ten million of heaps.
check-model: tests/unit/check_mm_model tests/unit/check_heap_model
	@PEWTER_TEST_SEED=$${PEWTER_TEST_SEED:-`date +%s`}; export PEWTER_TEST_SEED; \
	PEWTER_TEST_OPERATIONS=$${PEWTER_TEST_OPERATIONS:-10000000}; export PEWTER_TEST_OPERATIONS; \
	./tests/unit/check_mm_model && PEWTER_DISABLE=guard,pagemap_scan,wp_async ./tests/unit/check_mm_model
	PEWTER_TEST_LONG=1 ./tests/unit/check_heap_model
.PHONY: check-model

check_PROGRAMS += tests/unit/check_nls
tests_unit_check_nls_CFLAGS = $(unit_cflags)
tests_unit_check_nls_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_pe
tests_unit_check_pe_SOURCES = tests/unit/check_pe.c loader/exports.c loader/imports.c loader/pe.c loader/relocations.c
tests_unit_check_pe_CFLAGS = $(unit_cflags)
tests_unit_check_pe_LDADD = $(CHECK_LIBS)

check_PROGRAMS += tests/unit/check_paths
tests_unit_check_paths_CFLAGS = $(unit_cflags)
tests_unit_check_paths_LDADD = $(unit_ldadd)
check_PROGRAMS += tests/unit/check_worker
tests_unit_check_worker_CFLAGS = $(unit_cflags)
tests_unit_check_worker_LDADD = $(unit_ldadd)
check_PROGRAMS += tests/unit/check_registry
tests_unit_check_registry_SOURCES = tests/unit/check_registry.c tests/fuzz/fuzz_registry.c programs/reg/parse.c
tests_unit_check_registry_CFLAGS = $(unit_cflags)
tests_unit_check_registry_LDADD = $(unit_ldadd)
check_PROGRAMS += tests/unit/check_time
tests_unit_check_time_CFLAGS = $(unit_cflags)
tests_unit_check_time_LDADD = $(unit_ldadd)
check_PROGRAMS += tests/unit/check_unwind
tests_unit_check_unwind_SOURCES = tests/unit/check_unwind.c tests/unit/unwind_case.h
tests_unit_check_unwind_CFLAGS = $(unit_cflags)
tests_unit_check_unwind_LDADD = $(unit_ldadd)

TESTS += $(check_PROGRAMS)

# --- guest: PE programs that assert for themselves ---

check_DATA =
include tests/fuzz/local.mk
include tests/guest/local.mk
include tests/conformance/local.mk

# --- rooms ---

TESTS += tests/check-rooms.sh
EXTRA_DIST += tests/README.md tests/check-rooms.sh
# No test writes to the user's registry: tests/registry.sh has stores of its own.
AM_TESTS_ENVIRONMENT = top_srcdir='$(top_srcdir)'; top_builddir='$(top_builddir)'; PEWTER_REGISTRY=none; \
	export top_srcdir top_builddir PEWTER_REGISTRY;

# --- host code under valgrind ---

EXTRA_DIST += tests/valgrind.sh tests/valgrind.supp
check-valgrind: pewter $(check_DATA)
	@top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' $(top_srcdir)/tests/valgrind.sh
.PHONY: check-valgrind

# --- locks, as clang sees them ---

TESTS += tests/thread-safety.sh
EXTRA_DIST += tests/thread-safety.sh
thread-safety:
	@top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' $(top_srcdir)/tests/thread-safety.sh
.PHONY: thread-safety

# --- corpus: real programs; CORPUS is a folder with its setup.sh and run.sh ---

CORPUS = $(top_srcdir)/../shared/corpus
EXTRA_DIST += tests/corpus/run-corpus.sh tests/corpus/passing.txt
check-corpus: pewter
	@$(top_srcdir)/tests/corpus/run-corpus.sh "$(CORPUS)" "$(abs_builddir)/pewter" "$${TMPDIR:-/tmp}/pewter-corpus"

# --- Go's own tests: see tests/go/README.md ---

EXTRA_DIST += tests/go/README.md tests/go/run-go.sh tests/go/packages.txt tests/go/expected.txt
check-go: pewter
	@$(top_srcdir)/tests/go/run-go.sh "$(abs_builddir)/pewter" "$${TMPDIR:-/tmp}/pewter-go" $(PACKAGES)
.PHONY: check-go

EXTRA_DIST += tests/rust/README.md tests/rust/run-rust.sh tests/rust/rand.rs tests/rust/programs.txt tests/rust/expected.txt
check-rust: pewter
	@$(top_srcdir)/tests/rust/run-rust.sh "$(abs_builddir)/pewter" "$${TMPDIR:-/tmp}/pewter-rust" $(PARTS)
.PHONY: check-rust

# --- bench: not part of make check ---

EXTRA_PROGRAMS = tests/bench/bench_heap tests/bench/bench_mm tests/bench/bench_start tests/bench/hello
tests_bench_bench_heap_CFLAGS = $(AM_CFLAGS) -O2
tests_bench_bench_heap_LDADD = libpewter-ntdll.a libpewter-host.a -ldl -lpthread

tests_bench_bench_mm_LDADD = libpewter-ntdll.a libpewter-host.a

tests/bench/hello.exe: tests/bench/hello.c
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -o $@ $<
tests/bench/heap_guest.exe: tests/bench/heap_guest.c
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -o $@ $<
EXTRA_DIST += tests/bench/heap_guest.c
CLEANFILES += tests/bench/hello.exe tests/bench/heap_guest.exe $(EXTRA_PROGRAMS)

bench: pewter tests/bench/bench_heap tests/bench/heap_guest.exe tests/bench/bench_mm bench-start bench-ke bench-threads
bench: pewter tests/bench/bench_heap tests/bench/heap_guest.exe tests/bench/bench_mm bench-start bench-wait bench-socket bench-io
	./tests/bench/bench_heap
	./pewter tests/bench/heap_guest.exe
	if command -v wine >/dev/null; then WINEDEBUG=-all wine tests/bench/heap_guest.exe; fi
	./tests/bench/bench_mm

# Waits and locks: works in bench_wait_guest.c and bench_wait_native.c under the same name.
EXTRA_PROGRAMS += tests/bench/bench_wait_native
tests_bench_bench_wait_native_CFLAGS = $(AM_CFLAGS) -O2
tests_bench_bench_wait_native_LDADD = -lpthread
tests/bench/bench_wait_guest.exe: $(top_srcdir)/tests/bench/bench_wait_guest.c $(top_srcdir)/tests/bench/bench_wait.h
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -o $@ $<
CLEANFILES += tests/bench/bench_wait_guest.exe
EXTRA_DIST += tests/bench/bench_wait.h tests/bench/bench_wait.sh tests/bench/bench_wait_guest.c
bench-wait: pewter tests/bench/bench_wait_guest.exe tests/bench/bench_wait_native
	$(top_srcdir)/tests/bench/bench_wait.sh ./pewter tests/bench/bench_wait_guest.exe ./tests/bench/bench_wait_native
.PHONY: bench-wait

# Sockets: one source for both sides.
EXTRA_PROGRAMS += tests/bench/bench_socket
tests_bench_bench_socket_CFLAGS = $(AM_CFLAGS) -O2
tests_bench_bench_socket_LDADD = -lpthread
tests/bench/bench_socket.exe: $(top_srcdir)/tests/bench/bench_socket.c $(top_srcdir)/tests/bench/bench_wait.h
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -o $@ $< -lws2_32
CLEANFILES += tests/bench/bench_socket.exe
bench-socket: pewter tests/bench/bench_socket.exe tests/bench/bench_socket
	$(top_srcdir)/tests/bench/bench_wait.sh ./pewter tests/bench/bench_socket.exe ./tests/bench/bench_socket
.PHONY: bench-socket

# File and process calls.
EXTRA_PROGRAMS += tests/bench/bench_io_native
tests_bench_bench_io_native_CFLAGS = $(AM_CFLAGS) -O2
tests/bench/bench_io_guest.exe: $(top_srcdir)/tests/bench/bench_io_guest.c $(top_srcdir)/tests/bench/bench_wait.h
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -I$(top_srcdir)/tests/bench -o $@ $(top_srcdir)/tests/bench/bench_io_guest.c
CLEANFILES += tests/bench/bench_io_guest.exe
EXTRA_DIST += tests/bench/bench_io_guest.c
bench-io: pewter tests/bench/bench_io_guest.exe tests/bench/bench_io_native
	$(top_srcdir)/tests/bench/bench_wait.sh ./pewter tests/bench/bench_io_guest.exe ./tests/bench/bench_io_native
.PHONY: bench-io

# Keys, with a store and without.
EXTRA_DIST += tests/bench/bench_registry.c
tests/bench/bench_registry.exe: $(top_srcdir)/tests/bench/bench_registry.c
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -o $@ $(top_srcdir)/tests/bench/bench_registry.c -ladvapi32
CLEANFILES += tests/bench/bench_registry.exe
bench-registry: pewter tests/bench/bench_registry.exe
	PEWTER_REGISTRY=none ./pewter tests/bench/bench_registry.exe
	rm -rf tests/bench/store
	PEWTER_REGISTRY=`pwd`/tests/bench/store/registry.db ./pewter tests/bench/bench_registry.exe
	rm -rf tests/bench/store
.PHONY: bench-registry
bench-start: pewter tests/bench/bench_start tests/bench/hello tests/bench/hello.exe
	./tests/bench/bench_start ./pewter tests/bench/hello.exe ./tests/bench/hello
bench-ke: pewter tests/bench/bench_ke.exe tests/bench/bench_ke.native
	$(top_srcdir)/tests/bench/bench_ke.sh ./pewter tests/bench/bench_ke.exe tests/bench/bench_ke.native
tests/bench/bench_ke.exe: $(top_srcdir)/tests/bench/bench_ke.cpp
	@$(MKDIR_P) tests/bench
	$(AM_V_GEN)$(MINGW_CC:gcc=g++) -O2 -static -s -o $@ $(top_srcdir)/tests/bench/bench_ke.cpp
tests/bench/bench_ke.native: $(top_srcdir)/tests/bench/bench_ke.cpp
	@$(MKDIR_P) tests/bench
	$(AM_V_GEN)g++ -O2 -o $@ $(top_srcdir)/tests/bench/bench_ke.cpp
CLEANFILES += tests/bench/bench_ke.exe tests/bench/bench_ke.native
EXTRA_DIST += tests/bench/bench_ke.cpp tests/bench/bench_ke.sh
.PHONY: bench-ke
bench-threads: pewter tests/bench/bench_threads.exe tests/bench/bench_threads.native
	$(top_srcdir)/tests/bench/bench_threads.sh ./pewter tests/bench/bench_threads.exe tests/bench/bench_threads.native
tests/bench/bench_threads.exe: $(top_srcdir)/tests/bench/bench_threads.c
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(MINGW_CC) -O2 -s -o $@ $(top_srcdir)/tests/bench/bench_threads.c
tests/bench/bench_threads.native: $(top_srcdir)/tests/bench/bench_threads.c
	@$(MKDIR_P) tests/bench
	$(AM_V_CC)$(CC) -O2 -o $@ $(top_srcdir)/tests/bench/bench_threads.c -lpthread
CLEANFILES += tests/bench/bench_threads.exe tests/bench/bench_threads.native
EXTRA_DIST += tests/bench/bench_threads.c tests/bench/bench_threads.sh
.PHONY: bench-threads
.PHONY: bench-start

# --- stack overflows, breakpoints of the processor ---

TESTS += tests/stack-overflow.sh tests/breakpoints.sh
EXTRA_DIST += tests/stack-overflow.sh tests/breakpoints.sh

# --- stress: not part of make check, which runs the same for a moment ---

stress: pewter tests/guest/stress_threads.exe
	./pewter tests/guest/stress_threads.exe 60
.PHONY: stress

# --- C++ of Microsoft's compiler ---

TESTS += tests/cxx/programs.sh
EXTRA_DIST += tests/cxx/programs.sh \
	tests/cxx/async.cpp tests/cxx/async.expected tests/cxx/exception_ptr.cpp tests/cxx/exception_ptr.expected \
	tests/cxx/rtti.cpp tests/cxx/rtti.expected \
	tests/cxx/streams.cpp tests/cxx/streams.expected \
	tests/cxx/throw.cpp tests/cxx/throw.expected tests/cxx/unwind.cpp tests/cxx/unwind.expected

# --- api sets, and names that run-time libraries look up ---

TESTS += tests/api-sets.sh
EXTRA_DIST += tests/api-sets.sh tests/api-sets-missing.txt tests/api-names.txt tests/guest/api_sets.c
if HAVE_MINGW
check_DATA += tests/guest/api_sets.exe
endif
CLEANFILES += tests/guest/api_sets.exe

# --- without newer kernel features, address space, privileges ---

TESTS += tests/fallbacks.sh
EXTRA_DIST += tests/fallbacks.sh

# --- installed ---

TESTS += tests/install.sh
EXTRA_DIST += tests/install.sh

# --- cmd: batch files ---

TESTS += tests/cmd.sh
EXTRA_DIST += tests/cmd.sh $(cmd_scripts) $(cmd_scripts:.cmd=.out)
cmd_scripts = \
	tests/cmd/calls.cmd \
	tests/cmd/compare.cmd \
	tests/cmd/delayed.cmd \
	tests/cmd/dir.cmd \
	tests/cmd/echo_on.cmd \
	tests/cmd/expansion.cmd \
	tests/cmd/files.cmd \
	tests/cmd/filters.cmd \
	tests/cmd/for.cmd \
	tests/cmd/for_file.cmd \
	tests/cmd/if.cmd \
	tests/cmd/levels.cmd \
	tests/cmd/mirror.cmd \
	tests/cmd/parsing.cmd \
	tests/cmd/pipes.cmd \
	tests/cmd/registry.cmd \
	tests/cmd/set.cmd \
	tests/cmd/trees.cmd
