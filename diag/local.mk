# diag/: the module that is opened when a guest has crashed.

pewterlib_PROGRAMS += diag/pewter-diag.so

diag_pewter_diag_so_SOURCES = \
	diag/coff.c \
	diag/crash.c \
	diag/diag.h \
	diag/disassemble.c \
	diag/elf_file.c \
	diag/elf_file.h \
	diag/exceptions.c \
	diag/symbols.c \
	diag/unwind.c \
	host/elf.c \
	host/elf.h
diag_pewter_diag_so_CPPFLAGS = $(AM_CPPFLAGS) $(CAPSTONE_CFLAGS) $(LIBELF_CFLAGS)
diag_pewter_diag_so_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=default
diag_pewter_diag_so_LDFLAGS = -shared $(SANITIZER_FLAGS)
diag_pewter_diag_so_LDADD = $(CAPSTONE_LIBS) $(LIBELF_LIBS) -ldw
