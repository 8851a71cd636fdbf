kernel32_sources = \
	kernel32/collate.c \
	kernel32/file.h \
	kernel32/file_names.c \
	kernel32/fileapi.c \
	kernel32/formatmessage.c \
	kernel32/heapapi.c \
	kernel32/kernel32.c \
	kernel32/kernel32.h \
	kernel32/memoryapi.c \
	kernel32/names.c \
	kernel32/names.h \
	kernel32/nls.h \
	kernel32/processenv.c \
	kernel32/stringapiset.c \
	kernel32/sysinfoapi.c \
	kernel32/system_messages.h \
	kernel32/systemtopologyapi.c \
	kernel32/timezoneapi.c \
	kernel32/utilapiset.c \
	kernel32/winbase_global.c \
	kernel32/winbase_str.c \
	kernel32/winnls.c
