kernel32_sources = \
	kernel32/kernel32.c \
	kernel32/kernel32.h
