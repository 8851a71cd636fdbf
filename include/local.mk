noinst_HEADERS += \
	include/nt/com.h \
	include/nt/context.h \
	include/nt/debug.h \
	include/nt/io.h \
	include/nt/mem.h \
	include/nt/ntdef.h \
	include/nt/ntstatus.h \
	include/nt/pe.h \
	include/nt/peb.h \
	include/nt/winbase.h \
	include/nt/wincon.h \
	include/nt/winerror.h \
	include/nt/winfile.h \
	include/nt/winnls.h \
	include/pewter/export.h
