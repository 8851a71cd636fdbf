host_sources = \
	host/fault.h \
	host/host.c \
	host/host.h \
	host/thread.h \
	host/time.h \
	host/vm.h
