dlls_sources = \
	$(crt_sources) \
	$(crt_stdio_sources) \
	dlls/msvcrt/msvcrt.c \
	dlls/ucrtbase/ucrtbase.c \
	dlls/vcruntime140/cxx.h \
	dlls/vcruntime140/eh.c \
	dlls/vcruntime140/rtti.c \
	dlls/vcruntime140/runtime.c \
	dlls/vcruntime140/vcruntime140.c
include dlls/crt/local.mk
include dlls/crt/stdio.mk
