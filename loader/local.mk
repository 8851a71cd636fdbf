loader_sources = \
	loader/main.c
