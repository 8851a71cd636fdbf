dlls_sources = \
	$(crt_sources) \
	dlls/msvcrt/msvcrt.c \
	dlls/ole32/apartment.c \
	dlls/ole32/classes.c \
	dlls/ole32/guid.c \
	dlls/ole32/memory.c \
	dlls/ole32/ole32.c \
	dlls/ole32/ole32.h \
	dlls/ole32/propvariant.c \
	dlls/ole32/stream.c \
	dlls/ucrtbase/ucrtbase.c \
	dlls/vcruntime140/vcruntime140.c \
include dlls/crt/local.mk
