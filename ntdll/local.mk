ntdll_sources = \
	ntdll/ke/ke.h \
	ntdll/ldr.c \
	ntdll/ldr.h \
	ntdll/mm/mm.h \
	ntdll/ntdll.c \
	ntdll/ob/ob.h \
	ntdll/ps/ps.h \
	ntdll/rtl/rtl.h
