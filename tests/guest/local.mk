# Self-asserting Windows programs.  Add NAME.c here and it is built with mingw-w64 and run under pewter.
# Libraries beyond the default ones: guest_libs_NAME = -lole32 ...

guest_tests = \
	crt_library \
	execution_exceptions \
	execution_threads \
	loader \
	memory_api
