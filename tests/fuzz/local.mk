# Odd PE files in `make check`; `make fuzz-loader` builds the libFuzzer target (clang).

noinst_PROGRAMS += tests/fuzz/mkpe
tests_fuzz_mkpe_SOURCES = tests/fuzz/mkpe.c
TESTS += tests/fuzz/odd_pe.sh
EXTRA_DIST += tests/fuzz/odd_pe.sh tests/fuzz/fuzz_loader.c

fuzz_loader_sources = \
	$(top_srcdir)/tests/fuzz/fuzz_loader.c \
	$(top_srcdir)/loader/exports.c \
	$(top_srcdir)/loader/imports.c \
	$(top_srcdir)/loader/pe.c \
	$(top_srcdir)/loader/relocations.c \
	$(top_srcdir)/loader/resources.c \
	$(top_srcdir)/loader/tls_directory.c

if HAVE_CLANG
.PHONY: fuzz-loader
fuzz-loader: tests/fuzz/fuzz_loader
tests/fuzz/fuzz_loader: $(fuzz_loader_sources) loader/pe.h
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CC)$(CLANG) -std=gnu17 -g -O1 -fno-strict-aliasing -fsanitize=fuzzer,address,undefined \
		-fno-sanitize=alignment -fno-sanitize-recover=undefined -Wall -Wextra -Wno-unused-parameter \
		-I$(top_srcdir) -I$(top_srcdir)/include -o $@ $(fuzz_loader_sources)
CLEANFILES += tests/fuzz/fuzz_loader
endif
