# Odd PE files in `make check`; `make fuzz-loader`, `make fuzz-registry`, `make fuzz-undname` and `make fuzz-unwind` build libFuzzer
# targets (clang).

noinst_PROGRAMS += tests/fuzz/mkpe
tests_fuzz_mkpe_SOURCES = tests/fuzz/mkpe.c
TESTS += tests/fuzz/odd_pe.sh
EXTRA_DIST += tests/fuzz/odd_pe.sh tests/fuzz/fuzz_loader.c tests/fuzz/fuzz_undname.c tests/fuzz/fuzz_unwind.c

# Nt functions called with anything; `make fuzz-nt` goes on with other seeds until one fails.
EXTRA_DIST += tests/fuzz/fuzz_nt.c
tests/fuzz/fuzz_nt.exe: $(top_srcdir)/tests/fuzz/fuzz_nt.c $(top_srcdir)/tests/guest/guest.h
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(MINGW_CC) -O1 -g -Wall -Wno-format -o $@ $< -ladvapi32 -lntdll
if HAVE_MINGW
check_DATA += tests/fuzz/fuzz_nt.exe
TESTS += tests/fuzz/fuzz_nt.exe
endif
CLEANFILES += tests/fuzz/fuzz_nt.exe
.PHONY: fuzz-nt
fuzz-nt: pewter tests/fuzz/fuzz_nt.exe
	@PEWTER_REGISTRY=none; export PEWTER_REGISTRY; seed=$${PEWTER_TEST_SEED:-`date +%s`}; while echo "seed $$seed" && ./pewter tests/fuzz/fuzz_nt.exe $$seed 500000 </dev/null; do \
		seed=`expr $$seed + 1`; done

fuzz_loader_sources = \
	$(top_srcdir)/tests/fuzz/fuzz_loader.c \
	$(top_srcdir)/loader/exports.c \
	$(top_srcdir)/loader/imports.c \
	$(top_srcdir)/loader/pe.c \
	$(top_srcdir)/loader/relocations.c \
	$(top_srcdir)/loader/resources.c \
	$(top_srcdir)/loader/tls_directory.c

fuzz_undname_sources = \
	$(top_srcdir)/tests/fuzz/fuzz_undname.c \
	$(top_srcdir)/dlls/undname/symbols.c \
	$(top_srcdir)/dlls/undname/types.c

.PHONY: fuzz-loader fuzz-undname fuzz-unwind
if HAVE_CLANG
fuzz-loader: tests/fuzz/fuzz_loader
tests/fuzz/fuzz_loader: $(fuzz_loader_sources) loader/pe.h
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(CLANG) -std=gnu17 -g -O1 -fno-strict-aliasing -fsanitize=fuzzer,address,undefined \
		-fno-sanitize=alignment -fno-sanitize-recover=undefined -Wall -Wextra -Wno-unused-parameter \
		-I$(top_srcdir) -I$(top_srcdir)/include -o $@ $(fuzz_loader_sources)
CLEANFILES += tests/fuzz/fuzz_loader

fuzz_unwind_sources = \
	$(top_srcdir)/tests/fuzz/fuzz_unwind.c \
	$(top_srcdir)/ntdll/ke/x86_64/virtual_unwind.c

fuzz-unwind: tests/fuzz/fuzz_unwind
tests/fuzz/fuzz_unwind: $(fuzz_unwind_sources) tests/unit/unwind_case.h libpewter-ntdll.a libpewter-host.a
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(CLANG) -std=gnu17 -g -O1 -fno-strict-aliasing -fsanitize=fuzzer,undefined \
		-fno-sanitize=alignment,pointer-overflow -fno-sanitize-recover=undefined -Wall -Wextra -Wno-unused-parameter \
		-Wno-unknown-attributes -Wno-unknown-pragmas -I$(top_builddir) -I$(top_srcdir) -I$(top_srcdir)/include -o $@ \
		$(fuzz_unwind_sources) libpewter-ntdll.a libpewter-host.a
CLEANFILES += tests/fuzz/fuzz_unwind

fuzz_registry_sources = \
	$(top_srcdir)/tests/fuzz/fuzz_registry.c \
	$(top_srcdir)/ntdll/cm/node.c \
	$(top_srcdir)/ntdll/cm/regf_read.c \
	$(top_srcdir)/ntdll/cm/regf_write.c \
	$(top_srcdir)/programs/reg/parse.c

.PHONY: fuzz-registry
fuzz-registry: tests/fuzz/fuzz_registry
tests/fuzz/fuzz_registry: $(fuzz_registry_sources) libpewter-ntdll.a libpewter-host.a
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(CLANG) -std=gnu17 -g -O1 -fno-strict-aliasing -fsanitize=fuzzer,address,undefined \
		-fno-sanitize=alignment -fno-sanitize-recover=undefined -Wall -Wextra -Wno-unused-parameter \
		-Wno-unknown-attributes -Wno-unknown-pragmas -I$(top_builddir) -I$(top_srcdir) -I$(top_srcdir)/include -o $@ \
		$(fuzz_registry_sources) libpewter-ntdll.a libpewter-host.a
CLEANFILES += tests/fuzz/fuzz_registry

fuzz-undname: tests/fuzz/fuzz_undname
tests/fuzz/fuzz_undname: $(fuzz_undname_sources) dlls/undname/undname.h dlls/undname/reader.h
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(CLANG) -std=gnu17 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Wall -Wextra \
		-I$(top_srcdir) -I$(top_srcdir)/include -o $@ $(fuzz_undname_sources)
CLEANFILES += tests/fuzz/fuzz_undname
endif
