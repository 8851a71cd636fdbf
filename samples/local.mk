# samples/: Windows programs to look at.

EXTRA_DIST += samples/tour.c

samples/%.exe: $(top_srcdir)/samples/%.c
	@$(MKDIR_P) samples
	$(AM_V_CC)$(MINGW_CC) -O1 -Wall -Wno-format -o $@ $<
CLEANFILES += samples/tour.exe

if HAVE_MINGW
check_DATA += samples/tour.exe
TESTS += samples/tour.exe
endif
