crt_sources = \
	dlls/crt/crt.h \
	dlls/crt/errno.c \
	dlls/crt/heap.c \
	dlls/crt/invalid.c \
	dlls/crt/locale.c \
	dlls/crt/startup.c \
	dlls/crt/state.c \
	dlls/crt/winapi.h
