# Rows of the NT facts as Windows programs; each check names its row.  Add NAME.c here: built and run as guest tests are.

conformance_tests = \
	heap_rows_blocks \
	heap_rows_create \
	heap_rows_global \
	heap_rows_info \
	heap_rows_realloc \
	heap_rows_walk

conformance_sources = $(conformance_tests:%=tests/conformance/%.c)
conformance_programs = $(conformance_tests:%=tests/conformance/%.exe)
EXTRA_DIST += $(conformance_sources) tests/conformance/README-heap.md

if HAVE_MINGW
check_DATA += $(conformance_programs)
TESTS += $(conformance_programs)
endif

tests/conformance/%.exe: $(top_srcdir)/tests/conformance/%.c $(top_srcdir)/tests/guest/guest.h
	@$(MKDIR_P) tests/conformance
	$(AM_V_CC)$(MINGW_CC) -O1 -g -Wall -Wno-format -o $@ $< $(guest_libs_$*) -lntdll
CLEANFILES += $(conformance_programs)
