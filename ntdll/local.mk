ntdll_sources = \
	ntdll/ke/ke.h \
	ntdll/ldr.c \
	ntdll/ldr.h \
	ntdll/mm/mm.h \
	ntdll/ntdll.c \
	ntdll/ob/handle.c \
	ntdll/ob/name.c \
	ntdll/ob/ob.h \
	ntdll/ob/object.c \
	ntdll/ob/private.h \
	ntdll/ob/query.c \
	ntdll/ps/object.c \
	ntdll/ps/ps.h \
	ntdll/ps/thread.h \
	ntdll/rtl/rtl.h
