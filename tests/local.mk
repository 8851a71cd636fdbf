# tests/: see tests/README.md

# --- unit: Check suites that link host/ and ntdll/ without a guest; one check_NAME.c each ---

unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = libpewter-ntdll.a libpewter-host.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/check_heap
tests_unit_check_heap_CFLAGS = $(unit_cflags)
tests_unit_check_heap_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_mm
tests_unit_check_mm_CFLAGS = $(unit_cflags)
tests_unit_check_mm_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/unit/check_mm_model
tests_unit_check_mm_model_CFLAGS = $(unit_cflags)
tests_unit_check_mm_model_LDADD = $(unit_ldadd)

TESTS += $(check_PROGRAMS)

# --- guest: PE programs that assert for themselves ---

check_DATA =
include tests/guest/local.mk
