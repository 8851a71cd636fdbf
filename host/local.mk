host_sources = \
	host/fault.c \
	host/fault.h \
	host/file.c \
	host/file.h \
	host/file_directory.c \
	host/file_pipe.c \
	host/host.c \
	host/host.h \
	host/iconv.c \
	host/iconv.h \
	host/image_file.c \
	host/image_file.h \
	host/linux_abi.h \
	host/system.c \
	host/system.h \
	host/terminal.c \
	host/thread.c \
	host/thread.h \
	host/time.c \
	host/time.h \
	host/unwind.c \
	host/unwind.h \
	host/vm.c \
	host/vm.h \
	host/x86_64/copy.S \
	host/x86_64/stack.S
